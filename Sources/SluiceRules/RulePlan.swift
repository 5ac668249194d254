package import SluiceRegex

/// What the scanner must know about an expression to run it over a stream: computed once, from
/// the parsed expression, when the built-in rules are built or a user's file is read.
package struct RulePlan: Sendable, Hashable {
  /// A literal of which every match of the rule holds one, see `anchors`.
  package struct Literal: Sendable, Hashable {
    /// Lower case if `isCaseless`.
    package var bytes: [UInt8]
    package var isCaseless: Bool

    package init(bytes: [UInt8], isCaseless: Bool) {
      self.bytes = bytes
      self.isCaseless = isCaseless
    }
  }

  /// Every match holds one of these; empty: the rule has none and is tried at every byte.
  package var anchors: [Literal]
  /// Fewest and most bytes between the start of a match and its anchor.
  package var lead: ClosedRange<Int>
  /// The bytes that can stand there.
  package var leadBytes: ByteSet
  /// The bytes a match can begin with.
  package var startBytes: ByteSet
  /// Bytes from the start of a match that an attempt may look at; nil if there is no limit.
  package var reach: Int?
  /// What goes on masking a secret that is longer than the window: the bytes of the expression's
  /// unbounded repeats.
  package var continuation: ByteSet
  /// Bytes before the start of a match that its assertions may read.
  package var lookbehind: Int
  /// How a secret begins as everybody knows (`ghp_`): not secret, shown by the mask `partial`.
  package var publicPrefixes: [[UInt8]]
  /// Whether a match can hold a line end, so that a complete record may have to wait.
  package var mayCrossLines: Bool

  package init(
    anchors: [Literal], lead: ClosedRange<Int>, leadBytes: ByteSet, startBytes: ByteSet,
    reach: Int?, continuation: ByteSet, lookbehind: Int, publicPrefixes: [[UInt8]],
    mayCrossLines: Bool
  ) {
    self.anchors = anchors
    self.lead = lead
    self.leadBytes = leadBytes
    self.startBytes = startBytes
    self.reach = reach
    self.continuation = continuation
    self.lookbehind = lookbehind
    self.publicPrefixes = publicPrefixes
    self.mayCrossLines = mayCrossLines
  }
}
