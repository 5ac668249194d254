/// A rule together with what the scanner must know of its expression.
package struct PlannedRule: Sendable, Hashable {
  /// PERF: a stream needs few of many hundred rules, and to make texts and lists of all would be a
  /// third of the time that a filter takes to start.
  private enum Origin: Sendable {
    case rule(Known)
    case table(RuleTable, RuleTable.Entry)
  }

  private final class Known: Sendable {
    let rule: Rule

    init(_ rule: Rule) { self.rule = rule }
  }

  private var origin: Origin
  package var plan: RulePlan

  package init(rule: Rule, plan: RulePlan) {
    origin = .rule(Known(rule))
    self.plan = plan
  }

  /// A rule that is read from the table when somebody asks for it.
  init(_ entry: RuleTable.Entry, in table: RuleTable, plan: RulePlan) {
    origin = .table(table, entry)
    self.plan = plan
  }

  package var rule: Rule {
    get {
      switch origin {
      case .rule(let known): known.rule
      case .table(let table, let entry): table.rule(of: entry)
      }
    }
    set { origin = .rule(Known(newValue)) }
  }

  /// That of the rule, which is not read for it.
  package var confidence: Rule.Confidence {
    switch origin {
    case .rule(let known): known.rule.confidence
    case .table(_, let entry): entry.confidence
    }
  }

  /// Whether the rule has validators; it is not read for that.
  package var isValidated: Bool {
    switch origin {
    case .rule(let known): !known.rule.validators.isEmpty
    case .table(_, let entry): entry.isValidated
    }
  }

  package static func == (left: PlannedRule, right: PlannedRule) -> Bool {
    left.rule == right.rule && left.plan == right.plan
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(rule)
    hasher.combine(plan)
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

  /// Rules that were a set before, as the built-in ones were when they were built.
  ///
  /// PERF: looking at 1400 ids again is a twentieth of the time that a filter takes to start.
  package init(distinct rules: [PlannedRule]) {
    self.rules = rules
    ids = nil
  }

  package mutating func add(_ rule: PlannedRule) throws(Failure) {
    var known = ids.take() ?? Set(rules.map(\.rule.id))
    let isNew = known.insert(rule.rule.id).inserted
    ids = known
    guard isNew else { throw .duplicateID(rule.rule.id) }
    rules.append(rule)
  }

  /// Nil until somebody asks.
  private var ids: Set<String>? = []
}
