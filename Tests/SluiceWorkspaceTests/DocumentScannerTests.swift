import Foundation
import SluiceRules
import SluiceScan
import Testing
import TestSupport

@testable import SluiceWorkspace

@Suite("DocumentScanner")
struct DocumentScannerTests {
  @Test("one scanner finds in each of many documents what a fresh one finds in it")
  func reuse() throws {
    let rules = try TestRules.compiled()
    var shared = DocumentScanner(rules: rules, fingerprinter: nil)
    for (position, rule) in TestRules.all.map(\.rule).enumerated() {
      for (index, example) in (rule.examples + rule.nonExamples).enumerated() {
        let kind = index < rule.examples.count ? "example" : "nonExample"
        let text = try Recipe(
          example, seed: Recipe.seed(rule: rule.id, kind: kind, index: index)
        ).text
        // Without a line end every other time: a secret may end where the document ends, and the
        // next document may begin with more of its kind of bytes.
        let document = index.isMultiple(of: 2) ? text : text + [UInt8(ascii: "\n")]
        let found = shared.findings(in: [document])
        guard position.isMultiple(of: 7) else { continue }
        var fresh = DocumentScanner(rules: rules, fingerprinter: nil)
        #expect(found == fresh.findings(in: [document]), "\(rule.id) \(kind) \(index)")
      }
    }
  }

  @Test("no finding crosses from one document into the next")
  func border() throws {
    let secret = Array(try TestRules.secret(seed: 1).utf8)
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    #expect(scanner.findings(in: [Array(secret[..<20])]).isEmpty)
    #expect(scanner.findings(in: [Array(secret[20...])]).isEmpty)
    #expect(scanner.findings(in: [Array(secret[..<20]), Array(secret[20...])]).count == 1)
  }

  @Test("G2: where a document is cut never changes its findings", arguments: 0..<6 as Range<UInt64>)
  func cuts(seed: UInt64) throws {
    let rules = TestRules.all.enumerated().filter { $0.offset % 9 == Int(seed) % 9 }.map(\.element)
    let log = AgentPlatformLog(rules: rules, seed: seed)
    let compiled = try TestRules.compiled()
    var whole = DocumentScanner(rules: compiled, fingerprinter: try TestRules.fingerprinter())
    let expected = whole.findings(in: [log.text])
    var random = SplitMix64(state: seed)
    var pieces: [[UInt8]] = []
    var rest = log.text[...]
    while !rest.isEmpty {
      let length = Int.random(in: 1...200_000, using: &random)
      pieces.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    let found = whole.findings(in: pieces)
    #expect(found == expected, "seed \(seed)")
    #expect(expected.count > 50)
  }

  @Test("line, column and offsets are those of the secret, and the excerpt is its masked line")
  func places() throws {
    let (first, second) = (try TestRules.secret(seed: 1), try TestRules.secret(seed: 2))
    let filler = String(repeating: "nothing to see on this line\n", count: 40_000)
    let text = filler + "é token = \"\(first)\", other = \"\(second)\"; // end\r\nlast\n" + filler
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    let findings = scanner.findings(in: [Array(text.utf8)])
    try #require(findings.count == 2)
    let start = filler.utf8.count + 12
    #expect(findings[0].line == 40_001)
    #expect(findings[0].column == 13)
    #expect(findings[0].characterColumn == 12)
    #expect(findings[0].endColumn == 53)
    #expect(findings[0].endCharacterColumn == 52)
    #expect(findings[0].range == UInt64(start)..<UInt64(start + 40))
    #expect(
      findings[0].excerpt
        == "é token = \"[REDACTED:github-pat]\", other = \"[REDACTED:github-pat]\"; // en")
    #expect(findings[1].line == 40_001)
    #expect(findings[0].locationHash != 0)
  }

  @Test("the hash of a location survives new lines above, new indentation and another secret there")
  func locationHash() throws {
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    func hash(_ text: String) throws -> UInt64 {
      try #require(scanner.findings(in: [Array(text.utf8)]).first).locationHash
    }
    let (first, second) = (try TestRules.secret(seed: 1), try TestRules.secret(seed: 2))
    let original = try hash("token = \(first)\n")
    #expect(try hash("\n\n  token =  \(first)\n") == original)
    #expect(try hash("token = \(second)\n") == original)
    #expect(try hash("tokens = \(first)\n") != original)
  }

