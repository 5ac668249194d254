package import SluiceRegex

/// A literal that shows where a match may be.
package struct Anchor: Sendable, Hashable {
  /// In lower case if `isCaseless`.
  package var bytes: [UInt8]
  /// Whether ASCII letters of either case will do.
  package var isCaseless: Bool
  /// The least distance in bytes from the start of the match to the first byte of the literal.
  package var minOffset: Int
  /// The greatest such distance; nil if there is no bound.
  package var maxOffset: Int?
}

/// Literals of which every match contains at least one, at a distance from its start that lies
/// within the bounds of that literal.
///
/// A prefilter may therefore skip every place where none of them stands. The converse does not
/// hold: an anchor may stand where there is no match.
package struct AnchorSet: Sendable, Hashable {
  package var anchors: [Anchor]
  /// A superset of the bytes that can stand between the start of a match and the anchor; empty
  /// if every match begins with its anchor.
  package var leadBytes: ByteSet
}

extension AnchorSet {
  init(_ anchors: [Anchor], leadBytes: ByteSet) {
    self.anchors = AnchorSet.merged(anchors)
    self.leadBytes = self.anchors.allSatisfy { $0.maxOffset == 0 } ? ByteSet() : leadBytes
  }

  /// Leaves out every anchor that begins with another one, whose bounds then take in both.
  private static func merged(_ anchors: [Anchor]) -> [Anchor] {
    var kept: [Anchor] = []
    for anchor in anchors.sorted(by: { $0.bytes.count < $1.bytes.count }) {
      guard let index = kept.firstIndex(where: { $0.isPrefix(of: anchor) }) else {
        kept.append(anchor)
        continue
      }
      kept[index].extent = kept[index].extent.union(anchor.extent)
    }
    return kept
  }
}

extension Anchor {
  var extent: ByteExtent {
    get { ByteExtent(lower: minOffset, upper: maxOffset) }
    set {
      minOffset = newValue.lower
      maxOffset = newValue.upper
    }
  }

  /// Whether it stands wherever `other` stands.
  fileprivate func isPrefix(of other: Anchor) -> Bool {
    guard isCaseless else { return !other.isCaseless && other.bytes.starts(with: bytes) }
    return other.bytes.count >= bytes.count
      && zip(bytes, other.bytes).allSatisfy { $0 == $1.asciiLowercased }
  }
}
