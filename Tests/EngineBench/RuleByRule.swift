import SluiceRegex
import SluiceRules

/// The naive way: every rule alone runs over everything, and PCRE2 finds its own way.
struct RuleByRule {
  private let patterns: [Pattern]

  init(_ rules: [PlannedRule]) throws {
    patterns = try rules.map { try Pattern($0.rule.boundedExpression, start: .anywhere) }
  }

  /// - Returns: CPU time of this thread.
  func search(_ bytes: borrowing FileBytes, matches: inout Int) -> UInt64 {
    // A search makes many attempts in one call, which share its limit.
    var scratch = MatchScratch(
      groups: patterns.map(\.captureCount).max() ?? 0, matchLimit: 50_000_000)
    let all = bytes.span
    let start = threadNanoseconds()
    var found = 0
    for pattern in patterns {
      var from = 0
      while from < all.count,
        pattern.match(in: all, from: from, isFinal: false, scratch: &scratch) == .match,
        let match = scratch.range(ofGroup: 0)
      {
        found += 1
        from = max(match.upperBound, from + 1)
      }
    }
    matches = found
    return threadNanoseconds() - start
  }
}
