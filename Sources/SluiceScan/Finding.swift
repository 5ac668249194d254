/// A rule's place in the rule set; small and cheap to copy.
package struct RuleIndex: Sendable, Hashable, Comparable, BitwiseCopyable {
  package let value: Int32

  package init(_ position: Int) { value = Int32(position) }

  package var position: Int { Int(value) }

  package static func < (left: RuleIndex, right: RuleIndex) -> Bool { left.value < right.value }
}

/// A secret that was found, as a half-open range of offsets in the stream.
///
/// Findings are disjoint: where the secrets of several rules overlap there is one finding for
/// their union, named after the winner (see `Overlaps`).
package struct Finding: Sendable, Hashable, BitwiseCopyable {
  package var rule: RuleIndex
  package var start: UInt64
  package var end: UInt64
  /// How it was hidden; nil if it stands in the stream as it is.
  package var decoded: DecodedForm?
  /// Its number among the known values, from 1; 0 if a rule found it, see `CompiledRules.known`.
  package var known: Int32 = 0

  package init(rule: RuleIndex, start: UInt64, end: UInt64, decoded: DecodedForm? = nil) {
    self.rule = rule
    self.start = start
    self.end = end
    self.decoded = decoded
  }
}

/// Receives findings in order of `start`.
///
/// The scanner pushes; the sink decides what to do.
package protocol FindingSink: ~Copyable {
  associatedtype Failure: Error

  /// A finding whose end is known.
  ///
  /// - Parameters:
  ///   - finding: begins at or after the end of the one before.
  ///   - secret: its first bytes, at most `ScanLimits.longestAttempt` of them, decoded if it was
  ///     hidden; borrowed for this call.
  /// - Throws: what ends the scan.
  mutating func receive(_ finding: Finding, secret: Span<UInt8>) throws(Failure)

  /// A finding that goes on for longer than is ever held: everything from its `start` on belongs
  /// to it until `close` says where it ended. Nothing else is received before that.
  mutating func open(_ finding: Finding, secret: Span<UInt8>) throws(Failure)

  /// The end of the finding that was opened.
  mutating func close(_ finding: Finding) throws(Failure)
}
