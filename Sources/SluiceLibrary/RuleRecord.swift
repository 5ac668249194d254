package import SluiceRules

/// A rule as `sluice rules list --format json` gives it: what a person or a program may want to
/// know, with the anchors that the scanner uses.
package struct RuleRecord: Sendable, Encodable {
  package let id: String
  package let name: String
  package let provider: String
  /// What the rule serves; see `Rule.families`.
  package let families: [String]
  package let severity: String
  package let confidence: String
  package let tags: [String]
  /// As its author wrote it.
  package let regex: String
  package let boundary: String
  /// Literals of which every match holds one; empty: the rule is tried at every byte.
  package let anchors: [String]
  /// `key: value`, as a rule file spells them.
  package let validators: [String]
  package let docs: String
  package let remediation: String

  package init(_ planned: PlannedRule) {
    let rule = planned.rule
    id = rule.id
    name = rule.name
    provider = rule.provider
    families = rule.families
    severity = rule.severity.rawValue
    confidence = rule.confidence.rawValue
    tags = rule.tags
    regex = rule.expression
    boundary = rule.boundary.rawValue
    anchors = planned.plan.anchors.map { String(decoding: $0.bytes, as: UTF8.self) }
    validators = rule.validators.map { "\($0.spelling.key): \($0.spelling.value)" }
    docs = rule.docs
    remediation = rule.remediation
  }
}

/// Which rules `sluice rules list` shows: those that meet every condition that is stated.
package struct RuleQuery: Sendable {
  package var tags: [String] = []
  package var providers: [String] = []
  package var severities: [Rule.Severity] = []
  package var confidences: [Rule.Confidence] = []
  /// Stands in id, name, provider, a tag or the documentation's address, in any case.
  package var text: String?

  package init() {}

  package func matches(_ rule: Rule) -> Bool {
    let isWanted =
      (tags.isEmpty || tags.contains { rule.tags.contains($0) })
      && (providers.isEmpty || providers.contains(rule.provider))
      && (severities.isEmpty || severities.contains(rule.severity))
      && (confidences.isEmpty || confidences.contains(rule.confidence))
    guard isWanted, let text = text?.lowercased() else { return isWanted }
    return ([rule.id, rule.name, rule.provider, rule.docs] + rule.tags)
      .contains { $0.lowercased().contains(text) }
  }
}
