import Foundation
import SluiceCrypto
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

/// Values that are looked for byte by byte.
@Suite("Exact values")
struct ExactValuesTests {
  private static let value = "S3cr?t>\"va/lue\\ 42&%x"
  private static let mask = "[REDACTED:vault-secret]"

  private static func value(_ text: String, name: String = "vault://acme/p#1") -> ExactValues.Value
  {
    let bytes = Array(text.utf8)
    return ExactValues.Value(
      SecretBytes(copying: bytes.span), name: name, fingerprint: Fingerprint(hex: digits))
  }

  private static let digits = "0123456789abcdef0123456789abcdef"

  private static func rules(
    _ values: [String], rules: [PlannedRule] = [], window: Int = ScanLimits.defaultWindow
  ) throws -> CompiledRules {
    try CompiledRules(
      RuleSet(rules), limits: ScanLimits(window: window),
      values: ExactValues(values.map { value($0) }))
  }

  private static func masked(
    _ text: [UInt8], _ rules: CompiledRules, _ pieces: Pieces = .whole,
    _ change: (inout Filter.Options) -> Void = { _ in }
  ) throws -> String {
    let contents = MemorySink.Contents()
    var options = Filter.Options()
    change(&options)
    var filter = LiveFilter(
      rules: rules, options: options, fingerprinter: nil, to: MemorySink(contents),
      findings: nil as MemorySink?)
    var source = ChunkedSource(text, pieces: pieces)
    while try filter.pass(from: &source) {}
    return String(decoding: contents.bytes, as: UTF8.self)
  }

  private static func masked(_ text: String, _ values: String...) throws -> String {
    try masked(Array(text.utf8), rules(values))
  }

  private static func percent(_ text: String, _ isEncoded: (UInt8) -> Bool) -> String {
    text.utf8.map { byte in
      isEncoded(byte)
        ? String(format: "%%%02X", Int(byte)) : String(decoding: [byte], as: UTF8.self)
    }.joined()
  }

  private static func json(_ text: String) throws -> String {
    let data = try JSONSerialization.data(withJSONObject: [text])
    return String(decoding: data.dropFirst(2).dropLast(2), as: UTF8.self)
  }

