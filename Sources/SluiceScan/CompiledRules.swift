package import SluiceRegex
package import SluiceRules

/// A rule set made ready to scan: immutable, shared by all scanners.
package final class CompiledRules: Sendable {
  /// Why a rule set cannot be scanned with the given limits.
  package struct Failure: ExplainedError, Hashable {
    package let problem: String
    package let remedy: String?
  }

  /// What the scanner reads for each candidate, in one flat array.
  struct Hot: BitwiseCopyable {
    let shortestLead: UInt64
    let longestLead: UInt64
    let startBytes: ByteSet
    let continuation: ByteSet
    let rank: UInt8
    let hasValidators: Bool
  }

  package let rules: [PlannedRule]
  let hot: [Hot]
  package let patterns: [Pattern]
  package let limits: ScanLimits
  let prefilter: Prefilter
  /// Rules without an anchor: tried at every byte they can start with.
  let unanchored: [RuleIndex]
  /// Most bytes a match can start before its anchor, and the bytes that can stand there.
  let longestLead: Int
  let leadBytes: ByteSet
  /// Bytes before the settled mark that must stay in the window.
  package let contextLength: Int
  /// Bytes that may be held besides the window: an unfinished anchor and what may stand before it.
  package let holdOverhead: Int
  let largestGroupCount: Int

  /// - Throws: `Failure` if an expression does not compile, or if a rule of bounded length needs
  ///   a larger window.
  package init(
    _ set: RuleSet, limits: ScanLimits = ScanLimits(), kernel: PrefilterKernel = .best
  ) throws(Failure) {
    rules = set.rules
    self.limits = limits
    var patterns: [Pattern] = []
    patterns.reserveCapacity(set.rules.count)
    for planned in set.rules {
      let rule = planned.rule
      do {
        patterns.append(try Pattern(rule.boundedExpression, start: .anchored))
      } catch {
        throw Failure(
          problem: "rule '\(rule.id)': \(error.message) at offset \(error.byteOffset)",
          remedy: "correct the expression")
      }
      if let reach = planned.plan.reach, reach > limits.longestAttempt {
        throw Failure(
          problem: "rule '\(rule.id)' looks at up to \(reach) bytes, the window has room for "
            + "\(limits.longestAttempt)",
          remedy: "use a window of \(2 * reach) bytes or more, or bound the expression")
      }
    }
    self.patterns = patterns
    let plans = set.rules.map(\.plan)
    hot = set.rules.map { planned in
      Hot(
        shortestLead: UInt64(planned.plan.lead.lowerBound),
        longestLead: UInt64(planned.plan.lead.upperBound),
        startBytes: planned.plan.startBytes, continuation: planned.plan.continuation,
        rank: UInt8(planned.rule.confidence.rank),
        hasValidators: !planned.rule.validators.isEmpty)
    }
    prefilter = Prefilter(
      literals: plans.enumerated().flatMap { position, plan in
        plan.anchors.map { Prefilter.Literal(rule: RuleIndex(position), literal: $0) }
      }, kernel: kernel)
    unanchored = plans.indices.filter { plans[$0].anchors.isEmpty }.map { RuleIndex($0) }
    let anchored = plans.filter { !$0.anchors.isEmpty && $0.lead.upperBound > 0 }
    longestLead = anchored.map(\.lead.upperBound).max() ?? 0
    leadBytes = anchored.reduce(ByteSet()) { $0.union($1.leadBytes) }
    contextLength = max(
      plans.map(\.lookbehind).max() ?? 0, patterns.map(\.maxLookbehind).max() ?? 0, 1)
    holdOverhead = longestLead + prefilter.longestLiteral
    largestGroupCount = patterns.map(\.captureCount).max() ?? 0
  }
}
