package import SluiceCrypto

/// Where the hashes of complete subtrees are kept.
package protocol MerkleNodes {
  /// The hash of a subtree that is complete.
  func digest(level: Int, index: UInt64) throws -> Digest
}

/// Makes proofs from stored hashes, as many reads as the proof has lines and then some.
///
/// The source must hold every subtree that `MerkleTree.append` gave for the first `size` leaves.
package struct MerkleProver<Nodes: MerkleNodes> {
  private let nodes: Nodes

  package init(_ nodes: Nodes) {
    self.nodes = nodes
  }

  /// The root of the first `size` leaves.
  package func root(ofSize size: UInt64) throws -> Digest {
    guard size > 0 else { return MerkleTree().root }
    return try root(0..<size)
  }

  /// RFC 6962 §2.1.1, PATH(`index`, D[`size`]), the leaf's side first.
  package func inclusion(of index: UInt64, inSize size: UInt64) throws -> [Digest] {
    precondition(index < size, "a leaf of the tree")
    return try path(index, 0..<size)
  }

  /// RFC 6962 §2.1.2, PROOF(`old`, D[`new`]).
  package func consistency(from old: UInt64, to new: UInt64) throws -> [Digest] {
    precondition(old <= new, "a tree does not shrink")
    guard old > 0, old < new else { return [] }
    return try subproof(old, 0..<new, isComplete: true)
  }

  /// The hashes that, with the leaves of `range`, give the root of `size` leaves: from left to
  /// right, the largest subtrees that hold no leaf of it.
  package func outside(_ range: Range<UInt64>, ofSize size: UInt64) throws -> [Digest] {
    guard size > 0 else { return [] }
    return try outside(range, within: 0..<size)
  }

  private func outside(
    _ range: Range<UInt64>, within part: Range<UInt64>
  ) throws -> [Digest] {
    guard part.overlaps(range) else { return [try root(part)] }
    guard part.count > 1 else { return [] }
    let (left, right) = part.halves
    return try outside(range, within: left) + outside(range, within: right)
  }

  private func root(_ part: Range<UInt64>) throws -> Digest {
    let count = part.upperBound - part.lowerBound
    if count.nonzeroBitCount == 1 {
      let level = count.trailingZeroBitCount
      return try nodes.digest(level: level, index: part.lowerBound >> UInt64(level))
    }
    let (left, right) = part.halves
    return MerkleTree.node(try root(left), try root(right))
  }

  private func path(_ index: UInt64, _ part: Range<UInt64>) throws -> [Digest] {
    guard part.count > 1 else { return [] }
    let (left, right) = part.halves
    return left.contains(index)
      ? try path(index, left) + [root(right)] : try path(index, right) + [root(left)]
  }

  private func subproof(
    _ old: UInt64, _ part: Range<UInt64>, isComplete: Bool
  ) throws -> [Digest] {
    if old == part.upperBound { return isComplete ? [] : [try root(part)] }
    let (left, right) = part.halves
    return old <= left.upperBound
      ? try subproof(old, left, isComplete: isComplete) + [root(right)]
      : try subproof(old, right, isComplete: false) + [root(left)]
  }
}

extension Range<UInt64> {
  var halves: (Range<UInt64>, Range<UInt64>) {
    let middle = lowerBound + MerkleTree.split(upperBound - lowerBound)
    return (lowerBound..<middle, middle..<upperBound)
  }
}

/// All hashes of a tree in memory, for logs that fit there.
package struct MerkleLevels: MerkleNodes, Sendable {
  /// The source was asked for a subtree that is not complete.
  package struct Missing: Error {}

  private var tree = MerkleTree()
  private var levels: [[Digest]] = []

  package init() {}

  package var size: UInt64 { tree.size }
  package var root: Digest { tree.root }

  package mutating func append(_ leaf: Digest) {
    for node in tree.append(leaf) {
      if node.level == levels.count { levels.append([]) }
      levels[node.level].append(node.digest)
    }
  }

  package func digest(level: Int, index: UInt64) throws -> Digest {
    guard level < levels.count, index < UInt64(levels[level].count) else { throw Missing() }
    return levels[level][Int(index)]
  }
}
