/// Which rules of a set are used: what `enable`, `disable` and the thresholds of the settings say.
///
/// Every entry must do something. One that names no rule, or whose effect another one takes away,
/// is a mistake of its author, who believes that it protects or spares something.
package struct RuleSelection: Sendable, Hashable {
  /// What an entry looks at.
  package enum Criterion: String, Sendable, Hashable, CaseIterable {
    case ids, tags, providers, severities
  }

  /// One value of a list.
  package struct Entry: Sendable, Hashable {
    package var criterion: Criterion
    package var value: String
    /// Where it stands in the settings, from 1.
    package var line: Int

    package init(_ criterion: Criterion, _ value: String, line: Int) {
      self.criterion = criterion
      self.value = value
      self.line = line
    }

    package func matches(_ rule: Rule) -> Bool {
      switch criterion {
      case .ids: rule.id == value
      case .tags: rule.tags.contains(value)
      case .providers: rule.provider == value
      case .severities: rule.severity.rawValue == value
      }
    }

    fileprivate func says(_ other: Entry) -> Bool {
      criterion == other.criterion && value == other.value
    }

    fileprivate var name: String {
      switch criterion {
      case .ids: "the rule '\(value)'"
      case .tags: "the tag '\(value)'"
      case .providers: "the provider '\(value)'"
      case .severities: "the severity '\(value)'"
      }
    }
  }

  /// Why a selection cannot be meant as it stands.
  package struct Failure: Error, Hashable {
    /// 0 if no single line is to blame.
    package let line: Int
    package let reason: String
    package let remedy: String?
  }

  /// Only rules that one of these names; empty: all.
  package var enabled: [Entry] = []
  /// None of the rules that one of these names.
  package var disabled: [Entry] = []
  package var minimumSeverity: Rule.Severity = .low
  package var minimumConfidence: Rule.Confidence = .low

  package init() {}

  /// Whether it leaves every rule on.
  package var isEverything: Bool {
    enabled.isEmpty && disabled.isEmpty && minimumSeverity == .low && minimumConfidence == .low
  }

  /// The rules that are left, in their order.
  ///
  /// - Throws: `Failure` if an entry does nothing, or no rule is left.
  package func applied(to rules: [PlannedRule]) throws(Failure) -> [PlannedRule] {
    guard !isEverything else { return rules }
    try refuseRepetition()
    for entry in enabled + disabled where !rules.contains(where: { entry.matches($0.rule) }) {
      throw Failure(
        line: entry.line, reason: "no rule has \(entry.name)",
        remedy: "'sluice rules list --format json' shows ids, tags, providers and severities")
    }
    let on =
      enabled.isEmpty
      ? rules : rules.filter { rule in enabled.contains { $0.matches(rule.rule) } }
    if let first = enabled.first, on.count == rules.count {
      throw Failure(
        line: first.line, reason: "'enable' names every rule and so changes nothing",
        remedy: "leave 'enable' out")
    }
    for entry in disabled where !on.contains(where: { entry.matches($0.rule) }) {
      throw Failure(
        line: entry.line,
        reason: "disabling \(entry.name) changes nothing: 'enable' leaves it out already",
        remedy: "leave it out of 'disable'")
    }
    let kept = on.filter { rule in
      !disabled.contains { $0.matches(rule.rule) }
        && rule.rule.severity.rank >= minimumSeverity.rank
        && rule.rule.confidence.rank >= minimumConfidence.rank
    }
    guard !kept.isEmpty else {
      throw Failure(
        line: (disabled.first ?? enabled.first)?.line ?? 0, reason: "no rule is left on",
        remedy: "a filter without rules protects nothing: disable less")
    }
    for entry in enabled where !kept.contains(where: { entry.matches($0.rule) }) {
      throw Failure(
        line: entry.line,
        reason: "enabling \(entry.name) changes nothing: 'disable' or a minimum takes it away",
        remedy: "leave it out of 'enable', or lower the minimum")
    }
    return kept
  }

  private func refuseRepetition() throws(Failure) {
    let all = enabled + disabled
    for index in all.indices {
      guard let first = all[..<index].first(where: { $0.says(all[index]) }) else { continue }
      let isContradiction = index >= enabled.count && enabled.contains(first)
      throw Failure(
        line: all[index].line,
        reason: isContradiction
          ? "\(first.name) is enabled in line \(first.line) and disabled here"
          : "\(first.name) stands in line \(first.line) already",
        remedy: "keep one of them")
    }
  }
}