  @Test(
    "a comment allows what stands on its line",
    arguments: [
      ("# sluice:allow", true), ("// gitleaks:allow", true), ("# sluice:allow github-pat", true),
      ("# sluice:allow=github-pat", true), ("# sluice:allow(github-pat, aws-access-key-id)", true),
      ("# sluice:allow aws-access-key-id", false), ("# sluice:allow=aws-access-key-id", false),
      ("# sluice:allow(nonsense)", false), ("# sluice:allow a fake for the docs", true),
      ("# sluice:allowed", false), ("# sluice allow", false), ("# sluice:allow-me", false),
      ("\n# sluice:allow", false), (String(repeating: " ", count: 3000) + "# sluice:allow", true),
    ] as [(String, Bool)])
  func allowance(comment: String, isAllowed: Bool) throws {
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    for filler in ["", String(repeating: "line\n", count: 60_000)] {
      let text = "\(filler)token = \(try TestRules.secret(seed: 1)) \(comment)\nmore\n\(filler)"
      #expect(scanner.findings(in: [Array(text.utf8)]).map(\.isAllowed) == [isAllowed])
    }
  }

  @Test(
    "a mask is no finding; what only looks like one is",
    arguments: [
      ("token: [REDACTED:generic-token:3f9c21ab]", true), ("k: [REDACTED:github-pat]", true),
      ("token: [REDACTED:slack-bot-token:0a8f21c7] x", true),
      ("token: [REDACTED:no-such-token:3f9c21ab7d]", false),
      ("token: [REDACTED:generic-token:x7Kp92LmQz84vT]", false), ("token: [§]", false),
      ("[REDACTED:github-pat] token: §", false), ("[REDACTED:§]", false),
      ("[REDACTED:github-pat:§]", false),
    ] as [(String, Bool)])
  func masks(template: String, isMask: Bool) throws {
    let text = template.replacing("§", with: try TestRules.secret(seed: 1))
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    #expect(scanner.findings(in: [Array("\(text)\n".utf8)]).isEmpty == isMask)
  }

  @Test("G5: a secret longer than the window is one finding, and memory does not grow with it")
  func overlong() throws {
    let rules = try RuleFile(named: "acme.yaml", requiresDocumentation: false)
      .rules(in: "rules:\n  - id: acme\n    regex: 'acme_[a-z]+'\n").map { try PlannedRule($0) }
    var scanner = DocumentScanner(rules: try CompiledRules(RuleSet(rules)), fingerprinter: nil)
    let body = String(repeating: "k", count: 1_300_000)
    let text = "before\nkey: acme_\(body) after\nacme_a\n"
    let findings = scanner.findings(in: [Array(text.utf8)])
    try #require(findings.count == 2)
    #expect(findings[0].line == 2)
    #expect(findings[0].range == 12..<1_300_017)
    #expect(findings[0].excerpt == "key: [REDACTED:acme]")
    #expect(findings[1].line == 3)
  }

  @Test("G5: more findings than are kept are counted")
  func manyFindings() throws {
    let secret = try TestRules.secret(seed: 1)
    let text = String(repeating: secret + "\n", count: DocumentScanner.mostFindings + 17)
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    #expect(scanner.findings(in: [Array(text.utf8)]).count == DocumentScanner.mostFindings)
    #expect(scanner.uncollected == 17)
  }

  @Test("a binary file is left out, and the scanner goes on with the next")
  func binary() throws {
    let folder = try Folder()
    let secret = try TestRules.secret(seed: 1)
    let binary = try folder.write("a.bin", "\0\0\(secret)\n")
    let text = try folder.write("a.txt", "\(secret)\n")
    var scanner = DocumentScanner(rules: try TestRules.compiled(), fingerprinter: nil)
    for _ in 0..<2 {
      var file = try OpenFile.named(binary)
      #expect(try scanner.scan(&file, includesBinary: false) == .binary)
      var other = try OpenFile.named(text)
      #expect(try scanner.scan(&other, includesBinary: false) == .scanned)
      #expect(scanner.findings.count == 1)
      var again = try OpenFile.named(binary)
      #expect(try scanner.scan(&again, includesBinary: true) == .scanned)
      #expect(scanner.findings.count == 1)
    }
  }
}
