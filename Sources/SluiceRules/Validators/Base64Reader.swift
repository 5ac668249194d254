/// Decodes base64 and base64url (RFC 4648) as they stand in logs, a byte at a time, without memory
/// of its own.
///
/// Escapes that stand for a character of the alphabet are read as that character: `%2B`, `\/`.
/// What was not read can be looked at from `position` on.
struct Base64Reader {
  /// What may stand between the characters.
  enum Layout {
    case compact
    /// The lines of a PEM body: line ends, plain or escaped, and how code and YAML quote lines.
    case lines
  }

  private(set) var position = 0
  private let layout: Layout
  private var bits: UInt32 = 0
  private var bitCount: UInt32 = 0

  init(_ layout: Layout = .compact) { self.layout = layout }

  /// The next byte; nil at the end, and before what is no base64.
  mutating func byte(in text: Span<UInt8>) -> UInt8? {
    while let value = sextet(in: text) {
      bits = bits &<< 6 | value
      bitCount += 6
      guard bitCount >= 8 else { continue }
      bitCount -= 8
      return UInt8(truncatingIfNeeded: bits &>> bitCount)
    }
    return nil
  }

  /// The value of the next character; nil at the end, and before what is no base64.
  mutating func sextet(in text: Span<UInt8>) -> UInt32? {
    while position < text.count {
      if layout == .lines, let length = wrapping(at: position, in: text) {
        position += length
        continue
      }
      guard let (value, length) = Self.character(at: position, in: text) else { return nil }
      position += length
      return value
    }
    return nil
  }

  /// Whether only padding, plain or as `%3D`, is left.
  func isAtEnd(of text: Span<UInt8>) -> Bool {
    var index = position
    while index < text.count {
      if text[index] == UInt8(ascii: "=") {
        index += 1
      } else if Self.escaped(at: index, in: text) == UInt8(ascii: "=") {
        index += 3
      } else if layout == .lines, let length = wrapping(at: index, in: text) {
        index += length
      } else {
        return false
      }
    }
    return true
  }

  private static func character(
    at index: Int, in text: Span<UInt8>
  ) -> (value: UInt32, length: Int)? {
    if let value = base64Value(of: text[index]) { return (value, 1) }
    if let byte = escaped(at: index, in: text) { return base64Value(of: byte).map { ($0, 3) } }
    var slash = index
    while slash < text.count, text[slash] == UInt8(ascii: "\\") { slash += 1 }
    let isSlash = slash > index && slash < text.count && text[slash] == UInt8(ascii: "/")
    return isSlash ? (63, slash + 1 - index) : nil
  }

  /// What `%2B` stands for.
  private static func escaped(at index: Int, in text: Span<UInt8>) -> UInt8? {
    guard index + 2 < text.count, text[index] == UInt8(ascii: "%"),
      let high = hexNibble(text[index + 1]), let low = hexNibble(text[index + 2])
    else { return nil }
    return high << 4 | low
  }

  /// How many bytes at `index` only separate lines; nil if none.
  private func wrapping(at index: Int, in text: Span<UInt8>) -> Int? {
    switch text[index] {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"),
      UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ","), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "#"), UInt8(ascii: "*"):
      return 1
    case UInt8(ascii: "+"):
      // "…" + at the end of a line of code; in the base64 itself no blank stands before it.
      let before = index > 0 ? text[index - 1] : 0
      return before == UInt8(ascii: " ") || before == UInt8(ascii: "\t") ? 1 : nil
    case UInt8(ascii: "\\"):
      var end = index
      while end < text.count, text[end] == UInt8(ascii: "\\") { end += 1 }
      guard end < text.count else { return end - index }
      switch text[end] {
      case UInt8(ascii: "n"), UInt8(ascii: "r"): return end + 1 - index
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        return end - index
      default: return nil
      }
    default: return nil
    }
  }
}

/// The value of a character of base64 or base64url.
func base64Value(of byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - 0x41)
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - 0x61 + 26)
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30 + 52)
  case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
  case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
  default: nil
  }
}

func base64Character(_ value: UInt32, isURLSafe: Bool = false) -> UInt8 {
  switch value {
  case 0..<26: 0x41 + UInt8(value)
  case 26..<52: 0x61 + UInt8(value - 26)
  case 52..<62: 0x30 + UInt8(value - 52)
  case 62: UInt8(ascii: isURLSafe ? "-" : "+")
  default: UInt8(ascii: isURLSafe ? "_" : "/")
  }
}
