import Testing

@Suite("Rules commands")
struct RulesCommandTests {
  private static let good = """
    rules:
      - id: acme-key
        name: Acme key
        regex: 'acme_[a-z0-9]{20}'
        severity: low
        examples: ['«acme_${hex:20}»']
        nonExamples: ['acme_${hex:3}']
    """
  private static let bad = """
    rules:
      - id: zorg-key
        regex: 'zorg_[0-9]{8}'
        examples: ['«zorg_${digit:7}»']
    """

  @Test("list shows the built-in rules and those of every file")
  func list() throws {
    let folder = try TemporaryFolder()
    let files = [try folder.file("a.yaml", Self.good), try folder.file("b.yaml", Self.bad)]
    let builtin = try Sluice.run(["rules", "list"])
    #expect(builtin.status == 0)
    #expect(builtin.text.contains("github-pat"))
    let all = try Sluice.run(["rules", "list", "--rules", files[0], "--rules", files[1]])
    #expect(all.status == 0)
    let rows = all.text.split(separator: "\n")
    #expect(rows.count == builtin.text.split(separator: "\n").count + 2)
    let row = try #require(rows.first { $0.hasPrefix("acme-key ") })
    #expect(
      row.split(separator: " ", omittingEmptySubsequences: true)
        == ["acme-key", "custom", "low", "medium", "Acme", "key"])
  }

  @Test("lint passes good rules with status 0")
  func lintGood() throws {
    let folder = try TemporaryFolder()
    let outcome = try Sluice.run(["rules", "lint", try folder.file("a.yaml", Self.good)])
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors == "1 rules, 0 errors, 0 warnings\n")
  }

  @Test("lint fails bad rules with status 1 and says which")
  func lintBad() throws {
    let folder = try TemporaryFolder()
    let files = [try folder.file("a.yaml", Self.good), try folder.file("b.yaml", Self.bad)]
    let outcome = try Sluice.run(["rules", "lint"] + files)
    #expect(outcome.status == 1)
    #expect(outcome.text == "error: rule 'zorg-key': example 1 is not found\n")
    #expect(outcome.errors == "2 rules, 1 errors, 0 warnings\n")
  }

  @Test("lint passes the built-in rules")
  func lintBuiltins() throws {
    let outcome = try Sluice.run(["rules", "lint"])
    #expect(outcome.status == 0)
    #expect(!outcome.text.contains("error:"))
  }

  @Test("lint refuses files that cannot be read and ids that are not unique, with status 2")
  func lintBroken() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("a.yaml", Self.good)
    let twice = try Sluice.run(["rules", "lint", file, file])
    #expect(twice.status == 2)
    #expect(twice.errors.contains("rule 'acme-key' is defined twice"))
    let broken = try Sluice.run(["rules", "lint", try folder.file("c.yaml", "rules:\n\t- a\n")])
    #expect(broken.status == 2)
    #expect(broken.errors.contains("c.yaml:2: is not YAML"))
  }
}
