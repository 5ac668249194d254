import Foundation
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

  // MARK: - list and show

  @Test("list filters by tag, provider, severity, confidence and text, and writes JSON")
  func filters() throws {
    struct Record: Decodable {
      let id, provider, severity, confidence: String
      let tags, families, anchors: [String]
    }
    func list(_ arguments: String...) throws -> [Record] {
      let outcome = try Sluice.run(["rules", "list", "--format", "json"] + arguments)
      #expect(outcome.status == 0)
      return try JSONDecoder().decode([Record].self, from: Data(outcome.output))
    }
    let all = try list()
    #expect(all.count > 600)
    let github = try list("--provider", "github", "--severity", "critical")
    #expect(github.allSatisfy { $0.provider == "github" && $0.severity == "critical" })
    #expect(github.contains { $0.id == "github-pat" && $0.anchors == ["ghp_"] })
    #expect(all.allSatisfy { !$0.families.isEmpty })
    #expect(github.contains { $0.families == ["personal access token (classic)"] })
    #expect(try list("--confidence", "low").allSatisfy { $0.confidence == "low" })
    let tagged = try list("--tag", "payment")
    #expect(!tagged.isEmpty && tagged.count < all.count)
    #expect(tagged.allSatisfy { $0.tags.contains("payment") })
    #expect(try list("--text", "no such rule anywhere").isEmpty)
  }

  @Test("show explains a rule and masks its made-up examples")
  func show() throws {
    let outcome = try Sluice.run(["rules", "show", "github-pat"])
    #expect(outcome.status == 0)
    for text in [
      "ghp_[A-Za-z0-9]{36}", "'ghp_'", "derived from the expression", "checksum: crc32-base62",
      "[REDACTED:github-pat]", "no letter or digit beside it", "Revoke",
    ] { #expect(outcome.text.contains(text), "\(text)") }
    #expect(outcome.text.firstMatch(of: /ghp_[A-Za-z0-9]{36}\b/) == nil)
    #expect(try Sluice.run(["rules", "show", "no-such-rule"]).status == 2)
  }

  // MARK: - test

  @Test("test says step by step why a rule found something, and shows no secret")
  func testFinds() throws {
    let input = Array("a\nk=\(Fake.token);\n".utf8)
    let outcome = try Sluice.run(["rules", "test", "--rule", "github-pat"], input: input)
    #expect(outcome.status == 0)
    #expect(!Fake.leaks(into: outcome.text))
    for text in [
      "4..<44 (line 2, column 3): github-pat: k=[REDACTED:github-pat]",
      "anchor 'ghp_' at offset 4 (line 2, column 3)", "matches 4..<44",
      "crc32-base62 accepts", "alnum holds",
    ] { #expect(outcome.text.contains(text), "\(outcome.text)") }
  }

  @Test(
    "test says where a rule stopped, and shows no secret",
    arguments: [
      ("k=§x", "alnum refuses: before it is a punctuation character, after it a small letter"),
      ("§".replacing("§", with: "ghp_abc def"), "for 7 bytes, then a blank cannot follow"),
      ("~", "crc32-base62 refuses"), ("nothing here", "none of its anchors is in the text"),
    ])
  func testRefuses(template: String, reason: String) throws {
    let wrong = String(Fake.token.dropLast()) + (Fake.token.last == "0" ? "1" : "0")
    let text = template.replacing("§", with: Fake.token).replacing("~", with: wrong)
    let outcome = try Sluice.run(
      ["rules", "test", "--rule", "github-pat", "-"], input: Array(text.utf8))
    #expect(outcome.status == 1)
    #expect(!Fake.leaks(into: outcome.text), "\(template)")
    #expect(outcome.text.contains(reason), "\(outcome.text)")
  }

  @Test("test names the rule that another one takes a finding from")
  func testNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file(
      "a.yaml", "rules:\n  - id: acme-any\n    regex: 'ghp_[a-zA-Z0-9]{8}'\n")
    let outcome = try Sluice.run(
      ["rules", "test", "--rules", file, "--rule", "acme-any"], input: Array(Fake.token.utf8))
    #expect(outcome.status == 0)
    #expect(outcome.text.contains("is named github-pat"), "\(outcome.text)")
  }

  // MARK: - lint

  @Test(
    "lint fails on a rule that is bad among others or in what its masks leave",
    arguments: [
      ("shadowed", "rule 'shadowed': is shadowed: each of its examples is named by acme-key"),
      ("mask-leaves-secret", "the mask 'label' leaves the secret of example 1"),
      ("mask-leaves-secret", "the mask 'fill' leaves the secret of example 1"),
      ("partial-shows-secret", "the mask 'partial' shows all but 2 bytes"),
      ("own-mask", "finds a secret in its own mask"),
      ("builtin-id", "has the id of a built-in rule of the provider 'github'"),
      ("runaway", "takes more than 100000 steps"),
      ("adjacent-repeats", "its time grows faster than the text"),
    ])
  func lintFixture(name: String, text: String) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/bad-rules")
    let outcome = try Sluice.run(["rules", "lint", folder.appending(path: "\(name).yaml").path])
    #expect(outcome.status == 1)
    #expect(outcome.text.contains(text), "\(outcome.text)")
  }

  @Test("lint takes a file of a built-in provider for its next version")
  func lintNextVersion() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Patterns/github.yaml").path
    #expect(try Sluice.run(["rules", "lint", file]).status == 0)
  }
}
