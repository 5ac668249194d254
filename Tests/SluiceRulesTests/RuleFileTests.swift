@testable import SluiceRules
import Testing

@Suite("RuleFile")
struct RuleFileTests {
  // MARK: - Rules that are fine

  @Test("reads every field")
  func fullRule() throws {
    let rules = try RuleFile(named: "acme.yaml", requiresDocumentation: true).rules(
      in: #"""
        provider: acme
        name: Acme
        rules:
          - id: acme-key
            name: Acme key
            families: [live key, test key]
            regex: 'acme_[a-z0-9]{20}'
            boundary: word
            anchors: [acme_]
            validators:
              - entropy: 2.5
              - structure: not-placeholder
            severity: critical
            confidence: high
            tags: [one, two]
            docs: https://acme.test/docs
            remediation: Revoke it.
            examples: ['«acme_${hex:20}»', "a\n«acme_${hex:20}»"]
            nonExamples: ['acme_${hex:3}', "acme:\t${hex:20}"]
        """#)
    let rule = Rule(
      id: "acme-key", name: "Acme key", provider: "acme",
      statedFamilies: ["live key", "test key"], expression: "acme_[a-z0-9]{20}", boundary: .word,
      statedAnchors: ["acme_"],
      validators: [.entropy(2.5), .structure(.notPlaceholder)], severity: .critical,
      confidence: .high, tags: ["one", "two"], docs: "https://acme.test/docs",
      remediation: "Revoke it.", examples: ["«acme_${hex:20}»", "a\n«acme_${hex:20}»"],
      nonExamples: ["acme_${hex:3}", "acme:\t${hex:20}"])
    #expect(rules == [rule])
  }

  @Test("a validator drops what it does not accept, or lowers its confidence, as the rule says")
  func mismatch() throws {
    let rules = try RuleFile(named: "mine.yaml", requiresDocumentation: false).rules(
      in: """
        rules:
          - id: mine
            regex: 'mine_[a-z]{8}'
            validators:
              - entropy: 2
              - checksum: grafana
                onMismatch: lower
              - onMismatch: drop
                format: uuid
        """)
    #expect(rules.map(\.validators) == [[.entropy(2), .format(.uuid)]])
    #expect(rules.map(\.doubts) == [[.checksum(.grafana)]])
  }

  @Test("a user's rule needs an id and an expression; the rest has a default")
  func shortRule() throws {
    let rules = try RuleFile(named: "mine.yaml", requiresDocumentation: false).rules(
      in: """
        rules:
          - id: mine
            regex: 'mine_[a-z]{8}'
          - id: mine-2
            regex: 'mine2_[a-z]{8}'
        """)
    #expect(rules.map(\.id) == ["mine", "mine-2"])
    let rule = try #require(rules.first)
    #expect(rule.name == "mine")
    #expect(rule.provider == "custom")
    #expect(rule.families == ["mine"])
    #expect(rule.boundary == .none)
    #expect(rule.statedAnchors == nil)
    #expect(rule.validators.isEmpty)
    #expect(rule.severity == .high)
    #expect(rule.confidence == .medium)
  }

  @Test("the expression keeps its backslashes, quotes and braces")
  func expression() throws {
    let rules = try RuleFile(named: "mine.yaml", requiresDocumentation: false).rules(
      in: #"""
        rules:
          - id: mine
            regex: 'it''s\b\\[^"\s]{8,}+(?<secret>x{2})'
        """#)
    #expect(rules.first?.expression == #"it's\b\\[^"\s]{8,}+(?<secret>x{2})"#)
  }

  // MARK: - Rules that are not

  /// A rule file and what its error says.
  struct Broken: Sendable, CustomTestStringConvertible {
    let what: String
    let line: Int
    let rule: String?
    let reason: String
    let remedy: String?
    let yaml: String

    init(
      _ what: String, line: Int, rule: String? = nil, _ reason: String, remedy: String? = nil,
      _ yaml: String
    ) {
      self.what = what
      self.line = line
      self.rule = rule
      self.reason = reason
      self.remedy = remedy
      self.yaml = yaml
    }

    var testDescription: String { what }
  }

  static let brokenFiles = [
    Broken("empty file", line: 0, "must be a mapping", ""),
    Broken("a text", line: 1, "must be a mapping", "hello"),
    Broken("a list", line: 1, "must be a mapping", "- id: a\n"),
    Broken("no rules", line: 0, "'rules' must be a list", "provider: acme\n"),
    Broken("rules is empty", line: 2, "at least one rule", "provider: acme\nrules: []\n"),
    Broken("rules is a mapping", line: 3, "must be a list", "provider: acme\nrules:\n  id: a\n"),
    Broken(
      "unknown key at the top", line: 2, "unknown key 'rule'", remedy: "name, provider, rules",
      "provider: acme\nrule:\n  - id: a\n"),
    Broken("provider is a list", line: 1, "'provider' must be a text", "provider: [a]\nrules:\n"),
    Broken("a rule is a text", line: 2, "a rule must be a mapping", "rules:\n  - acme-key\n"),
    // Not YAML.
    Broken("tab indentation", line: 2, "is not YAML", remedy: "", "rules:\n\t- id: a\n"),
    Broken(
      "unquoted expression", line: 3, "is not YAML", remedy: "single quotes",
      "rules:\n  - id: a\n    regex: 'a' [b]\n"),
    Broken(
      "quote that is not closed", line: 4, "is not YAML", remedy: "single quotes",
      "rules:\n  - id: a\n    regex: 'abc\n"),
    Broken(
      "unknown escape in double quotes", line: 3, "is not YAML", remedy: "single quotes",
      "rules:\n  - id: a\n    regex: \"\\d+\"\n"),
    Broken(
      "undefined alias", line: 3, "is not YAML", "rules:\n  - id: a\n    regex: *b\n"),
    Broken(
      "key twice in a rule", line: 3, "a key stands twice", remedy: "keep one",
      "rules:\n  - id: a\n    regex: 'x1y2z3'\n    regex: 'other'\n"),
    Broken(
      "key twice at the top", line: 1, "a key stands twice", remedy: "keep one",
      "rules:\n  - id: a\nrules:\n  - id: b\n"),
    Broken("control character", line: 0, "is not YAML", "rules:\n  - id: a\u{1}\n"),
  ]

  static let brokenRules = [
    Broken("no id", line: 2, "a rule has no 'id'", remedy: "kebab", "regex: 'abc'"),
    Broken("empty id", line: 2, "'id' must be a text", "id: ''"),
    Broken("id is a list", line: 2, "'id' must be a text", "id: [a]"),
    Broken("capital in the id", line: 2, "'Acme' is not kebab case", remedy: "lower", "id: Acme"),
    Broken("underscore in the id", line: 2, "'a_b' is not kebab case", "id: a_b"),
    Broken("two dashes in the id", line: 2, "'a--b' is not kebab case", "id: a--b"),
    Broken("dash before the id", line: 2, "'-a' is not kebab case", "id: '-a'"),
    Broken("dash behind the id", line: 2, "'a-' is not kebab case", "id: a-"),
    Broken("letter that is not ASCII", line: 2, "'é' is not kebab case", "id: é"),
    Broken("no regex", line: 2, rule: "acme", "has no 'regex'", "id: acme"),
    Broken(
      "empty regex", line: 3, rule: "acme", "'regex' must be a text", "id: acme\nregex: ''"),
    Broken(
      "unknown key", line: 4, rule: "acme", "unknown key 'regexp'", remedy: "nonExamples, regex",
      "id: acme\nregex: 'abc'\nregexp: 'abc'"),
    Broken(
      "key in other case", line: 4, rule: "acme", "unknown key 'nonexamples'",
      "id: acme\nregex: 'abc'\nnonexamples: ['a']"),
    Broken(
      "unknown fragment", line: 3, rule: "acme", "unknown fragment '{{nope}}'", remedy: "README",
      "id: acme\nregex: 'abc{{nope}}'"),
    Broken(
      "fragment without its number", line: 3, rule: "acme", "unknown fragment '{{value}}'",
      "id: acme\nregex: 'abc{{assign}}{{value}}'"),
    Broken(
      "unknown boundary", line: 4, rule: "acme", "'boundary' cannot be 'letters'",
      remedy: "none, alnum, word, base64url, base64, hex",
      "id: acme\nregex: 'abc'\nboundary: letters"),
    Broken(
      "unknown severity", line: 5, rule: "acme", "'severity' cannot be 'severe'",
      remedy: "low, medium, high, critical",
      "id: acme\nregex: 'abc'\nname: Acme\nseverity: severe"),
    Broken(
      "severity in other case", line: 4, rule: "acme", "'severity' cannot be 'High'",
      "id: acme\nregex: 'abc'\nseverity: High"),
    Broken(
      "unknown confidence", line: 4, rule: "acme", "'confidence' cannot be 'critical'",
      remedy: "low, medium, high", "id: acme\nregex: 'abc'\nconfidence: critical"),
    Broken(
      "validators is a mapping", line: 5, rule: "acme", "'validators' must be a list",
      "id: acme\nregex: 'abc'\nvalidators:\n  entropy: 3"),
    Broken(
      "validator is a text", line: 5, rule: "acme", "must be one 'name: value'",
      "id: acme\nregex: 'abc'\nvalidators:\n  - entropy"),
    Broken(
      "two validators in one item", line: 5, rule: "acme", "must be one 'name: value'",
      "id: acme\nregex: 'abc'\nvalidators:\n  - entropy: 3\n    structure: jwt"),
    Broken(
      "unknown consequence", line: 6, rule: "acme", "'onMismatch' cannot be 'keep'",
      remedy: "drop, lower",
      "id: acme\nregex: 'abc'\nvalidators:\n  - entropy: 3\n    onMismatch: keep"),
    Broken(
      "consequence alone", line: 5, rule: "acme", "must be one 'name: value'",
      "id: acme\nregex: 'abc'\nvalidators:\n  - onMismatch: lower"),
    Broken(
      "unknown validator", line: 6, rule: "acme", "unknown validator 'luhn: yes'",
      remedy: "README", "id: acme\nregex: 'abc'\nvalidators:\n  - entropy: 3\n  - luhn: yes"),
    Broken(
      "validator out of range", line: 5, rule: "acme", "unknown validator 'entropy: 9'",
      "id: acme\nregex: 'abc'\nvalidators:\n  - entropy: 9"),
    Broken(
      "families is a text", line: 4, rule: "acme", "'families' must be a list",
      "id: acme\nregex: 'abc'\nfamilies: key"),
    Broken(
      "families is empty", line: 4, rule: "acme", "must name at least one family",
      remedy: "leave it out", "id: acme\nregex: 'abc'\nfamilies: []"),
    Broken(
      "a family twice", line: 4, rule: "acme", "and none twice",
      remedy: "leave it out", "id: acme\nregex: 'abc'\nfamilies: [key, token, key]"),
    Broken(
      "anchors is a text", line: 4, rule: "acme", "'anchors' must be a list",
      "id: acme\nregex: 'abc'\nanchors: abc"),
    Broken(
      "tags with a mapping", line: 4, rule: "acme", "'tags' must be a list of texts",
      "id: acme\nregex: 'abc'\ntags: [{a: b}]"),
    Broken(
      "empty example", line: 5, rule: "acme", "'examples' must be a list of texts",
      "id: acme\nregex: 'abc'\nexamples:\n  - ''"),
  ]

  @Test("says what is wrong with a file, and in which line", arguments: brokenFiles)
  func brokenFile(broken: Broken) {
    check(broken, yaml: broken.yaml)
  }

  @Test("says what is wrong with a rule, and in which line", arguments: brokenRules)
  func brokenRule(broken: Broken) {
    let body = broken.yaml.split(separator: "\n").joined(separator: "\n    ")
    check(broken, yaml: "rules:\n  - \(body)\n")
  }

  @Test("the second rule of a file is named when it is the one that is wrong")
  func secondRule() {
    check(
      Broken("", line: 6, rule: "two", "'boundary' cannot be 'x'", ""),
      yaml: """
        rules:
          - id: one
            regex: 'abc'
          - id: two
            regex: 'abc'
            boundary: x
        """)
  }

  @Test(
    "a built-in rule documents itself and proves what it claims",
    arguments: [
      ("severity", "has no severity"), ("confidence", "has no confidence"),
      ("tags", "has no tags"), ("docs", "has no docs"), ("remediation", "has no remediation"),
      ("examples", "has no two examples"), ("nonExamples", "has no two nonExamples"),
    ])
  func documentation(missing: String, reason: String) throws {
    let fields = [
      "regex: 'abc'", "severity: high", "confidence: high", "tags: [a]", "docs: d",
      "remediation: r", "examples: ['«abc»', '«abc» ']",
      "nonExamples: ['ab', 'bc']",
    ].filter { !$0.hasPrefix(missing + ":") }
    let yaml = "rules:\n  - id: acme\n    " + fields.joined(separator: "\n    ") + "\n"
    let strict = RuleFile(named: "acme.yaml", requiresDocumentation: true)
    let error = #expect(throws: RuleFileError.self) { try strict.rules(in: yaml) }
    #expect(error?.reason == reason)
    #expect(error?.rule == "acme")
    #expect(error?.line == 2)
    #expect(try RuleFile(named: "a", requiresDocumentation: false).rules(in: yaml).count == 1)
  }

  @Test("an error names file, line and rule in one line")
  func problem() {
    let error = RuleFileError(
      file: "a.yaml", line: 3, rule: "acme", reason: "has no 'regex'", remedy: nil)
    #expect(error.problem == "a.yaml:3: rule 'acme': has no 'regex'")
    let other = RuleFileError(file: "a.yaml", line: 0, rule: nil, reason: "is odd", remedy: nil)
    #expect(other.problem == "a.yaml: is odd")
  }

  private func check(_ broken: Broken, yaml: String) {
    let error = #expect(throws: RuleFileError.self) {
      try RuleFile(named: "bad.yaml", requiresDocumentation: false).rules(in: yaml)
    }
    guard let error else { return }
    #expect(error.file == "bad.yaml")
    #expect(error.line == broken.line, "\(error.problem)")
    #expect(error.rule == broken.rule)
    #expect(error.reason.contains(broken.reason), "\(error.reason)")
    if let remedy = broken.remedy {
      #expect(error.remedy?.contains(remedy) == true || remedy.isEmpty, "\(error.remedy ?? "-")")
    }
  }
}
