import Foundation
import SluiceRules
import SluiceScan
import TestSupport
import Testing

@testable import SluiceWorkspace

@Suite("Structure")
struct StructureTests {
  private func scan(_ text: String, name: String) throws -> [ScanFinding] {
    var scanner = DocumentScanner(
      rules: try TestRules.compiled(), fingerprinter: try TestRules.fingerprinter())
    let kind = try #require(StructureKind(WorkspacePath(name)))
    let isParsed = scanner.scan(Array(text.utf8), as: kind)
    #expect(isParsed, "\(name) is what its name says")
    return scanner.findings
  }

  /// `§` stands for a secret that its own format tells, `¶` for one that only its key tells.
  @Test(
    "a finding has its structural path, and a literal of a sensitive key is one by its exact bytes",
    arguments: [
      (
        "mcp.json", #"{"mcpServers":{"github":{"env":{"GITHUB_TOKEN":"§"}}}}"#,
        "$.mcpServers.github.env.GITHUB_TOKEN"
      ),
      ("a.json", "{\"é\": [1, {\"my key\": \"x §\"}]}", "$.é[1]['my key']"),
      ("a.json", "{\r\n\t\"a\": {\r\n\t\t\"password\":\r\n\t\t\t\"¶\"}}", "$.a.password"),
      ("a.json", #"{"a\"b":{"x":"\"§"}}"#, #"$['a"b'].x"#),
      ("n.ipynb", #"{"cells":[{"source":["a\n","k = '§'\n"]}]}"#, "$.cells[0].source[1]"),
      ("k.yaml", "env:\n  - name: DB_PASSWORD\n    value: ¶\n", "$.env[0].value"),
      ("k.yaml", "a:\n  client-secret: !!str '¶'\n", "$.a.client-secret"),
      ("k.yaml", "# c\na: &x\n  apiKey: &y \"¶\" # why\nb: *x\n", "$.a.apiKey"),
      ("k.yml", "---\na: 1\n---\nb:\n- {token: ¶}\n", "$[1].b[0].token"),
      ("k.yaml", "a: |\n  one\n  §\nb: 2\n", "$.a"),
      (
        "crew.yaml", "agents:\n  writer:\n    llm:\n      api_key:\n        ¶\n",
        "$.agents.writer.llm.api_key"
      ),
      (".env", "A=1\nexport DB_PASSWORD='¶' # x\n", "$.DB_PASSWORD"),
      (".env.local", "TOKEN=§\n", "$.TOKEN"),
      ("a.toml", "[server.db]\nuser = \"a\"\npassword = \"¶\"\n", "$.server.db.password"),
      ("x.tfvars", "db_password = \"¶\"\n", "$.db_password"),
      ("app.properties", "spring.datasource.password=¶\n", "$.spring.datasource.password"),
      (
        "mcp.json", "// c \"\n{\"servers\": { /* \"x */ \"u\": \"http://a\", \"k\": \"§\", } }",
        "$.servers.k"
      ),
      ("templates/a.yaml", "{{- if .Values.x }}\n  password: ¶\n{{- end }}\n\tx", "$.password"),
    ] as [(String, String, String)])
  func paths(name: String, template: String, path: String) throws {
    let own = try TestRules.secret(seed: 3)
    let literal = String(
      decoding: try Recipe("${alpha:6}7${alnum:12}x9", seed: 5).text, as: UTF8.self)
    let text = template.replacing("§", with: own).replacing("¶", with: literal)
    let findings = try scan(text, name: name)
    try #require(findings.count == 1, "\(findings.map(\.ruleID))")
    let finding = findings[0]
    #expect(finding.structuralPath == path)
    let range = try #require(finding.byteRange)
    let found = String(decoding: Array(text.utf8)[range], as: UTF8.self)
    #expect(found == (template.contains("§") ? own : literal))
    let before = text.utf8.prefix(range.lowerBound)
    #expect(finding.line == before.count { $0 == 0x0A } + 1)
    #expect(finding.column == before.reversed().prefix { $0 != 0x0A }.count + 1)
    #expect(!finding.excerpt.contains(found), "G3")
    #expect(finding.fingerprint != nil)
  }

  @Test(
    "a reference, a placeholder, a harmless key and what is no text are no findings",
    arguments: [
      "password: ${DB_PASSWORD}", "password: vault://acme/db#current",
      "password: '{{ .Values.pw }}'",
      "password: changeme", "password: \"<your password>\"", "password: null",
      "password_file: /run/secrets/kJ8mPq2vL9x", "max_tokens: 4096", "eos_token: 'kJ8mPq2vL9xQ'",
      "nextPageToken: kJ8mPq2vL9xQ7w", "token: op://vault/item/kJ8mPq2vL9x",
      "secretName: kJ8mPq2vL9xQ",
      "password: !vault kJ8mPq2vL9x", "token: true", "password: ''",
      "keys:\n  - name: x\n    value: kJ8mPq2vL9xQ",
    ])
  func noFindings(text: String) throws {
    #expect(try scan(text + "\n", name: "a.yaml").isEmpty)
  }

  @Test("G3: a key that is a secret does not get into a path")
  func secretKeys() throws {
    let secret = try TestRules.secret(seed: 1)
    for (name, text) in [
      ("a.json", "{\"\(secret)\":{\"a\":\"\(secret)\"}}"),
      ("a.yaml", "? \(secret)\n: x: \(secret)\n"),
      ("a.toml", "[\"\(secret)\"]\na = \"\(secret)\"\n"), ("b.env", "\(secret)=\(secret)\n"),
    ] {
      let findings = try scan(text, name: name)
      #expect(findings.count == 2)
      #expect(findings.compactMap(\.structuralPath).allSatisfy { $0.contains("[REDACTED]") })
      #expect(findings.contains { $0.structuralPath != nil })
      #expect(!"\(findings)".contains(secret.dropFirst(4)))
    }
  }

  @Test("what is broken is scanned as text, and said")
  func broken() async throws {
    let folder = try Folder()
    let secret = try TestRules.secret(seed: 1)
    try folder.write("a.json", "{\"token\": \"\(secret)\", ")
    try folder.write("b.yaml", "a: [\ntoken: \(secret)\n\tx")
    try folder.write("c.yaml", "a: &a [x, x]\nb: &b [*a, *a]\ntoken: *nobody\n")
    let totals = try await TestRules.workspace().scan([folder.root])
    #expect(totals.findings.count == 2)
    #expect(totals.unparsedCount == 3)
  }

  @Test("G6: aliases that name one another billions of times end")
  func aliases() throws {
    var text = "a0: &a0 [x, password]\n"
    for level in 1..<40 {
      text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n"
    }
    let start = ContinuousClock.now
    _ = try scan(text, name: "a.yaml")
    #expect(start.duration(to: .now) < .seconds(60))
  }

  @Test("a literal is found once, also where its line tells it, and a comment allows it")
  func once() throws {
    let line = "password: kJ8mPq2vL9xQ7w # sluice:allow\n"
    let findings = try scan(
      line + "db_password:\n  kJ8mPq2vL9xQ7w # sluice:allow\n", name: "a.yaml")
    #expect(findings.map(\.line) == [1, 3])
    #expect(findings.map(\.isAllowed) == [true, true])
  }

  @Test(
    "random bytes and cut documents never trap, whatever they are called",
    arguments: 0..<40 as Range<UInt64>)
  func fuzz(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let pieces = [
      "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\n", "\r", " ", "  ", "- ", "|", ">", "#",
      "&a ", "*a",
      "!t ", "password", "token", "=", "é", "\u{2028}", "\u{85}", "\u{FEFF}", "kJ8mPq2vL9xQ7w",
      "[x.y]", "\t", "---\n",
    ]
    let text = (0..<Int.random(in: 1...120, using: &random))
      .map { _ in pieces[Int.random(in: pieces.indices, using: &random)] }.joined()
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    for kind in [StructureKind.yaml, .lines] {
      let bytes = Array("password".utf8) + Array(text.utf8)
      _ = scanner.scan(bytes, as: kind)
      for finding in scanner.findings {
        let range = try #require(finding.byteRange)
        #expect(range.upperBound <= bytes.count)
      }
    }
  }
}
