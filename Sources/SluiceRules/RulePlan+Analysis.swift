internal import SluiceRegex

/// Why a rule cannot be used: which rule, what is wrong with it, what to change.
package struct RuleError: ExplainedError, Hashable {
  package let rule: String
  package let reason: String
  package let remedy: String?

  package var problem: String { "rule '\(rule)': \(reason)" }
}

extension RulePlan {
  /// A match that can begin farther than this before its anchor is looked for at every byte.
  static let longestLead = 256

  /// Analyses the expression of `rule`.
  ///
  /// - Throws: `RuleError` if it does not compile, uses what the analysis does not know, can match
  ///   nothing at all, or states anchors that are not necessary.
  package init(for rule: Rule) throws(RuleError) {
    // On its own first: between the parentheses of a boundary `a)|(b` would compile and mean
    // something else. It also makes offsets count from the start of what the author wrote.
    _ = try Self.compile(Fragments.expanded(rule.expression), of: rule)
    let (pattern, analysis) = try Self.compile(rule.boundedExpression, of: rule)
    guard analysis.minLength > 0 else {
      throw RuleError(
        rule: rule.id, reason: "the expression matches the empty text",
        remedy: "make at least one part of it mandatory")
    }
    let set = try Self.anchors(of: rule, analysis: analysis)
    let isUsable = set?.anchors.allSatisfy { ($0.maxOffset ?? .max) <= Self.longestLead } ?? false
    let anchors = isUsable ? set?.anchors ?? [] : []
    let reach = analysis.maxLength.flatMap { longest in
      analysis.maxLookahead.map { longest + $0 }
    }
    self.init(
      anchors: anchors.map { Literal(bytes: $0.bytes, isCaseless: $0.isCaseless) },
      lead: (anchors.map(\.minOffset).min() ?? 0)...(anchors.compactMap(\.maxOffset).max() ?? 0),
      reach: reach,
      lookbehind: max(analysis.maxLookbehind, pattern.maxLookbehind),
      groupCount: pattern.captureCount,
      leadBytes: isUsable ? set?.leadBytes ?? ByteSet() : ByteSet(),
      startBytes: analysis.startBytes,
      continuation: reach == nil ? analysis.unboundedBytes : ByteSet(),
      publicPrefixes: analysis.secretPrefixes, isOutlined: analysis.isOutlined)
  }

  private static func anchors(
    of rule: Rule, analysis: RegexAnalysis
  ) throws(RuleError) -> AnchorSet? {
    guard let stated = rule.statedAnchors else { return analysis.anchorSet }
    guard let proven = analysis.anchorSet(proving: stated.map { Array($0.utf8) }) else {
      throw RuleError(
        rule: rule.id, reason: "a match need not hold any of the stated anchors",
        remedy: "leave 'anchors' out to have them derived, or correct them")
    }
    return proven
  }

  private static func compile(
    _ expression: String, of rule: Rule
  ) throws(RuleError) -> (Pattern, RegexAnalysis) {
    let pattern: Pattern
    do {
      pattern = try Pattern(expression, start: .anchored)
    } catch {
      throw RuleError(
        rule: rule.id,
        reason: "the expression does not compile: \(error.message) at offset \(error.byteOffset)",
        remedy: "the offset counts bytes of 'regex' from 0")
    }
    do {
      return (pattern, RegexAnalysis(try RegexParser.parse(expression)))
    } catch {
      throw RuleError(
        rule: rule.id, reason: "\(error.problem) at offset \(error.offset)",
        remedy: "rewrite the expression without it")
    }
  }
}

extension PlannedRule {
  /// - Throws: `RuleError`, see `RulePlan.init(for:)`.
  package init(_ rule: Rule) throws(RuleError) {
    self.init(rule: rule, plan: try RulePlan(for: rule))
  }
}
