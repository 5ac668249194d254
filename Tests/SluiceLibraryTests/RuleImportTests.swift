import Foundation
import SluiceLibrary
import SluiceRules
import Testing

@Suite("RuleImport")
struct RuleImportTests {
  private static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/import")

  private static func imported(
    _ name: String, taken: Set<String> = ["github-pat"]
  ) throws -> RuleImport {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return try RuleImport(text, named: name, takenIDs: taken)
  }

  private static let files = ["gitleaks.toml", "kingfisher.yml", "noseyparker.yml"]

  /// What one foreign rule must become.
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let origin: String
    let id: String
    let regex: String
    var validators: [String] = []
    var anchors: [String] = []
    var confidence = Rule.Confidence.medium
    var notes: [String] = []

    var testDescription: String { origin }
  }

  static let cases = [
    Case(
      file: "gitleaks.toml", origin: "acme-token", id: "acme-token",
      regex: #"\b(?<secret>acme_[0-9a-z]{24})(?:[\x{60}'"\s;]|\\[nr]|$)"#,
      validators: ["entropy: 3.0"], anchors: ["acme_"], notes: ["ends of the stream"]),
    Case(
      file: "gitleaks.toml", origin: "acme-second-group", id: "acme-second-group",
      regex:
        #"(?i)(?:zorg[_-]?(?:key|secret))\s{0,3}[=:]\s{0,3}(?<secret>[0-9a-f]{32})\z"#,
      anchors: ["zorgkey", "zorg-key", "zorg_key", "zorgsecret", "zorg-secret", "zorg_secret"],
      notes: ["ends of the stream"]),
    Case(
      file: "gitleaks.toml", origin: "acme-spared", id: "acme-spared",
      regex: "zap_(?<secret>[A-Z0-9]{20})", anchors: ["zap_"],
      notes: ["allow list (2 expressions, 1 stop words) is left out"]),
    Case(
      file: "gitleaks.toml", origin: "Acme.Nearby Keyword", id: "acme-nearby-keyword",
      regex: "quux-[a-f0-9]{20}", anchors: ["quux-"], confidence: .low,
      notes: ["no match needs to hold one of its keywords"]),
    Case(
      file: "gitleaks.toml", origin: "acme-unicode", id: "acme-unicode",
      regex: "letters_[A-Z]{4}[A-Za-z0-9]{16}", anchors: ["letters_"],
      notes: ["their part of ASCII"]),
    Case(
      file: "gitleaks.toml", origin: "github-pat", id: "gitleaks-github-pat",
      regex: "ghq_[0-9a-zA-Z]{36}", anchors: ["ghq_"]),
    Case(
      file: "kingfisher.yml", origin: "kingfisher.acme.1", id: "kingfisher-acme-1",
      regex: #"(?i)\b(?<secret>acmek_[a-z0-9]{28})\b"#,
      validators: ["entropy: 3.2", "minimumClasses: 2"], anchors: ["acmek_"], confidence: .high,
      notes: ["'validation' is left out", "'ignore_if_contains' is left out"]),
    Case(
      file: "kingfisher.yml", origin: "kingfisher.acme.2", id: "kingfisher-acme-2",
      regex: "(?i)acme.{0,16}?(?:[0-9]{6}):(?<secret>[0-9a-f]{40})", anchors: ["acme"],
      notes: ["'depends_on_rule' is left out"]),
    Case(
      file: "noseyparker.yml", origin: "np.acme.1", id: "np-acme-1",
      regex: #"\b(?<secret>acmed-[a-f0-9]{32})\b"#, anchors: ["acmed-"]),
    Case(
      file: "noseyparker.yml", origin: "np.acme.2", id: "np-acme-2",
      regex: "acme-account-(?<secret>[0-9]{10})", anchors: ["acme-account-"]),
  ]

  @Test(
    "a rule that can be expressed becomes one of ours, and what is lost is said", arguments: cases)
  func becomes(expected: Case) throws {
    let result = try Self.imported(expected.file)
    let entry = try #require(result.entries.first { $0.origin == expected.origin })
    let planned = try #require(entry.rule, "\(entry.notes)")
    #expect(planned.rule.id == expected.id)
    #expect(planned.rule.expression == expected.regex)
    #expect(
      planned.rule.validators.map { "\($0.spelling.key): \($0.spelling.value)" }
        == expected.validators)
    #expect(
      planned.plan.anchors.map { String(decoding: $0.bytes, as: UTF8.self) } == expected.anchors)
    #expect(planned.rule.confidence == expected.confidence)
    for note in expected.notes {
      #expect(entry.notes.contains { $0.contains(note) }, "\(entry.notes)")
    }
  }

  @Test(
    "a rule that cannot be expressed is not written, and the reason is said",
    arguments: [
      ("gitleaks.toml", "acme-file", "looks at paths"),
      ("gitleaks.toml", "acme-file-and-text", "certain paths only"),
      ("gitleaks.toml", "acme-ungreedy", "the setting '(?U)'"),
      ("gitleaks.toml", "acme-greek", "the Unicode class 'Greek'"),
      ("gitleaks.toml", "acme-composite", "other rules nearby"),
      ("gitleaks.toml", "acme-runaway", "grows faster than the text"),
      ("gitleaks.toml", "acme-empty", "matches the empty text"),
      ("kingfisher.yml", "kingfisher.acme.3", "reports nothing by itself"),
      ("kingfisher.yml", "kingfisher.acme.4", "class"),
      ("noseyparker.yml", "np.acme.3", "half word boundaries"),
    ])
  func refuses(file: String, origin: String, reason: String) throws {
    let entry = try #require(try Self.imported(file).entries.first { $0.origin == origin })
    #expect(entry.rule == nil)
    #expect(entry.notes.contains { $0.contains(reason) }, "\(entry.notes)")
  }

  @Test("every rule of a file is accounted for", arguments: files)
  func complete(file: String) throws {
    let known =
      Self.cases.filter { $0.file == file }.map(\.origin)
    let result = try Self.imported(file)
    #expect(result.entries.filter { $0.rule != nil }.map(\.origin) == known)
    #expect(result.tool == String(file.prefix { $0 != "." }))
  }

  @Test("what a file says beside its rules is reported")
  func fileLosses() throws {
    let losses = try Self.imported("gitleaks.toml").losses
    #expect(losses.contains { $0.contains("extends another file") })
    #expect(losses.contains { $0.contains("1 expressions, 2 stop words") })
  }

  @Test(
    "what is written is a rule file that holds the same rules and passes lint", arguments: files)
  func roundTrip(file: String) throws {
    let rules = try Self.imported(file).rules
    let yaml = try RuleFileText.yaml(of: rules.map(\.rule), named: "Imported: it's \"quoted\" #1")
    let read = try RuleFile(named: "out.yaml", requiresDocumentation: false).rules(in: yaml)
    #expect(read == rules.map(\.rule))
    for rule in read {
      #expect(
        !RuleLint().issues(of: try PlannedRule(rule)).contains { $0.level == .error }, "\(rule.id)")
    }
  }

  @Test("G3: the letters of foreign examples are replaced, their form stays")
  func examples() throws {
    for file in ["kingfisher.yml", "noseyparker.yml"] {
      let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
      let rule = try #require(try Self.imported(file).rules.first?.rule)
      #expect(!rule.examples.isEmpty)
      #expect(rule.examples.allSatisfy { $0.contains("«") && $0.contains("${") })
      for secret in text.matches(of: /acme[kd][_-](?<body>[a-z0-9]{16,})/) {
        #expect(!(rule.examples + rule.nonExamples).contains { $0.contains(secret.body) })
      }
    }
  }

  @Test(
    "a file that is none of these is refused, without its content",
    arguments: [
      ("a.toml", "a = \nsecretsecret", "a.toml:1: is not TOML"),
      ("a.toml", "a = 'secretsecret'", "holds no rules"),
      ("a.yaml", "secretsecret", "holds no rules"),
      ("a.yaml", "a: 'secretsecret", "is not YAML"),
      ("a.yaml", "rules:\n  - id: a\n    regex: secretsecret", "is a rule file of sluice"),
      ("a.json", "{\"rules\": [\"secretsecret\"]}", "holds no rules"),
    ])
  func wrongFile(name: String, text: String, problem: String) {
    let error = #expect(throws: RuleImport.Failure.self) {
      try RuleImport(text, named: name, takenIDs: [])
    }
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.problem.contains("secretsecret") == false)
  }
}
