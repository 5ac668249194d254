import Foundation
import SluiceBuiltins
import SluiceRules
import Testing

@Suite("RuleLint")
struct RuleLintTests {
  /// One file each in `Fixtures/bad-rules`, with one rule that has one fault.
  struct Fault: Sendable, CustomTestStringConvertible {
    let file: String
    let level: RuleLint.Issue.Level
    let text: String
    /// This fault and those that it brings with it.
    let count: Int

    init(_ file: String, _ level: RuleLint.Issue.Level, _ text: String, count: Int = 1) {
      self.file = file
      self.level = level
      self.text = text
      self.count = count
    }

    var testDescription: String { file }
  }

  static let faults = [
    Fault("no-anchor", .warning, "has no anchor: it is tried at every byte it can start with"),
    Fault("short-anchor", .warning, "the anchor 'k_' is shorter than 3 bytes"),
    Fault("unbounded-without-class", .error, "is unbounded, but repeats no class"),
    Fault("runaway", .error, "takes more than 100000 steps"),
    Fault("nested-repeats", .warning, "contains the variable repeat"),
    Fault("adjacent-repeats", .warning, "accept a common byte, and one is unbounded", count: 2),
    // Its anchor can be anywhere, so that it has none, and it takes in what stands before.
    Fault("leading-repeat", .warning, "a match can begin with the unbounded repeat", count: 3),
    Fault("example-not-found", .error, "example 2 is not found"),
    Fault("example-elsewhere", .error, "example 1: the secret is at 4..<16, found at 0..<16"),
    Fault(
      "example-found-twice", .error, "example 1: the secret is at 0..<12, found at 0..<12, 13..<25"),
    Fault("example-refused-by-validator", .error, "example 1 is not found"),
    Fault("example-unmarked", .error, "example 1 marks no secret"),
    Fault("example-broken-recipe", .error, "example 1 cannot be made"),
    Fault("example-broken-marks", .error, "example 1 cannot be made"),
    Fault(
      "surroundings-lost", .warning, "loses the secret of example 1, or a part of it: JSON in JSON"),
    Fault("non-example-found", .error, "non-example 2 is found at 0..<12"),
    Fault("non-example-broken-recipe", .error, "non-example 1 cannot be made"),
  ]

  @Test("names the fault of each bad rule, and no other", arguments: faults)
  func badRule(fault: Fault) throws {
    let rules = try Self.rules(inFile: fault.file)
    try #require(rules.count == 1)
    let planned = try PlannedRule(rules[0])
    let issues = RuleLint().issues(of: planned)
    #expect(issues.count == fault.count, "\(issues)")
    #expect(issues.allSatisfy { $0.rule == rules[0].id }, "\(issues)")
    #expect(
      issues.contains { $0.level == fault.level && $0.text.contains(fault.text) }, "\(issues)")
  }

  /// Rules that are bad only among others, or in what their masks leave; see `RuleSetLintTests`
  /// and `RulesCommandTests`.
  private static let badInCompany: Set = [
    "shadowed", "mask-leaves-secret", "partial-shows-secret", "own-mask", "builtin-id",
  ]

  @Test("every bad rule is in the table")
  func completeTable() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(files) == Set(Self.faults.map(\.file)).union(Self.badInCompany))
  }

  @Test("a built-in rule does what its examples say", arguments: BuiltinRules.all().map(\.rule.id))
  func builtin(id: String) throws {
    let planned = try #require(BuiltinRules.all().first { $0.rule.id == id })
    // `sluice rules lint` measures; see `RulesCommandTests`.
    let errors = RuleLint(measuresCost: false).issues(of: planned).filter { $0.level == .error }
    #expect(errors.isEmpty, "\(errors.map(\.text))")
  }

  @Test("a good rule has no issue")
  func goodRule() throws {
    var rule = makeRule("acme", "acme_[a-z0-9]{20}", boundary: .alnum)
    rule.examples = ["«acme_${hex:20}»", "k=«acme_${hex:20}»;"]
    rule.nonExamples = ["acme_${hex:3}", "acme_${hex:21}"]
    #expect(RuleLint().issues(of: try PlannedRule(rule)).isEmpty)
  }

  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/bad-rules")

  private static func rules(inFile name: String) throws -> [Rule] {
    let url = folder.appending(path: "\(name).yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    return try RuleFile(named: url.lastPathComponent, requiresDocumentation: false).rules(in: text)
  }
}
