import Foundation
import SluiceRules
import Testing

@Suite("Filter command")
struct FilterCommandTests {
  // MARK: - Bytes

  @Test(
    "G1: what holds no secret passes byte for byte, with status 0",
    arguments: [
      [], [0x0A], Array("a".utf8), Array("a\n".utf8), Array("a\nb".utf8), Array("a\r\nb\r".utf8),
      [0], [0, 0, 0x0A, 0], [0xFF, 0xFE, 0x80, 0xC3], Array(0...255),
      Array(repeating: 0x20, count: 300_000), Array(repeating: 0x0A, count: 70_000),
      Array("ghp_".utf8), Array("ghp_tooshort\nghp_".utf8), Array("{\"a\":\"é漢🔑\"}\n".utf8),
    ] as [[UInt8]])
  func clean(bytes: [UInt8]) throws {
    let outcome = try Sluice.run(["filter"], input: bytes)
    #expect(outcome.status == 0)
    #expect(outcome.output == bytes)
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "G1, G3: only the secret is replaced, whatever stands around it",
    arguments: [
      "k=§", "k=§\n", "§", "a\n§\nb", "\r\n§\r\n", "\0§\0", "{\"k\":\"§\"}\n",
      "{\"m\":\"{\\\"k\\\":\\\"§\\\"}\"}\n", "k=§&x=1", "\u{1B}[32m§\u{1B}[0m", "§ § §",
      "https://x:§@github.com/a\n", "no line end: §",
    ])
  func secret(template: String) throws {
    let text = template.replacing("§", with: Fake.token)
    let outcome = try Sluice.run(["filter"], input: Array(text.utf8))
    #expect(outcome.status == 0)
    #expect(outcome.errors.isEmpty)
    #expect(!Fake.leaks(into: outcome.text))
    #expect(outcome.text == template.replacing("§", with: Fake.label))
  }

  @Test("G1: invalid UTF-8 beside a secret passes")
  func invalidUTF8() throws {
    let before: [UInt8] = [0xFF, 0xC3, 0x00, 0x0A, 0x80]
    let after: [UInt8] = [0xE2, 0x82, 0x0D, 0xFE]
    let outcome = try Sluice.run(["filter"], input: before + Array(Fake.token.utf8) + after)
    #expect(outcome.output == before + Array(Fake.label.utf8) + after)
  }

  // MARK: - Masks

  @Test(
    "masks as it is told",
    arguments: [
      ("label", "[REDACTED:github-pat]"), ("partial", "ghp_[REDACTED:github-pat]"),
      ("fill", String(repeating: "*", count: 40)),
    ])
  func masks(style: String, mask: String) throws {
    let outcome = try Sluice.run(
      ["filter", "--mask", style], input: Array("k=\(Fake.token);\n".utf8))
    #expect(outcome.text == "k=\(mask);\n")
  }

  @Test("a key makes fingerprints the mask, equal for equal secrets only under the same key")
  func fingerprints() throws {
    let folder = try TemporaryFolder()
    let keys = try ["one", "two"].map {
      try folder.file($0, String(repeating: $0, count: 12) + "\n")
    }
    let input = Array("\(Fake.token) \(Fake.otherToken) \(Fake.token)\n".utf8)
    var seen: Set<Substring> = []
    for key in keys {
      let outcome = try Sluice.run(["filter", "--fingerprint-key", key], input: input)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let masks = outcome.text.dropLast().split(separator: " ")
      try #require(masks.count == 3)
      #expect(masks[0] == masks[2] && masks[0] != masks[1])
      for mask in masks {
        #expect(mask.wholeMatch(of: /\[REDACTED:github-pat:[0-9a-f]{8}\]/) != nil, "\(mask)")
      }
      seen.formUnion(masks)
      let explicit = try Sluice.run(
        ["filter", "--mask", "hash", "--fingerprint-key", key], input: input)
      #expect(explicit.output == outcome.output)
    }
    #expect(seen.count == 4)
  }

  @Test("the line end behind a key is no part of it")
  func keyLineEnd() throws {
    let folder = try TemporaryFolder()
    let outputs = try ["", "\n", "\r\n"].enumerated().map { index, end in
      let key = try folder.file("key\(index)", "0123456789abcdef0123456789abcdef" + end)
      return try Sluice.run(
        ["filter", "--fingerprint-key", key], input: Array(Fake.token.utf8)
      ).text
    }
    #expect(Set(outputs).count == 1)
    #expect(outputs[0].hasPrefix("[REDACTED:github-pat:"))
  }

  // MARK: - Findings

  @Test("findings go to a file as JSON lines that hold no secret")
  func findingsFile() throws {
    let folder = try TemporaryFolder()
    let findings = folder.path + "/findings.jsonl"
    let outcome = try Sluice.run(
      ["filter", "--findings", findings],
      input: Array("first\nk=\(Fake.token); k=\(Fake.otherToken)\n".utf8))
    #expect(outcome.status == 0)
    #expect(outcome.text == "first\nk=\(Fake.label); k=\(Fake.label)\n")
    try checkFindings(try Sluice.bytes(ofFile: findings))
  }

