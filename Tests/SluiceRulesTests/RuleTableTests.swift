import SluiceBuiltins
import SluiceRules
import Testing

@Suite("RuleTable")
struct RuleTableTests {
  @Test("gives back every built-in rule with its plan")
  func builtins() {
    let rules = BuiltinRules.all()
    #expect(rules.count > 100)
    #expect(RuleTable.rules(in: RuleTable.text(for: rules), isDocumented: true) == rules)
  }

  @Test("the plans in it are the plans that the rules give")
  func plans() throws {
    for planned in BuiltinRules.all() {
      let derived = try RulePlan(for: planned.rule)
      var stored = planned.plan
      // Placed when they are built in.
      for index in stored.anchors.indices { stored.anchors[index].placement = nil }
      #expect(derived == stored, "rule '\(planned.rule.id)'")
    }
  }

  @Test("gives back rules of every form")
  func forms() throws {
    let odd = "a\u{1B}[0m\r\n\t«é»=\\\"';,|\u{7F}"
    var rules = [
      makeRule("plain", "plain_[a-z]{8}"), makeRule("bounded", "bnd[0-9]{8}", boundary: .base64url),
      makeRule("caseless", "(?i)k[a-f]{2}Key[0-9]{8}"), makeRule("long", "long_[\\x00-\\xff]{9,}"),
      makeRule("unanchored", "[a-z]{20}"), makeRule("control", "ctl\\x01\\x1e(?i:Key)[0-9]{8}"),
    ]
    for index in rules.indices {
      rules[index].name = odd
      rules[index].docs = odd
      rules[index].remediation = odd
      rules[index].tags = index == 0 ? [] : ["a", odd]
      rules[index].statedFamilies = index == 0 ? [] : [odd, "b"]
      rules[index].examples = [odd, "«x»"]
      rules[index].nonExamples = [odd]
      rules[index].severity = Rule.Severity.allCases[index % 4]
      rules[index].confidence = Rule.Confidence.allCases[index % 3]
      rules[index].validators =
        index == 0
        ? []
        : [.entropy(3.25), .checksum(.crc32Base62), .minimumClasses(index % 4 + 1)]
          + Structure.allCases.map { .structure($0) }
      rules[index].doubts =
        index == 1
        ? [] : Checksum.allCases.map { .checksum($0) } + Format.allCases.map { .format($0) }
    }
    var planned = try rules.map { try PlannedRule($0) }
    planned[0].plan.anchors[0].placement = RulePlan.Placement(window: 1, bucket: 15)
    #expect(RuleTable.rules(in: RuleTable.text(for: planned), isDocumented: true) == planned)
  }

  @Test("what is read of a rule when it is asked for is the rule")
  func lazily() {
    let known = BuiltinRules.all()
    let read = BuiltinRules.forScanning()
    #expect(read.count == known.count)
    // Backwards and twice: a rule is found wherever the last one was, and kept.
    for (known, read) in zip(known, read).reversed() + zip(known, read) {
      #expect(read.plan == known.plan)
      #expect(read.confidence == known.rule.confidence)
      #expect(read.isValidated == !known.rule.validators.isEmpty)
      var rule = known.rule
      (rule.provider, rule.docs, rule.remediation) = ("", "", "")
      (rule.statedFamilies, rule.statedAnchors, rule.tags) = ([], nil, [])
      (rule.examples, rule.nonExamples) = ([], [])
      #expect(read.rule == rule, "rule '\(rule.id)'")
    }
  }

  @Test("a rule that was changed is what it was changed to")
  func changed() {
    var rules = BuiltinRules.forScanning()
    rules[0].rule.id = "other"
    rules[0].rule.validators = []
    rules[0].rule.confidence = .low
    #expect(rules[0].rule.id == "other")
    #expect(!rules[0].isValidated && rules[0].confidence == .low)
    #expect(rules[1] == BuiltinRules.forScanning()[1])
  }

  @Test("no rule is no text")
  func empty() {
    #expect(RuleTable.text(for: []).isEmpty)
    #expect(RuleTable.rules(in: "", isDocumented: true).isEmpty)
  }

  @Test("a control character that would tear the table apart traps", arguments: 0..<2)
  func separators(place: Int) async {
    await #expect(processExitsWith: .failure) { [place = place as Int] in
      var rule = makeRule("a", "key_[0-9]{8}")
      if place == 0 { rule.name = "a\u{1F}b" }
      if place == 1 { rule.examples = ["a\u{1E}b"] }
      _ = RuleTable.text(for: [try PlannedRule(rule)])
    }
  }

  @Test("a filter reads the same rules without what only people need")
  func forScanning() {
    let all = BuiltinRules.all()
    let scanning = BuiltinRules.forScanning()
    #expect(scanning.map(\.plan) == all.map(\.plan))
    #expect(scanning.map(\.rule.boundedExpression) == all.map(\.rule.boundedExpression))
    #expect(scanning.map(\.rule.validators) == all.map(\.rule.validators))
    #expect(scanning.map(\.rule.doubts) == all.map(\.rule.doubts))
    #expect(scanning.map(\.rule.confidence) == all.map(\.rule.confidence))
    #expect(scanning.allSatisfy { $0.rule.examples.isEmpty && $0.rule.docs.isEmpty })
    #expect(all.contains { !$0.rule.statedFamilies.isEmpty })
    #expect(scanning.allSatisfy { $0.rule.statedFamilies.isEmpty })
  }
}
