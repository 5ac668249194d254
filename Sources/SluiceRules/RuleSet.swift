/// A rule together with what the scanner must know of its expression.
package struct PlannedRule: Sendable, Hashable {
  package var rule: Rule
  package var plan: RulePlan

  package init(rule: Rule, plan: RulePlan) {
    self.rule = rule
    self.plan = plan
  }
}

/// The rules that scan together, each with an id of its own.
package struct RuleSet: Sendable {
  package private(set) var rules: [PlannedRule] = []

  package init() {}

  /// Why a rule cannot join.
  package enum Failure: ExplainedError, Hashable {
    case duplicateID(String)

    package var problem: String {
      switch self {
      case .duplicateID(let id): "rule '\(id)' is defined twice"
      }
    }

    package var remedy: String? { "rename one of them; ids are unique over all rule files" }
  }

  package init(_ rules: some Sequence<PlannedRule>) throws(Failure) {
    for rule in rules { try add(rule) }
  }

  package mutating func add(_ rule: PlannedRule) throws(Failure) {
    guard ids.insert(rule.rule.id).inserted else { throw .duplicateID(rule.rule.id) }
    rules.append(rule)
  }

  private var ids: Set<String> = []
}