  private static let forms: [String] = {
    let hex = value.utf8.map { String(format: "%02x", Int($0)) }
    return [
      value, (try? json(value)) ?? "", percent(value) { !isWord($0) },
      percent(value) { _ in true }, percent(value, { !isWord($0) }).lowercasedEscapes,
      value.utf8.map { String(format: "\\u%04x", Int($0)) }.joined(),
      value.utf8.map { String(format: "\\x%02X", Int($0)) }.joined(),
      value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("&", with: "\\&"),
      value.replacing("&", with: "&amp;").replacing(">", with: "&gt;").replacing(
        "\"", with: "&quot;"),
      value.replacing("&", with: "&#38;").replacing(">", with: "&#x3e;"),
      hex.joined(), hex.joined().uppercased(), hex.joined(separator: " "),
      hex.joined(separator: ":"),
    ]
  }()

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  @Test("G3: a value is masked in every way to write it, and nothing else is", arguments: forms)
  func everyForm(form: String) throws {
    #expect(
      try Self.masked("before <\(form)> behind\n", Self.value) == "before <\(Self.mask)> behind\n")
  }

  @Test("G2: where the stream is cut changes nothing", arguments: forms)
  func cuts(form: String) throws {
    let text = Array("x \(form)\(form) \(form.dropLast())|\n".utf8)
    let rules = try Self.rules([Self.value])
    let whole = try Self.masked(text, rules)
    for offset in 0...text.count {
      #expect(try Self.masked(text, rules, .split(at: offset)) == whole, "cut at \(offset)")
    }
    #expect(try Self.masked(text, rules, .each(1)) == whole)
  }

  @Test(
    "G3: no character that tells of a value stays of its base64, at any place in a longer text",
    arguments: 0..<6, [true, false])
  func base64(before: Int, isURL: Bool) throws {
    let head = String("key=value;".prefix(before))
    var encoded = Data((head + Self.value + ";end of it").utf8).base64EncodedString()
    if isURL { encoded = encoded.replacing("+", with: "-").replacing("/", with: "_") }
    let output = try Self.masked("Basic \(encoded)\n", Self.value)
    let sides = output.components(separatedBy: Self.mask)
    try #require(sides.count == 2, "\(output)")
    // What is left decodes to what stood beside the value.
    let left = sides[0].dropFirst("Basic ".count)
    #expect(left.utf8.count == before * 8 / 6)
    #expect(encoded.hasPrefix(left))
    let after = Self.value.utf8.count + before
    #expect(encoded.utf8.count - (sides[1].utf8.count - 1) == (after * 8 + 5) / 6)
    // In a URL and in JSON.
    for (from, to) in [("+", "%2B"), ("/", "%2f"), ("/", "\\/")] {
      let escaped = encoded.replacing(from, with: to)
      #expect(
        try Self.masked("Basic \(escaped)\n", Self.value).components(separatedBy: Self.mask).count
          == 2)
    }
  }

  @Test("G3: base64 in lines of 76 characters is one value", arguments: ["\n", "\r\n", "\\n"])
  func wrapped(lineEnd: String) throws {
    let value = (0..<90).map { "\(($0 * 7919) % 97)" }.joined()
    let encoded = Data(value.utf8).base64EncodedString()
    let lines = stride(from: 0, to: encoded.count, by: 76).map {
      String(encoded.dropFirst($0).prefix(76))
    }
    let output = try Self.masked("data: \(lines.joined(separator: lineEnd))\nend\n", value)
    #expect(output.hasPrefix("data: \(Self.mask)"))
    #expect(!output.contains(String(lines[1].prefix(10))), "\(output)")
    #expect(output.hasSuffix("\nend\n"))
  }

  @Test("letters outside of ASCII are found escaped, too")
  func unicode() throws {
    let value = "pä\u{1F511}ßword"
    for form in [value, #"p\u00e4\ud83d\udd11\u00dfword"#, "p%C3%A4%f0%9f%94%91%C3%9Fword"] {
      #expect(try Self.masked("<\(form)>", value) == "<\(Self.mask)>")
    }
  }

  @Test("G3: a key of several lines is found whole, with other line ends, and line by line")
  func lines() throws {
    let body = ["MIIEpAIBAAKCAQEAx1", "Zk3aNq9Vd8Wm2TgYbR", "short"]
    let value = (["-----BEGIN KEY-----"] + body + ["-----END KEY-----"]).joined(separator: "\n")
    #expect(try Self.masked(value + "\n", value) == Self.mask + "\n")
    #expect(
      try Self.masked(value.replacing("\n", with: "\r\n") + "\r\n", value) == Self.mask + "\r\n")
    #expect(try Self.masked(Self.json(value), value) == Self.mask)
    #expect(
      try Self.masked("10:01 | \(body[0])\n10:01 | \(body[1])\n", value)
        == "10:01 | \(Self.mask)\n10:01 | \(Self.mask)\n")
    #expect(try Self.masked("-----BEGIN KEY-----\n", value) == "-----BEGIN KEY-----\n")
  }

  @Test("G3: a value longer than a piece leaves nothing", arguments: [4096, 4097, 10_000, 30_000])
  func long(count: Int) throws {
    let value = (0..<count).map { "\(($0 &* 2_654_435_761) >> 7 & 7)" }.joined()
    let output = try Self.masked("<\(value)> <\(Data(value.utf8).base64EncodedString())>\n", value)
    #expect(output.replacing(Self.mask, with: "").utf8.count <= 9, "\(output.prefix(300))")
  }

  @Test("G3: what a rule finds and a value that overlaps it are masked as one")
  func overlaps() throws {
    let rule = try PlannedRule(
      Rule(id: "r", name: "r", provider: "test", expression: "tok_[a-z0-9]{20}"))
    let rules = try Self.rules(["tok_aaabbbccc"], rules: [rule])
    let token = "tok_aaabbbccc00000000000"
    #expect(try Self.masked(Array("<\(token)>".utf8), rules) == "<\(Self.mask)>")
    let inside = try Self.rules(["my tok_abcabcabcabcabcabcab!"], rules: [rule])
    #expect(
      try Self.masked(Array("<my tok_abcabcabcabcabcabcab!>".utf8), inside) == "<\(Self.mask)>")
  }

  @Test("the mask carries the fingerprint of the value, also where it was encoded")
  func fingerprint() throws {
    let text = "\(Self.value) \(Data(Self.value.utf8).base64EncodedString())"
    let output = try Self.masked(Array(text.utf8), Self.rules([Self.value])) {
      $0.maskStyle = .hash
    }
    #expect(output == "[REDACTED:vault-secret:01234567] [REDACTED:vault-secret:01234567]")
  }

  @Test(
    "what stands in ordinary text is not looked for",
    arguments: [("", false), ("test", false), ("aaaaaaaaaa", false), ("hunter", true)])
  func guarded(text: String, isSearchable: Bool) {
    #expect(Self.value(text).isSearchable == isSearchable)
  }

  @Test("G7: a complete line goes on at once, unless most of a value stands at its end")
  func lineEnds() throws {
    let values = ["correct horse battery", "0123456789abcdefg", "Zk3aNq9Vd8Wm2TgYbR"]
    let rules = try Self.rules(values)
    for byte in UInt8(0x20)..<0x7F {
      let line = Array("text ".utf8) + [byte, 0x0A]
      let contents = MemorySink.Contents()
      var filter = LiveFilter(
        rules: rules, options: .init(), fingerprinter: nil, to: MemorySink(contents),
        findings: nil as MemorySink?)
      var source = ChunkedSource(line)
      _ = try filter.pass(from: &source)
      #expect(contents.bytes == line)
    }
  }

  @Test("G3: what goes out early is no telling part of a secret, and the rest of it is masked")
  func early() throws {
    let rule = try PlannedRule(
      Rule(id: "pw", name: "pw", provider: "test", expression: "password=(?<secret>[a-z]{8,20})"))
    let rules = try Self.rules(["correct horse battery"], rules: [rule])
    func shown(_ pieces: [String]) throws -> [String] {
      let contents = MemorySink.Contents()
      var filter = LiveFilter(
        rules: rules, options: .init(), fingerprinter: nil, to: MemorySink(contents),
        findings: nil as MemorySink?)
      var states: [String] = []
      for piece in pieces {
        var source = ChunkedSource(Array(piece.utf8))
        _ = try filter.pass(from: &source)
        try filter.pause()
        states.append(String(decoding: contents.bytes, as: UTF8.self))
      }
      try filter.finish()
      return states + [String(decoding: contents.bytes, as: UTF8.self)]
    }
    #expect(try shown(["$ c", "at x"]) == ["$ c", "$ cat x", "$ cat x"])
    #expect(
      try shown(["> corr", "ect horse", " battery."])
        == ["> ", "> ", "> \(Self.mask).", "> \(Self.mask)."])
    #expect(
      try shown(["password=ab", "cdefgh\n"]).last == "password=ab[REDACTED:pw]\n")
  }

  @Test("G5: a value that the window has no room for is refused")
  func window() {
    let value = String(repeating: "0123456789", count: 100)
    #expect(throws: CompiledRules.Failure.self) { _ = try Self.rules([value], window: 4096) }
  }

  @Test("random texts hold values where they were put, and nowhere else", arguments: UInt64(0)..<6)
  func random(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let alphabet = Array("abAB01+/=%\\&;\"u. \n".utf8)
    func text(_ count: Int) -> [UInt8] {
      (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
    }
    let value = text(12)
    let rules = try Self.rules([String(decoding: value, as: UTF8.self)])
    let input = text(40) + value + text(200) + Array(Data(value).base64EncodedString().utf8)
    let whole = try Self.masked(input, rules)
    for piece in [1, 2, 5, 13] {
      #expect(try Self.masked(input, rules, .each(piece)) == whole, "seed \(seed)")
    }
    #expect(whole.contains(Self.mask))
    #expect(whole.utf8.count <= input.count + 2 * Self.mask.utf8.count)
  }
}

extension String {
  fileprivate var lowercasedEscapes: String {
    replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }
  }
}
