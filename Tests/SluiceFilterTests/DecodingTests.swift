import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

extension Wrapping: CustomTestStringConvertible {
  public var testDescription: String { name }
}

/// Secrets of representative rules in every encoding that logs and payloads bring.
@Suite("Decoding")
struct DecodingTests {
  /// Tokens by their prefix, in keys, in URIs, of several parts, in PEM, and by their key.
  private static let ruleIDs = [
    "anthropic-api-key", "aws-access-key-id", "aws-secret-access-key", "azure-storage-key",
    "bearer-token", "datadog-api-key", "digitalocean-pat", "discord-bot-token",
    "doppler-personal-token", "generic-api-key", "generic-password", "github-fine-grained-pat",
    "github-pat", "gitlab-pat", "google-api-key", "huggingface-user-token", "jwt", "linear-api-key",
    "mongodb-uri", "mysql-uri", "npm-access-token", "openai-api-key", "postgres-uri",
    "pypi-upload-token", "redis-uri", "sendgrid-api-key", "shopify-token", "slack-bot-token",
    "slack-webhook", "stripe-live-key", "telegram-bot-token", "vault-service-token",
  ]

  private static let rules: CompiledRules = {
    do {
      return try CompiledRules(RuleSet(BuiltinRules.all()))
    } catch {
      preconditionFailure("the built-in rules do not compile: \(error)")
    }
  }()

  private struct Example {
    let rule: Rule
    let before: [UInt8]
    let secret: [UInt8]
    let after: [UInt8]
  }

  /// The first example of each rule that is one line.
  private static let examples: [Example] = ruleIDs.compactMap { id in
    guard let rule = rules.rules.first(where: { $0.rule.id == id })?.rule else { return nil }
    for (index, example) in rule.examples.enumerated() {
      let seed = Recipe.seed(rule: id, kind: "example", index: index)
      guard let recipe = try? Recipe(example, seed: seed), let secret = recipe.secret,
        !recipe.text.contains(where: { $0 == 0x0A || $0 == 0x5C || $0 >= 0x80 })
      else { continue }
      return Example(
        rule: rule, before: Array(recipe.text[..<secret.lowerBound]),
        secret: Array(recipe.text[secret]), after: Array(recipe.text[secret.upperBound...]))
    }
    return nil
  }

