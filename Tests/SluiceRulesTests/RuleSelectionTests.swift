import SluiceRules
import Testing

@Suite("RuleSelection")
struct RuleSelectionTests {
  private static let rules: [PlannedRule] = {
    let facts: [(String, String, Rule.Severity, Rule.Confidence, [String])] = [
      ("a-key", "a", .low, .low, ["x"]), ("a-token", "a", .high, .high, ["x", "y"]),
      ("b-key", "b", .critical, .medium, ["y"]), ("c-key", "c", .medium, .high, []),
    ]
    return facts.compactMap { id, provider, severity, confidence, tags in
      var rule = Rule(id: id, name: id, provider: provider, expression: "\(id)_[0-9]{8}")
      rule.severity = severity
      rule.confidence = confidence
      rule.tags = tags
      return try? PlannedRule(rule)
    }
  }()

  private static func selection(
    enable: [(RuleSelection.Criterion, String)] = [],
    disable: [(RuleSelection.Criterion, String)] = [],
    severity: Rule.Severity = .low, confidence: Rule.Confidence = .low
  ) -> RuleSelection {
    var selection = RuleSelection()
    selection.enabled = enable.enumerated().map { .init($1.0, $1.1, line: $0 + 1) }
    selection.disabled = disable.enumerated().map { .init($1.0, $1.1, line: $0 + 11) }
    selection.minimumSeverity = severity
    selection.minimumConfidence = confidence
    return selection
  }

  @Test(
    "keeps what is enabled, not disabled and sure enough, in its order",
    arguments: [
      (selection(), ["a-key", "a-token", "b-key", "c-key"]),
      (selection(enable: [(.providers, "a"), (.ids, "c-key")]), ["a-key", "a-token", "c-key"]),
      (selection(enable: [(.tags, "y")]), ["a-token", "b-key"]),
      (selection(disable: [(.severities, "low")]), ["a-token", "b-key", "c-key"]),
      (selection(enable: [(.tags, "x")], disable: [(.ids, "a-key")]), ["a-token"]),
      (selection(severity: .high), ["a-token", "b-key"]),
      (selection(confidence: .medium), ["a-token", "b-key", "c-key"]),
      (selection(severity: .medium, confidence: .high), ["a-token", "c-key"]),
    ] as [(RuleSelection, [String])])
  func keeps(selection: RuleSelection, ids: [String]) throws {
    #expect(try selection.applied(to: Self.rules).map(\.rule.id) == ids)
  }

  @Test(
    "refuses what does nothing, with the line",
    arguments: [
      (selection(enable: [(.tags, "z")]), 1, "no rule has the tag 'z'"),
      (selection(disable: [(.ids, "nope")]), 11, "no rule has the rule 'nope'"),
      (
        selection(enable: [(.tags, "x")], disable: [(.tags, "x")]), 11,
        "is enabled in line 1 and disabled here"
      ),
      (selection(disable: [(.ids, "a-key"), (.ids, "a-key")]), 12, "stands in line 11 already"),
      (
        selection(enable: [(.providers, "a")], disable: [(.providers, "b")]), 11,
        "changes nothing: 'enable' leaves it out already"
      ),
      (
        selection(enable: [(.ids, "a-key"), (.ids, "b-key")], confidence: .medium), 1,
        "changes nothing: 'disable' or a minimum takes it away"
      ),
      (
        selection(enable: [(.providers, "a"), (.providers, "b"), (.providers, "c")]), 1,
        "names every rule"
      ),
      (
        selection(disable: [(.providers, "a"), (.providers, "b"), (.providers, "c")]), 11,
        "no rule is left on"
      ),
      (selection(severity: .critical, confidence: .high), 0, "no rule is left on"),
    ] as [(RuleSelection, Int, String)])
  func refuses(selection: RuleSelection, line: Int, reason: String) {
    let failure = #expect(throws: RuleSelection.Failure.self) {
      try selection.applied(to: Self.rules)
    }
    #expect(failure?.line == line)
    #expect(failure?.reason.contains(reason) == true, "\(failure?.reason ?? "")")
  }
}
