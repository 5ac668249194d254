import Foundation
import Testing

@Suite("Settings")
struct SettingsTests {
  private static let allow = """
    allow:
      - rule: github-pat
        owner: security@acme.test
        reason: the token of the public test account
        expires: 2999-12-31

    """

  private func filter(
    _ settings: String, _ text: String, arguments: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Sluice.Outcome {
    let folder = try TemporaryFolder()
    let file = try folder.file("sluice.yaml", settings)
    return try Sluice.run(
      ["filter", "--config", file] + arguments, input: Array(text.utf8),
      sourceLocation: sourceLocation)
  }

  // MARK: - Selection

  @Test(
    "switches rules off by id, tag, provider, severity and confidence",
    arguments: [
      "disable:\n    ids: [github-pat]", "disable:\n    tags: [source-host]",
      "disable:\n    providers: [github]", "disable:\n    severities: [critical]",
      "enable:\n    providers: [aws, stripe]", "enable:\n    ids: [stripe-live-key]",
      "enable:\n    severities: [low]",
    ])
  func selection(rules: String) throws {
    let text = "deploy \(Fake.token) now\n"
    let outcome = try filter("rules:\n  \(rules)\n", text)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text == text)
  }

  @Test("the least confidence and severity decide which rules are on")
  func thresholds() throws {
    let folder = try TemporaryFolder()
    for (key, field) in [("minimumConfidence", "confidence"), ("minimumSeverity", "severity")] {
      let file = try folder.file("\(key).yaml", "rules:\n  \(key): high\n")
      let outcome = try Sluice.run(["rules", "list", "--config", file, "--format", "json"])
      #expect(outcome.status == 0)
      let records = try #require(
        try JSONSerialization.jsonObject(with: Data(outcome.output)) as? [[String: Any]])
      #expect(!records.isEmpty)
      #expect(
        records.allSatisfy { ["high", "critical"].contains($0[field] as? String ?? "") })
    }
  }

  @Test("rule files are found beside the settings")
  func ruleFiles() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("acme.yaml", "rules:\n  - id: acme-key\n    regex: 'acme_[0-9]{8}'\n")
    let file = try folder.file("sluice.yaml", "rules:\n  files: [acme.yaml]\n")
    let outcome = try Sluice.run(
      ["filter", "--config", file], input: Array("acme_12345678".utf8))
    #expect(outcome.text == "[REDACTED:acme-key]", "\(outcome.errors)")
  }

  @Test("settings come from $SLUICE_CONFIG, and --config goes before it")
  func environment() throws {
    let folder = try TemporaryFolder()
    let one = try folder.file(
      "one.yaml", "rules:\n  disable:\n    ids: [github-pat, generic-token]\n")
    let two = try folder.file("two.yaml", "rules:\n  disable:\n    ids: [stripe-live-key]\n")
    let input = Array("deploy \(Fake.token)\n".utf8)
    let script = "SLUICE_CONFIG=\"$1\" && export SLUICE_CONFIG && sluice filter"
    #expect(try Sluice.shell(script, [one], input: input).output == input)
    let flag = try Sluice.shell(script + " --config \"$2\"", [one, two], input: input)
    #expect(flag.text == "deploy \(Fake.label)\n")
  }

  @Test("G3: settings in the working directory are not used, and no text in the stream is")
  func notImplicit() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("sluice.yaml", "rules:\n  disable:\n    ids: [github-pat]\n")
    let text = "k=§ # sluice:allow gitleaks:allow nosec\n"
    let outcome = try Sluice.shell(
      "cd \"$1\" && sluice filter", [folder.path],
      input: Array(text.replacing("§", with: Fake.token).utf8))
    #expect(outcome.text == text.replacing("§", with: Fake.label))
  }

  // MARK: - Allowances

  @Test("an allowed finding passes unmasked, is counted, and is no finding")
  func allowed() throws {
    let folder = try TemporaryFolder()
    let findings = folder.path + "/findings"
    let text = "deploy \(Fake.token) now\n"
    let settings = try folder.file("sluice.yaml", Self.allow)
    let outcome = try Sluice.run(
      ["filter", "--config", settings, "--findings", findings, "--stats"],
      input: Array(text.utf8))
    #expect(outcome.status == 0)
    #expect(outcome.text == text)
    #expect(outcome.errors.contains("allowed findings 1"))
    #expect(try Sluice.bytes(ofFile: findings).isEmpty)
  }

  @Test("an allowance that has expired does not hold, and is reported")
  func expired() throws {
    let settings = Self.allow.replacing("2999-12-31", with: "2020-02-29")
    let outcome = try filter(settings, "deploy \(Fake.token) now\n")
    #expect(outcome.status == 0)
    #expect(outcome.text == "deploy \(Fake.label) now\n")
    #expect(outcome.errors.contains("sluice.yaml:2: this allowance expired on 2020-02-29"))
    #expect(outcome.errors.contains("security@acme.test"))
    let quiet = try filter(settings, "deploy \(Fake.token) now\n", arguments: ["--quiet"])
    #expect(quiet.errors.isEmpty)
    #expect(quiet.text == outcome.text)
  }

  @Test("a regex allows a secret that it matches from end to end")
  func regex() throws {
    let head = String(Fake.token.prefix(12))
    for (regex, isAllowed) in [("\(head)[A-Za-z0-9]{28}", true), (head, false)] {
      let settings = Self.allow.replacing("rule: github-pat", with: "regex: '\(regex)'")
      let outcome = try filter(settings, "deploy \(Fake.token) \(Fake.otherToken)\n")
      let first = isAllowed ? Fake.token : Fake.label
      let isRight = outcome.text == "deploy \(first) \(Fake.label)\n"
      #expect(isRight, "\(outcome.errors)")
    }
  }

  @Test("a fingerprint allows one secret, under the key that made it")
  func fingerprint() throws {
    let folder = try TemporaryFolder()
    let key = try folder.file("key", String(repeating: "k", count: 32))
    let findings = folder.path + "/findings"
    let input = Array("deploy \(Fake.token) \(Fake.otherToken)\n".utf8)
    _ = try Sluice.run(
      ["filter", "--fingerprint-key", key, "--findings", findings], input: input)
    let line = String(decoding: try Sluice.bytes(ofFile: findings), as: UTF8.self)
    let print = try #require(line.firstMatch(of: /"fingerprint":"([0-9a-f]{32})"/)).1
    let settings = try folder.file(
      "sluice.yaml", Self.allow.replacing("rule: github-pat", with: "fingerprint: '\(print)'"))
    let outcome = try Sluice.run(
      ["filter", "--config", settings, "--mask", "label", "--fingerprint-key", key], input: input)
    let isRight = outcome.text == "deploy \(Fake.token) \(Fake.label)\n"
    #expect(isRight, "\(outcome.errors)")
    let other = try folder.file("other", String(repeating: "o", count: 32))
    let wrong = try Sluice.run(
      ["filter", "--config", settings, "--mask", "label", "--fingerprint-key", other], input: input)
    #expect(wrong.text == "deploy \(Fake.label) \(Fake.label)\n")
    let none = try Sluice.run(["filter", "--config", settings], input: input)
    #expect(none.status == 2)
    #expect(none.errors.contains("--fingerprint-key"))
  }

  @Test("a path allows in that file only, and nothing on standard input")
  func path() throws {
    let folder = try TemporaryFolder()
    let log = try folder.file("app.log", "k=\(Fake.token)\n")
    for (glob, isAllowed) in [
      ("**/app.log", true), ("\(folder.path)/*.log", true), ("*.log", false), ("**/*.txt", false),
    ] {
      let settings = try folder.file(
        "sluice.yaml", Self.allow.replacing("rule: github-pat", with: "path: '\(glob)'"))
      let outcome = try Sluice.run(["filter", "--config", settings, "--in", log])
      let isRight = outcome.text == "k=\(isAllowed ? Fake.token : Fake.label)\n"
      #expect(isRight, "\(glob): \(outcome.errors)")
      let stream = try Sluice.run(
        ["filter", "--config", settings], input: try Sluice.bytes(ofFile: log))
      #expect(stream.text == "k=\(Fake.label)\n")
    }
  }

  // MARK: - Mistakes

  @Test(
    "settings that cannot be meant are status 2, with line and reason",
    arguments: [
      ("", ["sluice.yaml: holds no settings"]),
      ("rules:\n\t- a\n", ["sluice.yaml:2: is not YAML"]),
      ("rule:\n  enable: {}\n", ["sluice.yaml:1: unknown key 'rule'", "rules, allow"]),
      ("rules:\n  enabled: {}\n", ["sluice.yaml:2: unknown key 'enabled' in 'rules'"]),
      ("rules:\n  enable:\n    id: [a]\n", ["sluice.yaml:3: unknown key 'id'", "ids"]),
      ("rules:\n  enable: [a]\n", ["sluice.yaml:2: 'rules.enable' must be a mapping"]),
      ("rules:\n  disable:\n    ids: a\n", ["sluice.yaml:3: 'ids' in 'rules.disable' must be a"]),
      ("rules:\n  minimumConfidence: sure\n", ["sluice.yaml:2:", "low, medium, high"]),
      (
        "rules:\n  disable:\n    ids:\n      - no-such-rule\n",
        ["sluice.yaml:4: no rule has the rule 'no-such-rule'"]
      ),
      (
        "rules:\n  disable:\n    severities: [low, medium, high, critical]\n",
        ["sluice.yaml:3: no rule is left on"]
      ),
      (
        "rules:\n  enable:\n    tags: [payment]\n  disable:\n    tags: [payment]\n",
        ["sluice.yaml:5: the tag 'payment' is enabled in line 3 and disabled here"]
      ),
      (
        "rules:\n  enable:\n    providers: [aws, stripe]\n  disable:\n    ids: [github-pat]\n",
        ["sluice.yaml:5: disabling the rule 'github-pat' changes nothing"]
      ),
      (
        "rules:\n  enable:\n    ids: [github-pat]\n    providers: [aws]\n  disable:\n    "
          + "providers: [github]\n",
        ["sluice.yaml:3: enabling the rule 'github-pat' changes nothing"]
      ),
      (
        "rules:\n  enable:\n    severities: [low, medium, high, critical]\n",
        ["sluice.yaml:3: 'enable' names every rule"]
      ),
      (
        "rules:\n  disable:\n    ids: [github-pat, github-pat]\n",
        ["the rule 'github-pat' stands in line 3 already"]
      ),
      ("allow:\n  - rule: github-pat\n", ["sluice.yaml:2: an entry of 'allow' has no 'owner'"]),
      (
        "allow:\n  - owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2:", "says not what is allowed", "fingerprint"]
      ),
      (
        "allow:\n  - rule: nope\n    owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2: allows what a rule finds that there is not"]
      ),
      (
        "rules:\n  disable:\n    ids: [github-pat]\nallow:\n  - rule: github-pat\n    owner: a\n"
          + "    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:5: allows what the rule 'github-pat' finds, which is switched off"]
      ),
      (
        "allow:\n  - regex: '.*'\n    owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2: 'regex' takes in every secret"]
      ),
      (
        "allow:\n  - regex: 'a)|(b'\n    owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2: 'regex' does not compile: unmatched closing parenthesis at offset 1"]
      ),
      (
        "allow:\n  - path: '**'\n    owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2: 'path' takes in every file"]
      ),
      (
        "allow:\n  - fingerprint: 3f9c21ab\n    owner: a\n    reason: b\n    expires: 2999-01-01\n",
        ["sluice.yaml:2: 'fingerprint' must be 32 hexadecimal digits"]
      ),
      (
        "allow:\n  - rule: github-pat\n    owner: a\n    reason: b\n    expires: 2026-02-30\n",
        ["sluice.yaml:5: 'expires' must be a day"]
      ),
    ] as [(String, [String])])
  func mistakes(settings: String, texts: [String]) throws {
    let outcome = try filter(settings, "k=\(Fake.token)\n")
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    for text in texts { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
  }

  @Test("G3: a log that is passed as settings does not get into the error")
  func wrongFile() throws {
    for content in [
      "GITHUB_TOKEN: \(Fake.token)\n", "\(Fake.token): x\n", "rules: \(Fake.token)\n",
      "rules:\n  enable:\n    ids: [\(Fake.token)]\n", "a: 'x\n\(Fake.token)\n",
      "allow: [{rule: \(Fake.token)}]\n",
    ] {
      #expect(try filter(content, "").status == 2, "\(content)")
    }
  }
}