  @Test(
    "G3: a secret is found to its last byte in every encoding, and what is left still decodes",
    arguments: Wrapping.all)
  func wrapped(in wrapping: Wrapping) throws {
    try #require(Self.examples.count >= 30)
    for example in Self.examples {
      let id = example.rule.id
      let sample = wrapping.sample(example.before, example.secret, example.after)
      let redaction = redact(sample.text, rules: Self.rules)
      let found = try ReportedFinding.all(in: redaction.findings)
      // Others may cover a little more, as a password whose end nothing says.
      let covering = found.filter {
        $0.range.lowerBound <= sample.secret.lowerBound
          && sample.secret.upperBound <= $0.range.upperBound
      }
      #expect(
        !covering.isEmpty,
        "\(id) in \(wrapping.name): not covered by \(found.map(\.range)), want \(sample.secret)")
      guard !example.rule.tags.contains("generic") else { continue }
      #expect(
        !wrapping.isExact || covering.contains { $0.range == sample.secret },
        "\(id) in \(wrapping.name): covered by \(covering.map(\.range)), want \(sample.secret)")
      let output = wrapping.unwrap(redaction.output)
      #expect(
        output.map { String(decoding: $0, as: UTF8.self).contains("[REDACTED:") } ?? false,
        "\(id) in \(wrapping.name): no mask in what the output decodes to")
    }
  }

  @Test("G2: however the stream is cut, the same is masked", arguments: Wrapping.all)
  func cuts(of wrapping: Wrapping) throws {
    let token = try #require(Self.examples.first { $0.rule.id == "github-pat" })
    let sample = wrapping.sample([], token.secret, [])
    let text = Array("first line\n".utf8) + sample.text + Array("last line".utf8)
    let whole = redact(text, rules: Self.rules)
    for cut in stride(from: 2, to: text.count, by: 5) {
      let parts = redact(text, rules: Self.rules, pieces: .split(at: cut))
      #expect(parts.output == whole.output, "\(wrapping.name), cut at \(cut)")
      #expect(parts.findings == whole.findings, "\(wrapping.name), cut at \(cut)")
    }
  }

  @Test("G2: a secret that the line ends of base64 divide is masked, however the stream is cut")
  func cutsOfBrokenBase64() throws {
    let token = try #require(Self.examples.first { $0.rule.id == "github-pat" })
    for lead in [60, 75, 95] {
      let plain = Array(repeating: UInt8(ascii: "x"), count: lead) + [0x20] + token.secret + [0x0A]
      let lines = base64Lines(plain)
      func text(_ head: String, _ lineBreak: String, _ tail: String) -> [UInt8] {
        Array(head.utf8) + lines.joined(separator: lineBreak.utf8) + Array(tail.utf8)
      }
      let escapes = text("", "\n", "\n").flatMap { byte in
        Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      }
      let texts = [
        text("", "\n", "\nend\n"),
        text("{\"a\":\"", "\\r\\n", "\"}\n"),
        // Until such an escape is whole, nobody knows that the line before it goes on.
        text("a=", "%0d%0a", "&b=1\n"),
        Array("{\"a\":\"".utf8) + escapes + Array("\"}\n".utf8),
      ]
      for text in texts {
        let whole = redact(text, rules: Self.rules)
        #expect(whole.findings.count == 1)
        for cut in text.indices {
          let parts = redact(text, rules: Self.rules, pieces: .split(at: cut))
          #expect(parts.output == whole.output, "\(lead), cut at \(cut)")
          #expect(parts.findings == whole.findings, "\(lead), cut at \(cut)")
        }
        #expect(redact(text, rules: Self.rules, pieces: .each(1)).output == whole.output)
      }
    }
  }

  /// In lines of 76 characters.
  private func base64Lines(_ plain: [UInt8]) -> [[UInt8]] {
    let encoded = base64(plain)
    return stride(from: 0, to: encoded.count, by: 76).map {
      Array(encoded[$0..<min($0 + 76, encoded.count)])
    }
  }

  /// In the first a token without a slash stands as it is.
  @Test("Findings say how the secret was hidden", arguments: Wrapping.all.dropFirst())
  func path(of wrapping: Wrapping) throws {
    let token = try #require(Self.examples.first { $0.rule.id == "github-fine-grained-pat" })
    let sample = wrapping.sample([], token.secret, [])
    let line = try #require(redact(sample.text, rules: Self.rules).findings.first)
    let steps = wrapping.path.map { "\"\($0)\"" }.joined(separator: ",")
    #expect(line.contains("\"decoded\":[\(steps)]"), "\(line)")
  }

  @Test("One secret has one fingerprint, however it is hidden")
  func fingerprint() throws {
    let token = try #require(Self.examples.first { $0.rule.id == "github-pat" })
    let plain = redact(token.secret + [0x0A], rules: Self.rules).findings
    let print = try #require(fingerprint(in: plain.first))
    for wrapping in Wrapping.all {
      let sample = wrapping.sample([], token.secret, [])
      let found = redact(sample.text, rules: Self.rules).findings
      #expect(found.compactMap { fingerprint(in: $0) }.contains(print), "\(wrapping.name)")
    }
  }

  private func fingerprint(in line: String?) -> Substring? {
    guard let line, let key = line.firstRange(of: "\"fingerprint\":\"") else { return nil }
    return line[key.upperBound...].prefix(32)
  }

  @Test("G1: without decoding, nothing that is encoded is masked, and every byte passes")
  func switchedOff() throws {
    let rules = try CompiledRules(
      RuleSet(BuiltinRules.all()), limits: ScanLimits(decodingDepth: 0))
    let token = try #require(Self.examples.first { $0.rule.id == "github-fine-grained-pat" })
    for wrapping in Wrapping.all.dropFirst() {
      let sample = wrapping.sample([], token.secret, [])
      #expect(redact(sample.text, rules: rules).output == sample.text, "\(wrapping.name)")
    }
  }
}
