import SluiceRules
import Testing

@Suite("RuleSet")
struct RuleSetTests {
  @Test("keeps the rules in their order")
  func order() throws {
    let rules = try ["c", "a", "b"].map { try PlannedRule(makeRule($0, "key_\($0)[0-9]{8}")) }
    var set = try RuleSet(rules)
    #expect(set.rules == rules)
    let last = try PlannedRule(makeRule("d", "key_d[0-9]{8}"))
    try set.add(last)
    #expect(set.rules == rules + [last])
  }

  @Test("refuses an id that it has, and stays as it was", arguments: [0, 1, 2])
  func duplicate(position: Int) throws {
    let ids = ["a", "b", "c"]
    var set = try RuleSet(ids.map { try PlannedRule(makeRule($0, "key_\($0)[0-9]{8}")) })
    let again = try PlannedRule(makeRule(ids[position], "other[0-9]{8}"))
    let error = #expect(throws: RuleSet.Failure.duplicateID(ids[position])) { try set.add(again) }
    #expect(error?.problem == "rule '\(ids[position])' is defined twice")
    #expect(error?.remedy?.contains("unique") == true)
    #expect(set.rules.map(\.rule.id) == ids)
  }

  @Test("refuses a list that holds an id twice")
  func duplicateInList() throws {
    let rules = try ["a", "b", "a"].map { try PlannedRule(makeRule($0, "key_[0-9]{8}")) }
    #expect(throws: RuleSet.Failure.duplicateID("a")) { try RuleSet(rules) }
  }

  @Test("an empty set is a set")
  func empty() throws {
    #expect(RuleSet().rules.isEmpty)
    #expect(try RuleSet([]).rules.isEmpty)
  }
}
