/// The texts that logs, formats and shells put around a secret: in each a rule must find it to
/// exactly its last byte, or a mask leaves a part of it.
package enum Surroundings {
  /// A secret in one of its surroundings.
  package struct Sample: Sendable {
    /// What stands around it, for messages.
    package let name: String
    package let text: [UInt8]
    package let secret: Range<Int>

    init(_ name: String, before: [UInt8], secret: [UInt8], after: [UInt8]) {
      self.name = name
      text = before + secret + after
      self.secret = before.count..<before.count + secret.count
    }
  }

  /// A token that needs no key: between all pairs of neighbours that belong together, and before
  /// everything that ends a value; a `/` may be a part of base64.
  package static func samples(ofToken token: [UInt8], boundary: Boundary) -> [Sample] {
    pairs.filter { boundary != .base64 || !$0.before.hasSuffix("/") }.map { name, before, after in
      Sample(name, before: Array(before.utf8), secret: token, after: Array(after.utf8))
    }
      + samples(before: [], secret: token)
  }

  /// A bare secret with what its rule needs before it, before everything that ends a value.
  package static func samples(before: [UInt8], secret: [UInt8]) -> [Sample] {
    followers.map { name, after in
      Sample("followed by \(name)", before: before, secret: secret, after: Array(after.utf8))
    }
  }

  /// A whole line in the formats that escape what they hold, and in a line's usual frames.
  package static func samples(ofLine line: [UInt8], secret: Range<Int>) -> [Sample] {
    let parts = [line[..<secret.lowerBound], line[secret], line[secret.upperBound...]]
    func sample(
      _ name: String, _ before: String, _ after: String, _ encode: (ArraySlice<UInt8>) -> [UInt8]
    ) -> Sample {
      let encoded = parts.map(encode)
      return Sample(
        name, before: Array(before.utf8) + encoded[0], secret: encoded[1],
        after: encoded[2] + Array(after.utf8))
    }
    let once: (ArraySlice<UInt8>) -> [UInt8] = { escaped($0) }
    let twice: (ArraySlice<UInt8>) -> [UInt8] = { escaped(escaped($0)[...]) }
    // What is in JSON already would be four deep.
    let isDeep = line.contains(UInt8(ascii: "\\"))
    return [
      sample("in a log line", "2026-03-01T10:00:00Z INFO app: ", "\n") { Array($0) },
      sample("between colours", "\u{1B}[32m", "\u{1B}[0m\n") { Array($0) },
      sample("in JSON", "{\"msg\":\"", "\",\"n\":1}", once),
    ]
      + (isDeep
        ? [] : [sample("in JSON in JSON", #"{"log":"{\"msg\":\""#, #"\",\"n\":1}"}"#, twice)])
  }

  /// Whether the secret may hold what ends those of other rules: it is covered, and a little more
  /// may be.
  package static func isOpen(_ rule: Rule) -> Bool {
    // A value of any form: a password may hold every mark and letter. Keys in PEM: blank lines
    // at their end belong to them. A class with `%`: the vendor's own percent encoding.
    let openForms = [
      "(?<secret>[^", "{{phrase", "{{value", "PRIVATE KEY", "[A-Za-z0-9%", "%+/", "+/=%",
    ]
    return rule.tags.contains("generic") || openForms.contains { rule.expression.contains($0) }
  }

  /// Whether a rule that found `found` in `sample` has found its secret.
  package static func isFound(
    _ sample: Sample, in found: [Range<Int>], by rule: Rule
  ) -> Bool {
    guard isOpen(rule) else { return found.contains(sample.secret) }
    return found.contains {
      $0.lowerBound <= sample.secret.lowerBound && sample.secret.upperBound <= $0.upperBound
    }
  }

  private static let pairs: [(name: String, before: String, after: String)] = [
    ("plain", "", ""), ("in a sentence", "the value is ", " now"), ("env", "KEY=", "\n"),
    ("JSON", "{\"k\":\"", "\",\"n\":1}"), ("JSON in JSON", #"{"a":"{\"k\":\""#, #"\"}"}"#),
    ("JSON three deep", #"\\\"k\\\":\\\""#, #"\\\"}"#), ("YAML", "k: ", "\n"),
    ("YAML quoted", "- '", "'\n"), ("URL query", "https://a.test/?k=", "&n=1"),
    ("URL path", "https://a.test/v1/", "?x=1"), ("percent", "k%3D", "%26n%3D1"),
    ("percent quoted", "%22k%22%3A%22", "%22%7D"), ("header", "X-Key: ", "\r\nHost: a"),
    ("Bearer", "Authorization: Bearer ", "\r\n"), ("code", "let k = \"", "\";"),
    ("call", "setKey('", "');"), ("template string", "k = `", "`"), ("XML", "<k>", "</k>"),
    ("attribute", "<a k=\"", "\"/>"), ("entity", "k=&quot;", "&quot;"),
    ("colours", "\u{1B}[33m", "\u{1B}[0m"), ("colours as text", "\\u001b[33m", "\\u001b[0m"),
    ("brackets", "[", "]"), ("parentheses", "(k=", ")"), ("braces", "{k:", "}"),
    ("angles", "<", ">"), ("pipes", "|", "|"), ("guillemets", "«", "»"),
    ("line ends", "\\n", "\\n"),
    ("Python bytes", "b'", "'"), ("Unicode escapes", "\\u0022", "\\u0022"),
    ("connection string", "a=1;k=", ";b=2"), ("user of a URL", "https://", ":x@h.test"),
  ]

  private static let followers: [(name: String, text: String)] = [
    ("the end", ""), ("a line end", "\n"), ("a blank", " x"), ("a tab", "\tx"), ("'&'", "&n=1"),
    ("';'", "; n=1"), ("a comma", ", n=1"), ("a comma and a quote", ",\"n\":1"), ("')'", ") x"),
    ("']'", "] x"), ("'}'", "} x"), ("'<'", "</k>"), ("'%26'", "%26n%3D1"), ("a quote", "\" x"),
    ("an apostrophe", "' x"), ("an escaped quote", "\\\" x"), ("an escaped line end", "\\nx"),
    ("a line end escaped twice", "\\\\nx"), ("an escaped '&'", "\\u0026n=1"),
    ("a colour", "\u{1B}[0m"), ("a letter that is not ASCII", "é"), ("an ideograph", "密"),
  ]

  /// As a JSON string holds it (RFC 8259 §7).
  private static func escaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): output += Array("\\n".utf8)
      case UInt8(ascii: "\r"): output += Array("\\r".utf8)
      case UInt8(ascii: "\t"): output += Array("\\t".utf8)
      case 0x1B: output += Array("\\u001b".utf8)
      default: output.append(byte)
      }
    }
    return output
  }
}
