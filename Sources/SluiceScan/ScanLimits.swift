/// What bounds memory (G5) and time (G6).
package struct ScanLimits: Sendable, Hashable {
  /// Most bytes that are ever held back, in bytes.
  package var window: Int
  /// How much backtracking one attempt may do, in PCRE2's units.
  package var matchLimit: UInt32

  /// Bytes from its start that one attempt may look at.
  ///
  /// Half of the window: the other half bounds how long overlapping findings are joined.
  package var longestAttempt: Int { window / 2 }

  package static let smallestWindow = 4096
  package static let defaultWindow = 256 * 1024

  /// - Parameters:
  ///   - window: most bytes held back, at least `smallestWindow`.
  ///   - matchLimit: 100,000 steps take about 0.3 ms.
  package init(window: Int = ScanLimits.defaultWindow, matchLimit: UInt32 = 100_000) {
    precondition(window >= Self.smallestWindow, "the window is smaller than the smallest")
    self.window = window
    self.matchLimit = matchLimit
  }
}

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
  /// Findings after overlap resolution, by rule.
  package var findingsByRule: [UInt64]

  init(ruleCount: Int) {
    findingsByRule = Array(repeating: 0, count: ruleCount)
    attemptsByRule = findingsByRule
  }

  package var findings: UInt64 { findingsByRule.reduce(0, +) }
}
