import SluiceCrypto
import SluiceFilter
import SluiceRules
import SluiceScan
import Testing
import TestSupport

/// Values of a vault in a stream, recognised by whoever does not have them.
@Suite struct KnownValuesTests {
  private static let material = Array("known values, key of the tests".utf8)

  private static func secret(_ bytes: [UInt8]) -> SecretBytes { SecretBytes(copying: bytes.span) }

  /// Rules that find nothing but these values.
  private static func rules(
    _ values: [[UInt8]], besides rules: [PlannedRule] = [], window: Int = ScanLimits.defaultWindow
  ) throws -> CompiledRules {
    let material = secret(material)
    var marker = try KnownMarker(material: material)
    var fingerprinter = try Fingerprinter(material: material)
    let known = values.enumerated().map { number, value in
      (
        value: KnownValues.Value(
          tenant: "acme", path: "prod/key-\(number)", version: 3, state: "current",
          fingerprint: fingerprinter.fingerprint(of: value.span)),
        marks: marker.marks(of: value.span)
      )
    }
    return try CompiledRules(
      CompiledRules(RuleSet(rules), limits: ScanLimits(window: window)),
      known: KnownValues(
        known, key: try MatchKey(material: material),
        fingerprints: FingerprintKey(material: secret(Self.material))))
  }

  private static func masked(
    _ text: String, _ values: [String], pieces: Pieces = .whole
  ) throws -> String {
    let rules = try rules(values.map { Array($0.utf8) })
    return String(
      decoding: redact(Array(text.utf8), rules: rules, pieces: pieces).output, as: UTF8.self)
  }

  private static let mask = "[REDACTED:vault-secret]"

