/// A way to write a text so that what stands in it does not stand there as it is.
package struct Wrapping: Sendable {
  /// A wrapped text, and where the secret went.
  package struct Sample: Sendable {
    package let text: [UInt8]
    /// The bytes that must be masked: those that hold the secret, and no others.
    package let secret: Range<Int>
  }

  package let name: String
  /// What findings give as `decoded`, the outermost first.
  package let path: [String]
  /// The three parts of a line as they are written: before the secret, it, behind it.
  private let wrap: @Sendable ([UInt8], [UInt8], [UInt8]) -> Sample
  /// Whether nothing besides the secret is masked; where its key's `=` is written `=3D`, the value
  /// that stands in the stream begins with `3D`.
  package let isExact: Bool
  /// Reads the document that the text is.
  package let unwrap: @Sendable ([UInt8]) -> [UInt8]?

  package func sample(_ before: [UInt8], _ secret: [UInt8], _ after: [UInt8]) -> Sample {
    wrap(before, secret, after)
  }

  /// Byte for byte: each stands on its own.
  private init(
    _ name: String, _ path: [String], head: String = "t=", tail: String = "\n",
    lead: Int = 0, isExact: Bool = true,
    bytes: @escaping @Sendable (_ index: Int, _ byte: UInt8, _ isInside: Bool) -> [UInt8],
    unwrap: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) {
    self.name = name
    self.path = path
    self.isExact = isExact
    wrap = { before, secret, after in
      var text = Array(head.utf8)
      var range = 0..<0
      for (index, byte) in (before + secret + after).enumerated() {
        if index == before.count { range = text.count..<text.count }
        let isInside = index > before.count && index < before.count + secret.count
        text += bytes(index, byte, isInside)
        if index + 1 == before.count + secret.count { range = range.lowerBound..<text.count }
      }
      return Sample(
        text: text + Array(tail.utf8), secret: range.lowerBound + lead..<range.upperBound)
    }
    self.unwrap = unwrap
  }

  private init(
    _ name: String, _ path: [String], isExact: Bool,
    wrap: @escaping @Sendable ([UInt8], [UInt8], [UInt8]) -> Sample,
    unwrap: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) {
    self.name = name
    self.path = path
    self.isExact = isExact
    self.wrap = wrap
    self.unwrap = unwrap
  }

  private init(
    _ name: String, _ path: [String], group: Int, head: String, tail: String,
    encode: @escaping @Sendable ([UInt8]) -> [UInt8], width: Int,
    unwrap: @escaping @Sendable ([UInt8]) -> [UInt8]?
  ) {
    self.name = name
    self.path = path
    isExact = true
    wrap = { before, secret, after in
      // So long that it is worth decoding.
      let lead = Array("## exported settings ##\n".utf8) + before
      let encoded = encode(lead + secret + after)
      let start = head.utf8.count
      let from = start + lead.count / group * width
      let to = start + min((lead.count + secret.count + group - 1) / group * width, encoded.count)
      return Sample(
        text: Array(head.utf8) + encoded + Array(tail.utf8), secret: from..<to)
    }
    self.unwrap = unwrap
  }
}

extension Wrapping {
  /// Lines of 76, broken where a mail program breaks them.
  private static let quotedPrintable = Wrapping(
    "quoted-printable", ["quoted-printable"], isExact: false,
    wrap: { before, secret, after in
      var text = Array("mail=3Dtext ".utf8)
      var lineStart = 0
      var range = 0..<0
      for (index, byte) in (before + secret + after).enumerated() {
        let written = byte == UInt8(ascii: "=") ? Array("=3D".utf8) : [byte]
        // Early rather than in front of the secret, where the break would be no part of it.
        let isBefore = index + 3 > before.count && index < before.count
        if text.count + written.count + (isBefore ? 3 : 0) > lineStart + 75 {
          text += Array("=\r\n".utf8)
          lineStart = text.count
        }
        if index == before.count { range = text.count..<text.count }
        text += written
        if index + 1 == before.count + secret.count { range = range.lowerBound..<text.count }
      }
      return Sample(text: text + Array("\n".utf8), secret: range)
    }, unwrap: { $0 })

  /// Base64 in lines of 76 characters, behind blanks, as a value in YAML.
  private static let brokenBase64 = Wrapping(
    "base64 in lines", ["base64"], isExact: true,
    wrap: { before, secret, after in
      let lead = Array("## exported settings, so long that a line ends in what follows ##\n".utf8)
      let encoded = base64(lead + before + secret + after)
      var text = Array("data: >\n".utf8)
      var places: [Int] = []
      for (index, byte) in encoded.enumerated() {
        if index % 76 == 0 { text += Array((index == 0 ? "  " : "\n  ").utf8) }
        places.append(text.count)
        text.append(byte)
      }
      let first = (lead.count + before.count) / 3 * 4
      let last = min((lead.count + before.count + secret.count + 2) / 3 * 4, encoded.count) - 1
      return Sample(text: text + Array("\n".utf8), secret: places[first]..<places[last] + 1)
    },
    unwrap: { text in
      base64Decoded(text.dropFirst(7).filter { $0 != 0x0A && $0 != 0x20 })
    })