  @Test("findings go to a descriptor that the shell opened")
  func findingsDescriptor() throws {
    let folder = try TemporaryFolder()
    let findings = folder.path + "/findings.jsonl"
    let outcome = try Sluice.shell(
      "sluice filter --findings fd:3 3>\"$1\"", [findings],
      input: Array("first\nk=\(Fake.token); k=\(Fake.otherToken)\n".utf8))
    #expect(outcome.status == 0, "\(outcome.errors)")
    try checkFindings(try Sluice.bytes(ofFile: findings))
  }

  @Test("findings go to standard output when the stream goes to a file")
  func findingsToStandardOutput() throws {
    let folder = try TemporaryFolder()
    let output = folder.path + "/out"
    let outcome = try Sluice.run(
      ["filter", "--out", output, "--findings", "-"],
      input: Array("first\nk=\(Fake.token); k=\(Fake.otherToken)\n".utf8))
    #expect(outcome.status == 0)
    try checkFindings(outcome.output)
    #expect(
      try Sluice.bytes(ofFile: output)
        == Array("first\nk=\(Fake.label); k=\(Fake.label)\n".utf8))
  }

  @Test("a finding tells the account, the issuer, the expiry and the kind of key (G3)")
  func insights() throws {
    struct Line: Decodable {
      let rule, confidence: String
      let insights: [String: String]?
    }
    let token = try Recipe(
      #"${b64json:{"alg":"none"}}.${b64json:{"iss":"acme","exp":1300819380}}.${alnum:20}"#, seed: 1)
    let lines = [
      "id=ASIA" + "QNZGKIQY56JQ7WML;", "jwt=" + String(decoding: token.text, as: UTF8.self),
      String(
        decoding: try Recipe("t=glsa_${alnum:32}_${check:grafana}", seed: 1).text, as: UTF8.self),
      String(decoding: try Recipe("t=glsa_${alnum:32}_00000000", seed: 1).text, as: UTF8.self),
    ]
    let folder = try TemporaryFolder()
    let findings = folder.path + "/findings.jsonl"
    let outcome = try Sluice.run(
      ["filter", "--findings", findings], input: Array(lines.joined(separator: "\n").utf8))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = String(decoding: try Sluice.bytes(ofFile: findings), as: UTF8.self)
    for line in lines { #expect(!text.contains(line.dropFirst(10))) }
    let found = try text.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    try #require(found.count == 4)
    #expect(found[0].insights == ["account": "029608264753"])
    #expect(
      found[1].insights == [
        "algorithm": "none", "issuer": "acme", "expires": "2011-03-22T18:43:00Z",
      ])
    #expect(found[2].insights == nil && found[2].confidence == "high")
    #expect(found[3].insights == nil && found[3].confidence == "medium")
  }

  private func checkFindings(_ bytes: [UInt8]) throws {
    struct Line: Decodable {
      let rule, severity, confidence, redacted, excerpt: String
      let line, column, start, end: Int
    }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!Fake.leaks(into: text))
    #expect(text.hasSuffix("\n"))
    let lines = try text.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    try #require(lines.count == 2)
    #expect(lines.allSatisfy { $0.rule == "github-pat" && $0.redacted == Fake.label })
    #expect(lines.map(\.line) == [2, 2])
    #expect(lines.map(\.column) == [3, 47])
    #expect(lines.map(\.start) == [8, 52])
    #expect(lines.map(\.end) == [48, 92])
    #expect(lines[1].excerpt == "k=\(Fake.label); k=\(Fake.label)")
  }

  // MARK: - Files

  @Test("reads and writes files, and empties what it writes")
  func files() throws {
    let folder = try TemporaryFolder()
    let input = try folder.file("in", "k=\(Fake.token)\n")
    let output = try folder.file("out", String(repeating: "old\n", count: 100))
    let outcome = try Sluice.run(["filter", "--in", input, "--out", output])
    #expect(outcome.status == 0)
    #expect(outcome.output.isEmpty)
    #expect(try Sluice.bytes(ofFile: output) == Array("k=\(Fake.label)\n".utf8))
  }

  @Test("a file that cannot be opened is status 3")
  func unopened() throws {
    let folder = try TemporaryFolder()
    for arguments in [
      ["--in", folder.path + "/none"], ["--in", folder.path],
      ["--out", folder.path + "/none/out"], ["--out", folder.path],
      ["--findings", folder.path + "/none/findings"],
    ] {
      let outcome = try Sluice.run(["filter"] + arguments, input: Array(Fake.token.utf8))
      #expect(outcome.status == 3, "\(arguments)")
      #expect(outcome.errors.hasPrefix("sluice: error: cannot "), "\(outcome.errors)")
      #expect(outcome.errors.contains(arguments[1]), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }

  @Test("refuses to write the file that it reads, and leaves it unharmed")
  func sameFile() throws {
    let folder = try TemporaryFolder()
    let content = "k=\(Fake.token)\n"
    let file = try folder.file("log", content)
    let symbolic = folder.path + "/symbolic"
    let hard = folder.path + "/hard"
    try FileManager.default.createSymbolicLink(atPath: symbolic, withDestinationPath: file)
    try FileManager.default.linkItem(atPath: file, toPath: hard)
    let output = folder.path + "/out"
    for arguments in [
      ["--out", file], ["--out", symbolic], ["--out", hard], ["--findings", file],
      ["--out", output, "--findings", hard], ["--out", output, "--findings", output],
    ] {
      let outcome = try Sluice.run(["filter", "--in", file] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.errors.contains("which is the "), "\(outcome.errors)")
      #expect(try Sluice.bytes(ofFile: file) == Array(content.utf8), "\(arguments)")
    }
    let appended = try Sluice.shell("sluice filter --in \"$1\" >>\"$1\"", [file])
    #expect(appended.status == 2, "\(appended.errors)")
    #expect(try Sluice.bytes(ofFile: file) == Array(content.utf8))
  }

  @Test("a full disk is status 3 and says so", arguments: ["--out", ">", "--findings"])
  func fullDisk(way: String) throws {
    let input = Array(String(repeating: "k=\(Fake.token)\n", count: 100).utf8)
    let outcome =
      way == ">"
      ? try Sluice.shell("sluice filter >/dev/full", input: input)
      : try Sluice.run(["filter", way, "/dev/full"], input: input)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("No space left on device"), "\(outcome.errors)")
    #expect(outcome.errors.contains("hint: "), "\(outcome.errors)")
  }

  @Test("a closed reader ends it quietly with status 0")
  func closedReader() throws {
    let folder = try TemporaryFolder()
    let input = try folder.file("in", String(repeating: "k=\(Fake.token)\n", count: 20_000))
    let status = folder.path + "/status"
    let outcome = try Sluice.shell(
      "{ sluice filter --in \"$1\"; echo $? >\"$2\"; } | head -n 1", [input, status])
    #expect(outcome.text == "k=\(Fake.label)\n")
    #expect(outcome.errors.isEmpty)
    #expect(try Sluice.bytes(ofFile: status) == Array("0\n".utf8))
  }

  @Test("a closed reader of findings is status 3: the stream is not at its end")
  func closedFindings() throws {
    let folder = try TemporaryFolder()
    let input = try folder.file("in", String(repeating: "k=\(Fake.token)\n", count: 5_000))
    let status = folder.path + "/status"
    let outcome = try Sluice.shell(
      "{ sluice filter --in \"$1\" --findings fd:3 3>&1 >/dev/null; echo $? >\"$2\"; } | true",
      [input, status])
    #expect(try Sluice.bytes(ofFile: status) == Array("3\n".utf8))
    #expect(outcome.errors.contains("cannot write findings to fd:3"), "\(outcome.errors)")
  }

  @Test("a closed output or input is status 3, not a crash")
  func closedDescriptors() throws {
    let output = try Sluice.shell("sluice filter >&-", input: Array("a\n".utf8))
    #expect(output.status == 3)
    let input = try Sluice.shell("sluice filter <&-")
    #expect(input.status == 3)
    #expect(input.errors.contains("standard input: "), "\(input.errors)")
  }

  // MARK: - Rules and statistics

  @Test("several rule files work together with the built-in rules")
  func severalRuleFiles() throws {
    let folder = try TemporaryFolder()
    let files = try ["acme", "zorg"].map { name in
      try folder.file(
        "\(name).yaml", "rules:\n  - id: \(name)-key\n    regex: '\(name)_[0-9]{8}'\n")
    }
    let outcome = try Sluice.run(
      ["filter", "--rules", files[0], "--rules", files[1]],
      input: Array("acme_12345678 zorg_12345678 \(Fake.token)\n".utf8))
    #expect(outcome.status == 0)
    #expect(outcome.text == "[REDACTED:acme-key] [REDACTED:zorg-key] \(Fake.label)\n")
  }

  @Test("statistics go to standard error")
  func statistics() throws {
    let input = Array("a\nk=\(Fake.token)\nk=\(Fake.otherToken)\n".utf8)
    let outcome = try Sluice.run(["filter", "--stats"], input: input)
    #expect(outcome.status == 0)
    #expect(outcome.text == "a\nk=\(Fake.label)\nk=\(Fake.label)\n")
    let rows = outcome.errors.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(rows.contains(["bytes", "\(input.count)"]))
    #expect(rows.contains(["findings", "2"]))
    #expect(rows.contains(["github-pat", "2"]))
    #expect(rows.contains(["limit", "hits", "0"]))
  }

  @Test("G6: a hostile rule cannot hang the filter; what it gives up on is masked")
  func hostileRule() throws {
    let folder = try TemporaryFolder()
    let rules = try folder.file(
      "rules.yaml", "rules:\n  - id: hostile\n    regex: 'evil(?:a+)+;'\n")
    let line = "evil" + String(repeating: "a", count: 60) + "!"
    let outcome = try Sluice.run(
      ["filter", "--rules", rules, "--stats"], input: Array("x\n\(line)\ny\n".utf8))
    #expect(outcome.status == 0)
    #expect(outcome.text == "x\n[REDACTED:hostile]\ny\n")
    #expect(outcome.errors.split(separator: "\n").contains("limit hits       1"))
  }
}
