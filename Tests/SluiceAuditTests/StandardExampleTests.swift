@testable import SluiceAudit
import SluiceCrypto
import Testing

/// The example that RFC 6962 §2.1.3 and RFC 9162 §2.1.5 draw: a tree of seven leaves, its nodes named
/// by letters.
@Suite("The standards' example")
struct StandardExampleTests {
  private let nodes: [Character: Digest]
  private let levels: MerkleLevels

  init() {
    var levels = MerkleLevels()
    var nodes: [Character: Digest] = [:]
    for (index, name) in "abcdefj".enumerated() {
      let leaf = MerkleTree.leaf(Array("d\(index)".utf8))
      nodes[name] = leaf
      levels.append(leaf)
    }
    func join(_ name: Character, _ left: Character, _ right: Character) {
      guard let left = nodes[left], let right = nodes[right] else { return }
      // RFC 6962 §2.1: the hash of 0x01 and both.
      nodes[name] = SHA256.digest(of: [1] + left.bytes + right.bytes)
    }
    join("g", "a", "b")
    join("h", "c", "d")
    join("i", "e", "f")
    join("k", "g", "h")
    join("l", "i", "j")
    join("r", "k", "l")
    self.nodes = nodes
    self.levels = levels
  }

  private func names(_ hashes: [Digest]) -> String {
    String(hashes.map { hash in nodes.first { $0.value == hash }?.key ?? "?" })
  }

  @Test("has the root that is drawn") func root() { #expect(levels.root == nodes["r"]) }

  @Test(
    "G11: has the audit paths that are listed",
    arguments: [(UInt64(0), "bhl"), (3, "cgl"), (4, "fjk"), (6, "ik")])
  func paths(leaf: UInt64, path: String) throws {
    let hashes = try MerkleProver(levels).inclusion(of: leaf, inSize: 7)
    #expect(names(hashes) == path)
    let name = Array("abcdefj")[Int(leaf)]
    let proof = InclusionProof(index: leaf, size: 7, hashes: hashes)
    #expect(proof.root(of: try #require(nodes[name])) == levels.root)
  }

  @Test(
    "G11: has the consistency proofs that are listed",
    arguments: [(UInt64(3), "cdgl"), (4, "l"), (6, "ijk")])
  func growth(old: UInt64, path: String) throws {
    let hashes = try MerkleProver(levels).consistency(from: old, to: 7)
    #expect(names(hashes) == path)
    let oldRoot = try MerkleProver(levels).root(ofSize: old)
    #expect(
      ConsistencyProof(oldSize: old, newSize: 7, hashes: hashes)
        .isValid(from: oldRoot, to: levels.root))
  }
}
