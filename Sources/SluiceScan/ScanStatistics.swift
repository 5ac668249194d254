package import SluiceRules

/// What a scanner has done so far.
package struct ScanStatistics: Sendable, Hashable {
  /// Bytes with a final verdict.
  package var settledBytes: UInt64 = 0
  /// Places the prefilter named.
  package var candidates: UInt64 = 0
  /// PCRE2 calls.
  package var attempts: UInt64 = 0
  package var attemptsByRule: [UInt64]
  /// Attempts that hit the match limit and were masked to the end of their record (G6).
  package var limitHits: UInt64 = 0
  /// Secrets longer than the window allows, masked to their end.
  package var overlongSecrets: UInt64 = 0
  /// Most bytes that were held back at the end of a read.
  package var heldHighWater: Int = 0
  /// Findings that an allow list let through; they are among `findingsByRule`.
  package var allowedFindings: UInt64 = 0
  /// Time spent on candidates that the prefilter named, if it is measured.
  package var confirmNanoseconds: UInt64 = 0
  /// Line ends, if they are counted; a record without one at the end of the stream counts too.
  package var records: UInt64 = 0
  /// Findings after overlap resolution, by rule.
  package var findingsByRule: [UInt64]
  /// Findings of rules that are not in the set any more, since it was changed under way.
  package private(set) var formerFindings: UInt64 = 0

  package init(ruleCount: Int) {
    findingsByRule = Array(repeating: 0, count: ruleCount)
    attemptsByRule = findingsByRule
  }

  package var findings: UInt64 { findingsByRule.reduce(formerFindings, +) }

  /// Adds what another scanner with the same rules counted; bytes and records are the caller's.
  package mutating func add(_ other: ScanStatistics) {
    candidates += other.candidates
    attempts += other.attempts
    limitHits += other.limitHits
    overlongSecrets += other.overlongSecrets
    heldHighWater = max(heldHighWater, other.heldHighWater)
    confirmNanoseconds += other.confirmNanoseconds
    formerFindings += other.formerFindings
    for rule in findingsByRule.indices {
      findingsByRule[rule] += other.findingsByRule[rule]
      attemptsByRule[rule] += other.attemptsByRule[rule]
    }
  }

  /// The same numbers, for a scanner with other rules.
  package func carried(from former: [PlannedRule], to rules: [PlannedRule]) -> ScanStatistics {
    var counts: [String: UInt64] = [:]
    for (rule, count) in zip(former, findingsByRule) where count > 0 {
      counts[rule.rule.id] = count
    }
    var carried = self
    carried.attemptsByRule = Array(repeating: 0, count: rules.count)
    carried.findingsByRule = rules.map { counts.removeValue(forKey: $0.rule.id) ?? 0 }
    carried.formerFindings += counts.values.reduce(0, +)
    return carried
  }
}