  package static let all: [Wrapping] = [
    Wrapping(
      "a slash and quotes as JSON escapes them", ["json"], head: #"{"log":"https:\/\/a.test "#,
      tail: "\"}\n", bytes: { _, byte, _ in jsonEscaped(byte, slash: true) }, unwrap: jsonString),
    Wrapping(
      "every fourth byte as \\u00XX", ["json"], head: #"{"log":""#, tail: "\"}\n",
      bytes: { index, byte, _ in
        index % 4 == 2 ? unicodeEscaped(byte) : jsonEscaped(byte, slash: false)
      }, unwrap: jsonString),
    Wrapping(
      "every fourth byte as \\xXX", ["json"], head: #"b'"#, tail: "'\n",
      bytes: { index, byte, _ in
        index % 4 == 1 || byte < 0x20 || byte == 0x5C ? Array("\\x\(hex(byte))".utf8) : [byte]
      }, unwrap: { $0 }),
    Wrapping(
      "JSON in JSON with \\u00XX", ["json", "json"], head: #"{"log":"{\"msg\":\""#,
      tail: "\\\"}\"}\n",
      bytes: { index, byte, _ in
        let once = index % 4 == 2 ? unicodeEscaped(byte) : jsonEscaped(byte, slash: false)
        return once.flatMap { jsonEscaped($0, slash: false) }
      }, unwrap: { jsonString($0).flatMap(jsonString) }),
    Wrapping(
      "JSON three deep with \\u00XX", ["json", "json", "json"],
      head: #"{"log":"{\"msg\":\"{\\\"m\\\":\\\""#, tail: "\\\\\\\"}\\\"}\"}\n",
      bytes: { index, byte, _ in
        let once = index % 4 == 2 ? unicodeEscaped(byte) : jsonEscaped(byte, slash: false)
        return once.flatMap { jsonEscaped($0, slash: false) }
          .flatMap { jsonEscaped($0, slash: false) }
      }, unwrap: { jsonString($0).flatMap(jsonString).flatMap(jsonString) }),
    Wrapping(
      "percent-encoded", ["percent"], head: "GET /a?x=1&next=", tail: "&y=2 HTTP/1.1\n",
      bytes: { index, byte, _ in index % 5 == 3 ? percent(byte) : percentEncoded(byte) },
      unwrap: { $0 }),
    Wrapping(
      "percent-encoded twice", ["percent", "percent"], head: "GET /a?x=1&next=",
      tail: "&y=2 HTTP/1.1\n",
      bytes: { index, byte, _ in
        (index % 5 == 3 ? percent(byte) : percentEncoded(byte)).flatMap(percentEncoded)
      }, unwrap: { $0 }),
    Wrapping(
      "entities", ["entity"], head: "<v>", tail: "</v>\n",
      bytes: { index, byte, _ in
        isAlphanumeric(byte) && index % 4 != 0 ? [byte] : Array("&#\(byte);".utf8)
      }, unwrap: { $0 }),
    Wrapping(
      "hexadecimal entities", ["entity"], head: "<v k=\"", tail: "\"/>\n",
      bytes: { index, byte, _ in
        isAlphanumeric(byte) && index % 4 != 0 ? [byte] : Array("&#x\(hex(byte));".utf8)
      }, unwrap: { $0 }),
    Wrapping(
      "colours inside", ["ansi"], head: "\u{1B}[1m", tail: "\u{1B}[0m\n",
      bytes: { index, byte, isInside in
        index % 6 == 3 && isInside ? Array("\u{1B}[3\(index % 8)m".utf8) + [byte] : [byte]
      },
      unwrap: { $0 }),
    quotedPrintable,
    Wrapping(
      "base64", ["base64"], group: 3, head: "data: ", tail: "\n", encode: base64, width: 4,
      unwrap: { base64Decoded($0.dropFirst(6).dropLast()) }),
    brokenBase64,
    Wrapping(
      "base64 in JSON", ["base64"], group: 3, head: #"{"data":""#, tail: "\",\"n\":1}\n",
      encode: base64, width: 4, unwrap: { base64Decoded($0.dropFirst(9).dropLast(9)) }),
    Wrapping(
      "base64url", ["base64"], group: 3, head: "state=", tail: "&x=1\n",
      encode: {
        base64($0).compactMap {
          $0 == UInt8(ascii: "+")
            ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
        }
      }, width: 4, unwrap: { base64Decoded($0.dropFirst(6).dropLast(5)) }),
    Wrapping(
      "hexadecimal", ["hex"], group: 1, head: "payload=0x", tail: ";\n",
      encode: { $0.flatMap { Array(hex($0).utf8) } }, width: 2,
      unwrap: { hexDecoded($0.dropFirst(10).dropLast(2)) }),
    Wrapping(
      "UTF-16", ["utf16"], head: "\u{0}a\u{0}b\u{0}c\u{0}d\u{0} ", tail: "\u{0}\r\u{0}\n", lead: 1,
      bytes: { _, byte, _ in [0, byte] }, unwrap: { text in text.filter { $0 != 0 } }),
  ]

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
  }

  private static func hex(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }

  private static func percent(_ byte: UInt8) -> [UInt8] { Array("%\(hex(byte).uppercased())".utf8) }

  private static func percentEncoded(_ byte: UInt8) -> [UInt8] {
    isAlphanumeric(byte) || Array("-._~".utf8).contains(byte) ? [byte] : percent(byte)
  }

  private static func unicodeEscaped(_ byte: UInt8) -> [UInt8] { Array("\\u00\(hex(byte))".utf8) }

  private static func jsonEscaped(_ byte: UInt8, slash: Bool) -> [UInt8] {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): [UInt8(ascii: "\\"), byte]
    case UInt8(ascii: "/") where slash: Array("\\/".utf8)
    case 0x0A: Array("\\n".utf8)
    case 0..<0x20: unicodeEscaped(byte)
    default: [byte]
    }
  }
}
