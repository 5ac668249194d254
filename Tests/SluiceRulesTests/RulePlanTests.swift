import SluiceRegex
@testable import SluiceRules
import Testing

@Suite("RulePlan")
struct RulePlanTests {
  /// An expression that no rule may have.
  struct Refused: Sendable, CustomTestStringConvertible {
    let expression: String
    let reason: String
    let offset: Int?

    init(_ expression: String, _ reason: String, offset: Int? = nil) {
      self.expression = expression
      self.reason = reason
      self.offset = offset
    }

    var testDescription: String { expression }
  }

  /// Only offsets that PCRE2 gives in every version.
  static let refused = [
    Refused("acme(", "missing closing parenthesis", offset: 5),
    Refused("acme)x", "unmatched closing parenthesis", offset: 4),
    Refused("(", "missing closing parenthesis", offset: 1),
    // Would be balanced between the parentheses of a boundary.
    Refused("acme)|(?:x", "unmatched closing parenthesis", offset: 4),
    Refused("acme[", "missing terminating ]", offset: 5),
    Refused("[z-a]cme", "range out of order", offset: 3),
    Refused("é[z-a]cme", "range out of order", offset: 5),
    Refused("acme\\", "\\ at end of pattern", offset: 5),
    Refused("(?<n>acme)\\g<n>", "acme"),
    Refused("acme\\C", "acme"),
    Refused("acme\\K", "acme"),
    Refused("acme\\X", "acme"),
    Refused("(*UTF)acme", "acme"),
    Refused("acme(?C1)", "acme"),
    Refused("(?(?=a)acme|bcme)", "acme"),
    Refused("acme\\p{L}", "acme"),
  ]

  @Test(
    "an expression that cannot be used is refused with rule, offset and reason", arguments: refused,
    Boundary.allCases)
  func refusal(refused: Refused, boundary: Boundary) {
    let rule = makeRule("acme", refused.expression, boundary: boundary)
    let error = #expect(throws: RuleError.self) { try PlannedRule(rule) }
    guard let error else { return }
    #expect(error.rule == "acme")
    #expect(error.problem.hasPrefix("rule 'acme': "))
    #expect(error.problem.contains(refused.reason), "\(error.reason)")
    #expect(error.reason.contains(" at offset "), "\(error.reason)")
    if let offset = refused.offset {
      #expect(error.reason.hasSuffix(" at offset \(offset)"), "\(error.reason)")
    }
    #expect(error.remedy != nil)
  }

  @Test(
    "an expression that matches nothing at all is refused",
    arguments: ["a*", "(?:acme)?", "|acme", "", "(?=acme)", "\\b", "a{0,5}"], Boundary.allCases)
  func empty(expression: String, boundary: Boundary) {
    let rule = makeRule("acme", expression, boundary: boundary)
    let error = #expect(throws: RuleError.self) { try PlannedRule(rule) }
    #expect(error?.reason == "the expression matches the empty text")
  }

  @Test(
    "G4: stated anchors that a match need not hold are refused",
    arguments: [
      ("acme_[a-z]{8}", ["acmf_"]), ("acme_[a-z]{8}", ["acme_a"]), ("acme|zorg", ["acme"]),
      ("(?i)acme_[a-z]{8}", ["xcme_"]), ("(?:acme)?_key[0-9]{8}", ["acme"]),
    ])
  func falseAnchors(expression: String, anchors: [String]) {
    var rule = makeRule("acme", expression)
    rule.statedAnchors = anchors
    let error = #expect(throws: RuleError.self) { try PlannedRule(rule) }
    #expect(error?.reason.contains("need not hold any of the stated anchors") == true)
  }

  @Test(
    "stated anchors that every match holds one of are used",
    arguments: [
      ("acme_[a-z]{8}", ["acme_"]), ("acme_[a-z]{8}", ["cme"]), ("acme|zorg", ["acme", "zorg"]),
      ("[a-z]{4}_key[0-9]{8}", ["_key"]),
    ])
  func trueAnchors(expression: String, anchors: [String]) throws {
    var rule = makeRule("acme", expression)
    rule.statedAnchors = anchors
    let planned = try PlannedRule(rule)
    #expect(planned.plan.anchors.map { String(decoding: $0.bytes, as: UTF8.self) } == anchors)
  }

  @Test("tells the scanner what it must know")
  func plan() throws {
    let plan = try PlannedRule(makeRule("acme", "[a-f]{2,4}-acme_(?<secret>[0-9]{8})")).plan
    #expect(plan.anchors.count == 1)
    #expect(plan.lead.lowerBound <= 2 && plan.lead.upperBound >= 4)
    #expect((UInt8(ascii: "a")...UInt8(ascii: "f")).allSatisfy { plan.leadBytes.contains($0) })
    #expect(plan.startBytes.members == Array("abcdef".utf8))
    #expect(plan.reach == 18)
    #expect(plan.continuation.isEmpty)
    #expect(plan.lookbehind == 0)
    #expect(plan.groupCount == 1)
  }

  @Test("an unbounded rule has no reach, and says what goes on masking")
  func unbounded() throws {
    let plan = try PlannedRule(makeRule("acme", "acme_[a-f\\n]{8,}")).plan
    #expect(plan.reach == nil)
    #expect(plan.continuation.members == Array("\nabcdef".utf8))
    #expect(plan.groupCount == 0)
    #expect(plan.publicPrefixes == [Array("acme_".utf8)])
  }

  @Test("a boundary lets a match see one byte more, and some before it")
  func boundary() throws {
    let bare = try PlannedRule(makeRule("acme", "acme_[a-f]{8}")).plan
    let bounded = try PlannedRule(makeRule("acme", "acme_[a-f]{8}", boundary: .alnum)).plan
    #expect(bare.reach == 13)
    #expect(bounded.reach == 14)
    #expect(bounded.lookbehind == 6)
    #expect(bounded.anchors == bare.anchors)
    #expect(bounded.startBytes == bare.startBytes)
    #expect(bounded.publicPrefixes == bare.publicPrefixes)
  }
}

/// A rule with nothing but an id and an expression.
func makeRule(_ id: String, _ expression: String, boundary: Boundary = .none) -> Rule {
  Rule(
    id: id, name: id, provider: "test", expression: expression, boundary: boundary,
    statedAnchors: nil, validators: [], severity: .high, confidence: .high, tags: [], docs: "",
    remediation: "", examples: [], nonExamples: [])
}
