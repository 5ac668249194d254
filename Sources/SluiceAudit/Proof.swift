package import SluiceCrypto

/// That an entry is in a log (RFC 6962 §2.1.1).
package struct InclusionProof: Sendable, Hashable {
  package let index: UInt64
  package let size: UInt64
  package let hashes: [Digest]

  package init(index: UInt64, size: UInt64, hashes: [Digest]) {
    self.index = index
    self.size = size
    self.hashes = hashes
  }

  /// The root that the leaf has under this proof; nil if the proof has a wrong number of hashes.
  package func root(of leaf: Digest) -> Digest? {
    guard index < size else { return nil }
    var (node, last, digest) = (index, size - 1, leaf)
    for hash in hashes {
      guard last > 0 else { return nil }
      if node & 1 == 1 || node == last {
        digest = MerkleTree.node(hash, digest)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        digest = MerkleTree.node(digest, hash)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 ? digest : nil
  }
}

/// That a log only grew (RFC 6962 §2.1.2).
package struct ConsistencyProof: Sendable, Hashable {
  package let oldSize: UInt64
  package let newSize: UInt64
  package let hashes: [Digest]

  package init(oldSize: UInt64, newSize: UInt64, hashes: [Digest]) {
    self.oldSize = oldSize
    self.newSize = newSize
    self.hashes = hashes
  }

  /// Whether the new root continues the old one.
  package func isValid(from oldRoot: Digest, to newRoot: Digest) -> Bool {
    guard oldSize > 0, oldSize < newSize else {
      guard oldSize <= newSize, hashes.isEmpty else { return false }
      return oldSize == newSize ? oldRoot == newRoot : oldRoot == MerkleTree().root
    }
    // RFC 9162 §2.1.4.2: where the old tree is one complete subtree, its root begins the proof.
    var path = hashes
    if oldSize.nonzeroBitCount == 1 { path.insert(oldRoot, at: 0) }
    guard let first = path.first else { return false }
    var (node, last) = (oldSize - 1, newSize - 1)
    while node & 1 == 1 {
      node >>= 1
      last >>= 1
    }
    var (old, new) = (first, first)
    for hash in path.dropFirst() {
      guard last > 0 else { return false }
      if node & 1 == 1 || node == last {
        old = MerkleTree.node(hash, old)
        new = MerkleTree.node(hash, new)
        while node & 1 == 0, node != 0 {
          node >>= 1
          last >>= 1
        }
      } else {
        new = MerkleTree.node(new, hash)
      }
      node >>= 1
      last >>= 1
    }
    return last == 0 && old == oldRoot && new == newRoot
  }
}
