package import SluiceCrypto

/// The Merkle tree of RFC 6962 §2.1 over a growing list of leaves, as few hashes as will do.
///
/// Keeps the roots of the complete subtrees that the leaves so far divide into, largest first: one
/// for each bit that is set in their number.
package struct MerkleTree: Sendable {
  /// A complete subtree: the leaves from `index` · 2^`level` on, 2^`level` of them.
  package struct Node: Sendable, Hashable {
    package let level: Int
    package let index: UInt64
    package let digest: Digest
  }

  package private(set) var size: UInt64
  private var subtrees: [Digest]

  /// An empty tree.
  package init() {
    size = 0
    subtrees = []
  }

  /// A tree of `size` leaves, given the roots of its complete subtrees, largest first.
  ///
  /// Nil if their number is not that of the bits set in `size`.
  package init?(size: UInt64, subtrees: [Digest]) {
    guard subtrees.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.subtrees = subtrees
  }

  /// Which complete subtrees a tree of `size` leaves divides into, as `level` and `index`.
  package static func subtrees(ofSize size: UInt64) -> [(level: Int, index: UInt64)] {
    var start: UInt64 = 0
    var subtrees: [(level: Int, index: UInt64)] = []
    for level in stride(from: 63, through: 0, by: -1) where size >> UInt64(level) & 1 == 1 {
      subtrees.append((level, start >> UInt64(level)))
      start += 1 << UInt64(level)
    }
    return subtrees
  }

  /// Adds a leaf.
  ///
  /// - Returns: the subtrees that are complete now, the leaf itself first.
  @discardableResult
  package mutating func append(_ leaf: Digest) -> [Node] {
    var nodes = [Node(level: 0, index: size, digest: leaf)]
    var digest = leaf
    for level in 0..<size.trailingOnes {
      digest = Self.node(subtrees.removeLast(), digest)
      nodes.append(
        Node(level: level + 1, index: size >> UInt64(level + 1), digest: digest))
    }
    subtrees.append(digest)
    size += 1
    return nodes
  }

  /// The root hash; of no leaves, the hash of nothing.
  package var root: Digest {
    guard var root = subtrees.last else { return SHA256.digest(of: []) }
    for subtree in subtrees.dropLast().reversed() { root = Self.node(subtree, root) }
    return root
  }

  /// The hash of an entry: the prefix keeps entries and inner nodes apart.
  package static func leaf(_ entry: [UInt8]) -> Digest {
    SHA256.digest(of: [0] + entry)
  }

  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    SHA256.digest(of: [1] + left.bytes + right.bytes)
  }

  /// Where RFC 6962 divides a tree of more than one leaf: the largest power of two below `size`.
  static func split(_ size: UInt64) -> UInt64 {
    1 << UInt64(63 - (size - 1).leadingZeroBitCount)
  }
}

extension UInt64 {
  fileprivate var trailingOnes: Int { (~self).trailingZeroBitCount }
}
