@testable import SluiceAudit
import SluiceCrypto
import Testing

@Suite("MerkleTree")
struct MerkleTreeTests {
  /// The entries that the tests of Certificate Transparency use.
  static let entries = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
  ].map { Hexadecimal.bytes(of: $0) ?? [] }

  /// The root of the first so many of them.
  static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  static let leaves = entries.map { MerkleTree.leaf($0) }

  static func levels(_ count: Int) -> MerkleLevels {
    var levels = MerkleLevels()
    for leaf in leaves.prefix(count) { levels.append(leaf) }
    return levels
  }

  @Test("G11: gives the roots of RFC 6962", arguments: 0...8)
  func root(count: Int) throws {
    let levels = Self.levels(count)
    #expect(levels.root.hex == Self.roots[count])
    #expect(try MerkleProver(levels).root(ofSize: UInt64(count)).hex == Self.roots[count])
  }

  private static let inner = [
    "a": "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "b": "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "c": "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d": "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "e": "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e",
  ]

  /// `L1` is a leaf's hash, `R4` the root of so many leaves, a letter one of `inner`.
  private static func hash(_ name: Substring) -> String {
    let number = Int(name.dropFirst()) ?? 0
    return switch name.first {
    case "L": leaves[number].hex
    case "R": roots[number]
    default: inner[String(name)] ?? ""
    }
  }

  @Test(
    "G11: gives and accepts the inclusion proofs of Certificate Transparency",
    arguments: [
      (0, 1, ""), (0, 8, "L1 a b"), (5, 8, "L4 c R4"), (2, 3, "R2"), (1, 5, "R1 a L4"),
      (6, 7, "d R4"),
    ] as [(UInt64, UInt64, String)])
  func inclusion(index: UInt64, size: UInt64, names: String) throws {
    let hashes = try MerkleProver(Self.levels(8)).inclusion(of: index, inSize: size)
    #expect(hashes.map(\.hex) == names.split(separator: " ").map(Self.hash))
    let proof = InclusionProof(index: index, size: size, hashes: hashes)
    #expect(proof.root(of: Self.leaves[Int(index)])?.hex == Self.roots[Int(size)])
  }

  @Test(
    "G11: gives and accepts the consistency proofs of Certificate Transparency",
    arguments: [
      (1, 8, "L1 a b"), (6, 8, "d c R4"), (2, 5, "a L4"), (3, 7, "L2 L3 R2 e"), (4, 8, "b"),
      (5, 5, ""), (0, 8, ""),
    ] as [(UInt64, UInt64, String)])
  func consistency(old: UInt64, new: UInt64, names: String) throws {
    let hashes = try MerkleProver(Self.levels(8)).consistency(from: old, to: new)
    #expect(hashes.map(\.hex) == names.split(separator: " ").map(Self.hash))
    let proof = ConsistencyProof(oldSize: old, newSize: new, hashes: hashes)
    let (from, to) = (Self.levels(Int(old)).root, Self.levels(Int(new)).root)
    #expect(proof.isValid(from: from, to: to))
  }

  /// The definition of RFC 6962 §2.1, word by word.
  private static func naiveRoot(_ leaves: ArraySlice<Digest>) -> Digest {
    guard leaves.count > 1 else { return leaves.first ?? SHA256.digest(of: []) }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return MerkleTree.node(naiveRoot(leaves[..<middle]), naiveRoot(leaves[middle...]))
  }

  private static let many = (0..<35).map { SHA256.digest(of: [UInt8($0)]) }
  private static let manyLevels: MerkleLevels = {
    var levels = MerkleLevels()
    for leaf in many { levels.append(leaf) }
    return levels
  }()

  @Test("every proof of every tree up to 35 leaves is accepted, and only for its own tree")
  func exhaustive() throws {
    let prover = MerkleProver(Self.manyLevels)
    let roots = (0...Self.many.count).map { Self.naiveRoot(Self.many[..<$0]) }
    for size in 1...UInt64(Self.many.count) {
      #expect(try prover.root(ofSize: size) == roots[Int(size)])
      for index in 0..<size {
        let proof = InclusionProof(
          index: index, size: size, hashes: try prover.inclusion(of: index, inSize: size))
        #expect(proof.root(of: Self.many[Int(index)]) == roots[Int(size)])
        #expect(proof.root(of: roots[0]) != roots[Int(size)])
        let longer = InclusionProof(index: index, size: size, hashes: proof.hashes + [roots[0]])
        #expect(longer.root(of: Self.many[Int(index)]) == nil)
        let shorter = InclusionProof(
          index: index, size: size, hashes: Array(proof.hashes.dropLast()))
        #expect(size == 1 || shorter.root(of: Self.many[Int(index)]) == nil)
      }
      for old in 0...size {
        let proof = ConsistencyProof(
          oldSize: old, newSize: size, hashes: try prover.consistency(from: old, to: size))
        let (from, to) = (roots[Int(old)], roots[Int(size)])
        #expect(proof.isValid(from: from, to: to), "\(old) to \(size)")
        #expect(!proof.isValid(from: Self.many[0], to: to) || (old == 1 && from == Self.many[0]))
        #expect(!proof.isValid(from: from, to: Self.many[34]) || old == 0)
        let longer = ConsistencyProof(
          oldSize: old, newSize: size, hashes: proof.hashes + [Self.many[1]])
        #expect(!longer.isValid(from: from, to: to))
      }
    }
  }

  @Test("a tree goes on from the roots of its complete subtrees", arguments: 0..<35)
  func resumed(size: Int) throws {
    let subtrees = try MerkleTree.subtrees(ofSize: UInt64(size)).map {
      try Self.manyLevels.digest(level: $0.level, index: $0.index)
    }
    var tree = try #require(MerkleTree(size: UInt64(size), subtrees: subtrees))
    for leaf in Self.many[size...] { tree.append(leaf) }
    #expect(tree.root == Self.manyLevels.root)
    #expect(MerkleTree(size: UInt64(size), subtrees: subtrees + [tree.root]) == nil)
  }
}
