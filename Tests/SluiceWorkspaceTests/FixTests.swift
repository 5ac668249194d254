import Foundation
import SluiceCrypto
import SluiceRules
import Testing

@testable import SluiceWorkspace

/// Keeps values in memory, to see what a file's value was taken for.
private struct MemoryRegistrar: SecretRegistrar {
  var values: [(value: String, place: [String])] = []
  var isFull = false

  struct Full: Error {}

  mutating func reference(
    for value: borrowing SecretBytes, at place: [String], ruleID: String
  ) throws -> String {
    if isFull { throw Full() }
    let text = value.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
    values.append((text, place))
    return "vault://t/" + place.joined(separator: "/")
  }
}

@Suite("Fix")
struct FixTests {
  private struct Fixed {
    let text: String
    let file: FixedFile
    let values: [(value: String, place: [String])]
  }

  /// `§` is a secret that its format tells, `¶` one that its key tells, `¤` a private key.
  private func filled(_ template: String) throws -> String {
    template.replacing("§", with: try TestRules.secret(seed: 3))
      .replacing("¶", with: try made("${alpha:6}7${alnum:12}x9"))
      .replacing("¤", with: try made("${b64:40}"))
  }

  private func made(_ recipe: String) throws -> String {
    String(decoding: try Recipe(recipe, seed: 5).text, as: UTF8.self)
  }

  private func fix(_ text: String, name: String, writes: Bool = true) async throws -> Fixed {
    let folder = try Folder()
    let path = try folder.write(name, text)
    let workspace = try TestRules.workspace()
    let totals = try await workspace.scan([path])
    var registrar = MemoryRegistrar()
    var fixer = try FileFixer(workspace)
    let file = try fixer.fix(totals.findings, under: ["p"], writes: writes, with: &registrar)
    let data = try Data(contentsOf: URL(filePath: path.text))
    let again = try await workspace.scan([path])
    if writes {
      #expect(again.findings.count == file.unfixed.count, "a second scan finds what was left")
    }
    let prefix = folder.path.split(separator: "/").map(String.init)
    return Fixed(
      text: String(decoding: data, as: UTF8.self), file: file,
      values: registrar.values.map { ($0.value, $0.place.filter { !prefix.contains($0) }) })
  }

  @Test(
    "the value moves, and nothing else changes: quotes, comments, indentation, line ends",
    arguments: [
      (
        ".mcp.json",
        "{\r\n\t\"mcpServers\": {\r\n\t\t\"gh\": {\"env\": {\"TOKEN\": \"§\"}}}}", "§",
        "p/mcp.json/mcpServers/gh/env/TOKEN"
      ),
      ("a.yaml", "a: 1 # one\ntoken:   '§'   # two\n", "§", "p/a.yaml/token"),
      ("a.yaml", "x:\n  password: ¶\n", "¶", "p/a.yaml/x/password"),
      (
        "k.yaml", "env:\n- name: DB_PASSWORD\n  value: \"¶\"\n", "¶", "p/k.yaml/env/DB_PASSWORD"
      ),
      (".env", "# c\nexport GITHUB_TOKEN=§ # why\nB=2", "§", "p/env/GITHUB_TOKEN"),
      ("a.toml", "[s]\npassword = \"¶\"\n", "¶", "p/a.toml/s/password"),
      (
        "main.tf", "resource \"db\" \"x\" {\n  password = \"¶\" # c\n}\n", "¶",
        "p/main.tf/resource/db/x/password"
      ),
      ("a.py", "TOKEN = \"§\"  # c\n", "§", "p/a.py/TOKEN"),
      ("a.sh", "export TOKEN=§\n", "§", "p/a.sh/TOKEN"),
      (
        "h.json", "{\"headers\":{\"Authorization\":\"Bearer §\"}}", "Bearer §",
        "p/h.json/headers/Authorization"
      ),
      (
        "n.ipynb", "{\"cells\":[{\"cell_type\":\"code\",\"source\":[\"k = \\\"§\\\"\\n\"]}]}", "§",
        "p/n.ipynb/k"
      ),
      ("agent.md", "---\nname: x\ntoken: §\n---\nText.\n", "§", "p/agent.md/token"),
    ] as [(String, String, String, String)])
  func moves(name: String, template: String, value: String, place: String) async throws {
    let text = try filled(template)
    let fixed = try await fix(text, name: name)
    let reference = "vault://t/" + (fixed.values.first?.place.joined(separator: "/") ?? "")
    #expect(fixed.file.unfixed.isEmpty, "\(fixed.file.unfixed.map(\.reason))")
    #expect(fixed.values.map(\.value) == [try filled(value)])
    #expect(fixed.values.first?.place.joined(separator: "/") == place)
    let kept = fixed.file.fixed.first?.reference ?? ""
    #expect(kept.hasSuffix(String(reference.dropFirst("vault://t/p".count))))
    #expect(fixed.text == text.replacing(try filled(value), with: kept))
  }