  @Test(
    "A value is masked whatever stands beside it, to its last byte (G3)",
    arguments: [
      "Tr0ub4dor&3", "p@ss w0rd", "sk_live_51H8f7g6e5d4c3b2a1", "a,b;c=d:e\"f'g<h>",
      "ключ-от-всего", "AKIAIOSFODNN7EXAMPL3",
    ])
  func plain(value: String) throws {
    let surroundings: [(String, String)] = [
      ("", ""), ("x", "y"), ("password=", "\n"), ("{\"k\": \"", "\"}\n"),
      ("\u{1B}[31m", "\u{1B}[0m"),
      ("\n", " next"), ("é", "é"), (String(value.prefix(7)), ""),
    ]
    for (before, after) in surroundings {
      #expect(
        try Self.masked(before + value + after, [value]) == before + Self.mask + after)
    }
  }

  @Test("Nothing of a value goes out, wherever the stream is cut (G2)")
  func everyCut() throws {
    let values = [
      "Tr0ub4dor&3", "q7Xe2LwP9sVb4TzK8mNc5RfY1hJd6GaU",
      String(repeating: "long-Value7", count: 60),
    ]
    let text =
      "a \(values[0]) b\n\(values[1])\(values[1])\n{\"k\":\"\(values[2])\"} tail \(values[0].dropLast())"
    let rules = try Self.rules(values.map { Array($0.utf8) })
    let whole = redact(Array(text.utf8), rules: rules)
    #expect(whole.findings.count == 4)
    for cut in 1..<text.utf8.count {
      let cutUp = redact(Array(text.utf8), rules: rules, pieces: .split(at: cut))
      #expect(cutUp.output == whole.output, "cut at \(cut)")
      #expect(cutUp.findings == whole.findings, "cut at \(cut)")
    }
    for length in [1, 2, 3, 7, 64] {
      #expect(redact(Array(text.utf8), rules: rules, pieces: .each(length)).output == whole.output)
    }
  }

  @Test("A value is found in base64 at each alignment, base64url and hexadecimal")
  func encoded() throws {
    let value = "Zq8#kLp?~>>m2"
    let bytes = Array(value.utf8)
    for before in 0..<3 {
      for after in 0..<3 {
        let text = Array("xyz".prefix(before).utf8) + bytes + Array("uvw".prefix(after).utf8)
        let standard = Base64.text(of: text)
        let url = standard.replacing("+", with: "-").replacing("/", with: "_")
        for spelling in [standard, url] {
          let output = try Self.masked("data=\(spelling);\n", [value])
          // Whole characters of the value are gone; those that it shares with others may stay.
          let kept = output.dropFirst(5).dropLast(2).replacing(Self.mask, with: "")
          #expect(output.contains(Self.mask), "\(spelling): \(output)")
          #expect(kept.count <= 8, "\(output)")
        }
      }
    }
    for digits in ["0123456789abcdef", "0123456789ABCDEF"].map(Array.init) {
      let hex = bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
      #expect(try Self.masked("id \(hex)!\n", [value]) == "id \(Self.mask)!\n")
    }
  }

  @Test("A value is found behind the escapes of JSON and of URLs")
  func escaped() throws {
    let value = "pa\"ss/w0rd+%x"
    for spelling in [
      "pa\\\"ss\\/w0rd+%x", "pa%22ss%2Fw0rd%2B%25x", "pa\\u0022ss/w0rd\\u002b%x",
      "pa\\\"ss/w0rd+%x",
    ] {
      let output = try Self.masked("{\"v\":\"\(spelling)\"}\n", [value])
      #expect(output == "{\"v\":\"\(Self.mask)\"}\n")
    }
  }

  @Test("The words of a value of several lines are masked where they stand alone")
  func lines() throws {
    let lines = [
      "-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
      "q83fQ1w2e3r4t5y6u7i8o9p0aSdF",
      "-----END PRIVATE KEY-----",
    ]
    let value = lines.joined(separator: "\n")
    let output = try Self.masked("log 1: \(lines[1])\nlog 2: \(lines[2])\n", [value])
    #expect(output == "log 1: \(Self.mask)\nlog 2: \(Self.mask)\n")
    // How every key begins is no secret.
    #expect(try Self.masked(lines[0] + "\n", [value]) == lines[0] + "\n")
  }

  @Test("A long value of short lines is masked to its last byte, wherever it is cut into pieces")
  func longLines() throws {
    for length in [8, 9, 16, 31] {
      let line = String("aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zZ".prefix(length))
      let value = String(repeating: line + "\n", count: 9000 / length) + "the-End-9"
      let output = try Self.masked("<\(value)>\n", [value])
      #expect(output.replacing(Self.mask, with: "") == "<>\n", "lines of \(length)")
    }
  }

  @Test("What may be a value by its window is let go as soon as the bytes behind say no (G7)")
  func released() throws {
    let value = Array("....q7Xe2LwP9sVb4TzK8mNc".utf8) + Array(repeating: 0x2D, count: 300)
    let rules = try Self.rules([value])
    var marker = try KnownMarker(material: Self.secret(Self.material))
    let window = Int(try #require(marker.marks(of: value.span).first).window)
    for known in window + KnownMark.windowLength..<window + 2 * KnownMark.windowLength {
      var scanner = Scanner(rules: rules)
      var sink = Discard()
      let first = Array(value.prefix(known))
      #expect(scanner.scan(first.span, at: 0, isFinal: false, into: &sink) == 0)
      let more = first + Array(repeating: UInt8(ascii: "!"), count: 100)
      #expect(scanner.scan(more.span, at: 0, isFinal: false, into: &sink) > 0)
    }
  }

  @Test("The finding names tenant, path, version and state")
  func names() throws {
    let rules = try Self.rules([Array("q7Xe2LwP9sVb4TzK".utf8), Array("other-Value-77".utf8)])
    let result = redact(Array("x=other-Value-77\n".utf8), rules: rules)
    let finding = try #require(result.findings.first)
    #expect(
      finding.contains(
        #""vault":{"tenant":"acme","secret":"prod/key-1","version":3,"state":"current"}"#))
    #expect(finding.contains(#""rule":"vault-secret""#))
    #expect(!finding.contains("other-Value"))
  }

  @Test("A value in what a rule finds names the finding, and all of it is masked")
  func inRule() throws {
    let uri = try PlannedRule(
      Rule(id: "uri", name: "uri", provider: "test", expression: #"db://[^\s]+"#))
    let rules = try Self.rules([Array("Tr0ub4dor&3".utf8)], besides: [uri])
    let result = redact(Array("db://app:Tr0ub4dor&3@host/x end\n".utf8), rules: rules)
    #expect(String(decoding: result.output, as: UTF8.self) == "\(Self.mask) end\n")
    #expect(result.findings.first?.contains("\"vault\":") == true)
  }

  @Test("A value that a rule finds as well keeps the rule's name and says which version it is")
  func namedByRule() throws {
    let token = try PlannedRule(
      Rule(id: "tok", name: "Token", provider: "test", expression: "tok_[a-zA-Z0-9]{12}"))
    let rules = try Self.rules([Array("tok_q7Xe2LwP9sVb".utf8)], besides: [token])
    let result = redact(Array("a tok_q7Xe2LwP9sVb tok_q7Xe2LwP9sVc\n".utf8), rules: rules)
    #expect(
      String(decoding: result.output, as: UTF8.self) == "a [REDACTED:tok] [REDACTED:tok]\n")
    #expect(result.findings.map { $0.contains("\"vault\":") } == [true, false])
  }

  @Test("What is not quite a value passes unchanged (G1)")
  func almost() throws {
    let value = "q7Xe2LwP9sVb4TzK8mNc"
    for place in 0..<value.count {
      var changed = Array(value.utf8)
      changed[place] ^= 1
      let text = String(decoding: changed, as: UTF8.self)
      #expect(try Self.masked("<\(text)>\n", [value]) == "<\(text)>\n")
    }
    #expect(try Self.masked(String(value.dropLast()), [value]) == String(value.dropLast()))
  }

  @Test(
    "What stands in ordinary text is not looked for",
    arguments: [
      "e", "test", "password", "localhost", "production", "12345678", "aaaaaaaaaaaaaaaaaaaa",
      "1111-1111",
    ])
  func plainWords(value: String) throws {
    let isTelling = KnownMarker.isTelling(Array(value.utf8).span)
    #expect(!isTelling)
    #expect(try Self.masked("a \(value) b\n", [value]) == "a \(value) b\n")
  }

  @Test("A complete line waits for nothing (G7)")
  func completeLine() throws {
    let rules = try Self.rules([
      Array("q7Xe2LwP9sVb4TzK8mNc5RfY1hJd6GaU".utf8), Array("first-Line-1\nsecond-Line-2".utf8),
    ])
    var scanner = Scanner(rules: rules)
    var sink = Discard()
    for line in ["q7Xe2LwP9sVb4\n", "\n", "abc\n", "-ne-1\n"] {
      let bytes = Array(line.utf8)
      let start = scanner.settledMark
      #expect(
        scanner.scan(bytes.span, at: start, isFinal: false, into: &sink) == start
          + UInt64(bytes.count))
    }
  }

  private struct Discard: FindingSink {
    typealias Failure = Never
    mutating func receive(_ finding: Finding, secret: Span<UInt8>) {}
    mutating func open(_ finding: Finding, secret: Span<UInt8>) {}
    mutating func close(_ finding: Finding) {}
  }

  @Test("Planted values are all found and nothing else is (G4)", arguments: 0..<8)
  func planted(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    let alphabet = Array(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~!@#$%^&*()".utf8)
    let values = (0..<500).map { _ -> [UInt8] in
      let length = 8 + Int(random.next() % 90)
      return (0..<length).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    }.filter { KnownMarker.isTelling($0.span) }
    var text: [UInt8] = []
    var expected: [Range<Int>] = []
    for _ in 0..<400 {
      for _ in 0..<random.next() % 120 {
        // Never a character of a value, so that nothing is there by chance.
        text.append(
          [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "/")][Int(random.next() % 3)])
      }
      let value = values[Int(random.next() % UInt64(values.count))]
      expected.append(text.count..<text.count + value.count)
      text += value
    }
    let rules = try Self.rules(values, window: ScanLimits.smallestWindow)
    let result = redact(text, rules: rules, pieces: .each(1 + Int(random.next() % 5000)))
    let found = result.findings.map { line -> Range<Int> in
      func number(_ name: String) -> Int {
        Int(line.split(separator: "\"\(name)\":")[1].prefix { $0.isNumber }) ?? -1
      }
      return number("start")..<number("end")
    }
    // Values may stand side by side, and one may be the beginning of another one.
    #expect(Self.cover(found) == Self.cover(expected))
  }

  private static func cover(_ ranges: [Range<Int>]) -> Set<Int> { Set(ranges.joined()) }
}

private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
