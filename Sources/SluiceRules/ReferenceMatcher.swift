package import SluiceRegex

/// Finds the secrets of one rule in a whole text: no prefilter, no stream, PCRE2 alone.
///
/// The scanner's answer is compared with this one (G4), and `rules lint` tries examples with it.
/// What it relies on is PCRE2's own search for the leftmost match; nothing that was derived from
/// the expression decides where it looks.
package struct ReferenceMatcher: ~Copyable {
  /// A rule's expression, compiled for searching and for single attempts; may be shared.
  package struct Expressions: Sendable {
    fileprivate let anywhere: Pattern
    fileprivate let anchored: Pattern

    /// - Throws: `PatternError` if the expression does not compile.
    package init(of rule: Rule) throws(PatternError) {
      anywhere = try Pattern(rule.boundedExpression, start: .anywhere)
      anchored = try Pattern(rule.boundedExpression, start: .anchored)
    }
  }

  private let planned: PlannedRule
  private let anywhere: Pattern
  private let anchored: Pattern
  private let longestAttempt: Int
  private var search: MatchScratch
  private var attempt: MatchScratch

  /// - Parameters:
  ///   - rule: what to look for.
  ///   - expressions: of that rule.
  ///   - longestAttempt: bytes from its start that an attempt sees.
  ///   - matchLimit: of one attempt; see `MatchScratch`.
  package init(
    _ rule: PlannedRule, expressions: Expressions, longestAttempt: Int,
    matchLimit: UInt32 = 100_000
  ) {
    planned = rule
    anywhere = expressions.anywhere
    anchored = expressions.anchored
    self.longestAttempt = longestAttempt
    // A search makes many attempts in one call, which share its limit.
    search = MatchScratch(groups: anywhere.captureCount, matchLimit: 50_000_000)
    attempt = MatchScratch(groups: anchored.captureCount, matchLimit: matchLimit)
  }

  /// The secrets in `text`, disjoint and in order, before overlaps with other rules are resolved.
  package mutating func secrets(in text: Span<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while start < text.count {
      // Up to `start + longestAttempt` a search sees no more than an attempt at `start` may see;
      // one that begins later and reaches the end is repeated from there.
      let limit = min(start + longestAttempt, text.count)
      let isFinal = limit == text.count
      let subject = text.extracting(0..<limit)
      switch anywhere.match(in: subject, from: start, isFinal: isFinal, scratch: &search) {
      case .none:
        start = limit
      case .match:
        start = search.range(ofGroup: 0)?.lowerBound ?? start
        start = take(startingAt: start, in: text, found: &found)
      case .partial(let partial) where partial > start:
        start = partial
      case .partial, .gaveUp:
        start = take(startingAt: start, in: text, found: &found)
      }
    }
    return found
  }

  /// One attempt, as the scanner's documentation defines it; returns where the rule goes on.
  private mutating func take(
    startingAt start: Int, in text: Span<UInt8>, found: inout [Range<Int>]
  ) -> Int {
    guard let (secret, isAccepted) = secret(startingAt: start, in: text) else { return start + 1 }
    if isAccepted { found.append(secret) }
    return max(secret.upperBound, start + 1)
  }

  private mutating func secret(
    startingAt start: Int, in text: Span<UInt8>
  ) -> (Range<Int>, isAccepted: Bool)? {
    let limit = min(start + longestAttempt, text.count)
    let subject = text.extracting(0..<limit)
    let isFinal = limit == text.count
    switch anchored.match(in: subject, from: start, isFinal: isFinal, scratch: &attempt) {
    case .none:
      return nil
    case .match:
      guard let secret = secretRange, !secret.isEmpty else { return nil }
      let bytes = text.extracting(secret)
      return (secret, planned.rule.validators.allSatisfy { $0.accepts(bytes) })
    case .partial:
      let isMatch =
        anchored.match(in: subject, from: start, isFinal: true, scratch: &attempt) == .match
      var end = limit
      while end < text.count, planned.plan.continuation.contains(text[end]) { end += 1 }
      return (max(start, isMatch ? secretRange?.lowerBound ?? start : start)..<end, true)
    case .gaveUp:
      var end = start
      while end < limit, text[end] != UInt8(ascii: "\n") { end += 1 }
      return (start..<max(end, start + 1), true)
    }
  }

  private var secretRange: Range<Int>? {
    attempt.range(ofGroup: anchored.secretGroup) ?? attempt.range(ofGroup: 0)
  }
}