  @Test("a URI moves as a whole: a reference in it could not be resolved")
  func uri() async throws {
    let text = try filled("DATABASE_URL=postgres://app:¶@db.internal/prod\n")
    let fixed = try await fix(text, name: ".env")
    #expect(fixed.values.map(\.value) == [String(text.dropFirst(13).dropLast())])
    #expect(fixed.text.hasPrefix("DATABASE_URL=vault://t/"))
  }

  @Test("a private key in a block of YAML moves without its indentation, and the block stays one")
  func block() async throws {
    let rule = try #require(TestRules.all.first { $0.rule.id == "private-key" }?.rule)
    let pem = try made(rule.examples[0]).split(separator: "\n").map { "    \($0)\n" }.joined()
    let fixed = try await fix("tls:\n  key: |\n\(pem)  other: 1\n", name: "a.yaml")
    let value = try #require(fixed.values.first?.value, "\(fixed.file.unfixed.map(\.reason))")
    #expect(value.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(value.hasSuffix("\n-----END PRIVATE KEY-----\n"))
    let reference = try #require(fixed.file.fixed.first?.reference)
    #expect(fixed.text == "tls:\n  key: |\n    \(reference)\n  other: 1\n")
  }

  @Test(
    "what cannot be fixed stays and says why",
    arguments: [
      ("a.txt", "please use § for that\n", FixRefusal.runningText),
      ("p.yaml", "prompt: you may use § as a token\n", .partOfText),
      ("a.json", "{\"§\": 1}", .key),
      ("a.py", "k = \"x § y\"\n", .partOfText),
      ("n.ipynb", "{\"cells\":[{\"outputs\":[{\"text\":[\"§\"]}],\"source\":[]}]}", .output),
    ] as [(String, String, FixRefusal)])
  func refusals(name: String, template: String, reason: FixRefusal) async throws {
    let text = try filled(template)
    let fixed = try await fix(text, name: name)
    #expect(fixed.file.unfixed.map(\.reason) == [reason])
    #expect(fixed.text == text)
    #expect(fixed.values.isEmpty)
  }

  @Test("G3: the diff shows the change with every secret masked, also those that stay")
  func diff() async throws {
    let other = try TestRules.secret(seed: 9)
    let text = try filled("a: 1\nnote: see \(other) there\ntoken: '§'\nb: 2")
    let fixed = try await fix(text, name: "a.yaml", writes: false)
    #expect(fixed.text == text, "nothing is written")
    let lines = fixed.file.diff.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].hasPrefix("--- a/") && lines[1].hasPrefix("+++ b/"))
    let reference = try #require(fixed.file.fixed.first?.reference)
    #expect(
      lines.dropFirst(2) == [
        "@@ -1,4 +1,4 @@", " a: 1", " note: see [REDACTED:github-pat] there",
        "-token: '[REDACTED:github-pat]'", "+token: '\(reference)'", " b: 2",
        "\\ No newline at end of file", "",
      ])
  }

  @Test("a value that cannot be kept leaves the file as it is")
  func full() async throws {
    let folder = try Folder()
    let text = try filled("token: '§'\n")
    let path = try folder.write("a.yaml", text)
    let workspace = try TestRules.workspace()
    let totals = try await workspace.scan([path])
    var registrar = MemoryRegistrar(isFull: true)
    var fixer = try FileFixer(workspace)
    #expect(throws: MemoryRegistrar.Full.self) {
      try fixer.fix(totals.findings, under: [], writes: true, with: &registrar)
    }
    #expect(try String(contentsOf: URL(filePath: path.text), encoding: .utf8) == text)
  }

  @Test("permissions stay, a link stays one, a file with two names is left alone")
  func files() async throws {
    let folder = try Folder()
    let text = try filled("token: '§'\n")
    let path = try folder.write("a.yaml", text)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path.text)
    try folder.run(["/bin/ln", "-s", "a.yaml", folder.path + "/link.yaml"])
    let workspace = try TestRules.workspace()
    let link = WorkspacePath(folder.path + "/link.yaml")
    var registrar = MemoryRegistrar()
    var fixer = try FileFixer(workspace)
    let found = try await workspace.scan([link]).findings
    let fixed = try fixer.fix(found, under: [], writes: true, with: &registrar)
    #expect(fixed.unfixed.isEmpty)
    let attributes = try FileManager.default.attributesOfItem(atPath: path.text)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let kind = try FileManager.default.attributesOfItem(atPath: link.text)[.type]
    #expect(kind as? FileAttributeType == .typeSymbolicLink)
    let twin = try folder.write("b.yaml", text)
    try folder.run(["/bin/ln", twin.text, folder.path + "/c.yaml"])
    let more = try await workspace.scan([twin]).findings
    let left = try fixer.fix(more, under: [], writes: true, with: &registrar)
    #expect(left.unfixed.map(\.reason) == [.hardLinks])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
        "a.yaml", "b.yaml", "c.yaml", "link.yaml",
      ])
  }
}
