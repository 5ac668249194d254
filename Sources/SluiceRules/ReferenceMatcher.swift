package import SluiceRegex

/// Finds the secrets of one rule in a whole text, without prefilter, window or stream.
///
/// This is what the scanner's answer is defined by and compared with (G4), and how `rules lint`
/// tries examples. Slow on purpose: every start, one after the other.
package struct ReferenceMatcher: ~Copyable {
  private let planned: PlannedRule
  private let pattern: Pattern
  private let longestAttempt: Int
  private var scratch: MatchScratch

  /// - Parameters:
  ///   - rule: what to look for.
  ///   - longestAttempt: bytes from its start that an attempt sees.
  ///   - matchLimit: see `MatchScratch`.
  /// - Throws: `PatternError` if the expression does not compile.
  package init(
    _ rule: PlannedRule, longestAttempt: Int, matchLimit: UInt32 = 100_000
  ) throws(PatternError) {
    planned = rule
    pattern = try Pattern(rule.rule.boundedExpression, start: .anchored)
    self.longestAttempt = longestAttempt
    scratch = MatchScratch(groups: pattern.captureCount, matchLimit: matchLimit)
  }

  /// The secrets in `text`, disjoint and in order, before overlaps with other rules are resolved.
  package mutating func secrets(in text: Span<UInt8>) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var start = 0
    while start < text.count {
      if let secret = secret(startingAt: start, in: text) {
        found.append(secret)
        start = max(secret.upperBound, start + 1)
      } else {
        start += 1
      }
    }
    return found
  }

  private mutating func secret(startingAt start: Int, in text: Span<UInt8>) -> Range<Int>? {
    let limit = min(start + longestAttempt, text.count)
    let isWhole = limit == text.count
    let subject = text.extracting(0..<limit)
    switch pattern.match(in: subject, from: start, isFinal: isWhole, scratch: &scratch) {
    case .none:
      return nil
    case .match:
      guard let secret = secretRange, !secret.isEmpty else { return nil }
      let bytes = text.extracting(secret)
      return planned.rule.validators.allSatisfy { $0.accepts(bytes) } ? secret : nil
    case .partial:
      let isMatch =
        pattern.match(in: subject, from: start, isFinal: true, scratch: &scratch) == .match
      var end = limit
      while end < text.count, planned.plan.continuation.contains(text[end]) { end += 1 }
      return max(start, isMatch ? secretRange?.lowerBound ?? start : start)..<end
    case .gaveUp:
      var end = start
      while end < limit, text[end] != UInt8(ascii: "\n") { end += 1 }
      return start..<max(end, start + 1)
    }
  }

  private var secretRange: Range<Int>? {
    scratch.range(ofGroup: pattern.secretGroup) ?? scratch.range(ofGroup: 0)
  }
}
