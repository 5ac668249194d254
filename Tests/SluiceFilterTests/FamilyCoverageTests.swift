import SluiceBuiltins
import SluiceFilter
import SluiceRules
import TestSupport
import Testing

/// The families that public sources know, and the rules that serve them.
@Suite("Coverage by families")
struct FamilyCoverageTests {
  @Test("each family that three public sources know has a rule, or a reason why not")
  func isComplete() throws {
    let coverage = try builtin()
    #expect(coverage.families.count > 400)
    #expect(coverage.families.allSatisfy { $0.sources >= 3 })
    #expect(coverage.unexplained.map(\.description) == [])
    #expect(coverage.explainedInVain.map(\.description) == [])
  }

  @Test("Patterns/COVERAGE.md states what the rules serve")
  func isWrittenDown() throws {
    let written = try text(of: "Patterns/COVERAGE.md")
    #expect(
      try written == builtin().markdown,
      "run 'swift run make-fixtures --coverage Patterns/COVERAGE.md' and review the change")
  }

  @Test("a family is served under its own name, under another, or by any rule of its provider")
  func names() throws {
    let coverage = try FamilyCoverage(
      list: "# a comment\nacme\tkey\t3\nacme\t(any)\t4\nold\ttoken\t5\tacme/key\n",
      rules: acmeRules())
    #expect(
      coverage.families.map(\.rules) == [["acme-key"], ["acme-key", "acme-2"], ["acme-key"]])
    #expect(coverage.unexplained.isEmpty)
  }

  @Test("a family without a rule and without a reason is told, and so is a reason for nothing")
  func gaps() throws {
    let list =
      "acme\tsecret\t3\nacme\tnoise\t3\tnone: is noise\nold\t(any)\t3\nacme\tkey\t3\tnone: why\n"
    let coverage = try FamilyCoverage(list: list, rules: acmeRules())
    #expect(coverage.unexplained.map(\.description) == ["acme: secret", "old: (any)"])
    #expect(coverage.explainedInVain.map(\.description) == ["acme: key"])
    #expect(coverage.markdown.contains("1 of 4 families"))
    #expect(coverage.markdown.contains("| acme | noise | 3 | is noise |"))
  }

  @Test("a line that is no family is an error", arguments: ["acme", "acme\tkey", "acme\tkey\tx"])
  func brokenLines(line: String) {
    let error = #expect(throws: FamilyCoverage.BrokenLine.self) {
      try FamilyCoverage(list: "\n" + line, rules: [])
    }
    #expect(error?.line == 2)
  }

  private func acmeRules() throws -> [Rule] {
    try RuleFile(named: "acme.yaml", requiresDocumentation: false).rules(
      in: """
        provider: acme
        rules:
          - id: acme-key
            families: [key, token]
            regex: 'acme_[a-z]{9}'
          - id: acme-2
            regex: 'acme2_[a-z]{9}'
        """)
  }

  private func builtin() throws -> FamilyCoverage {
    try FamilyCoverage(
      list: text(of: "Fixtures/families.tsv"), rules: BuiltinRules.all().map(\.rule))
  }

  private func text(of file: String) throws -> String {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    var descriptor = try Descriptor.reading(path: root + "/" + file)
    return String(decoding: try descriptor.readAll(limit: 16 << 20), as: UTF8.self)
  }
}
