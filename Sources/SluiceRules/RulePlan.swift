package import SluiceRegex

/// What the scanner must know about an expression to run it over a stream: computed once, from
/// the parsed expression, when the built-in rules are built or a user's file is read.
package struct RulePlan: Sendable, Hashable {
  /// A literal of which every match of the rule holds one, see `anchors`.
  package struct Literal: Sendable, Hashable {
    /// Lower case if `isCaseless`.
    package var bytes: [UInt8]
    package var isCaseless: Bool
    /// Where the prefilter looks for it; chosen for the built-in rules when they are built.
    package var placement: Placement?

    package init(bytes: [UInt8], isCaseless: Bool, placement: Placement? = nil) {
      self.bytes = bytes
      self.isCaseless = isCaseless
      self.placement = placement
    }
  }

  /// The four bytes of a literal that the prefilter looks for, and the bucket they share with
  /// those of other literals.
  package struct Placement: Sendable, Hashable, BitwiseCopyable {
    /// Offset of the four bytes in the literal.
    package var window: Int
    package var bucket: Int

    package init(window: Int, bucket: Int) {
      self.window = window
      self.bucket = bucket
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
  /// Capturing groups of the expression.
  package var groupCount: Int
  /// Whether `RegexNode.outline(of:)` may rule out an attempt, see `RegexNode.isOutlined`.
  package var isOutlined: Bool

  package init(
    anchors: [Literal], lead: ClosedRange<Int>, reach: Int?, lookbehind: Int, groupCount: Int,
    leadBytes: ByteSet, startBytes: ByteSet, continuation: ByteSet, publicPrefixes: [[UInt8]],
    isOutlined: Bool
  ) {
    self.anchors = anchors
    self.lead = lead
    self.reach = reach
    self.lookbehind = lookbehind
    self.groupCount = groupCount
    self.isOutlined = isOutlined
    self.leadBytes = leadBytes
    self.startBytes = startBytes
    self.continuation = continuation
    self.publicPrefixes = publicPrefixes
  }
}
