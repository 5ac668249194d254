/// How a value may be written in the stream.
enum ExactForm: UInt8, CaseIterable {
  /// As it is, or with escapes.
  case text
  case hexadecimal
  /// In base64, beginning at the first, second or third byte of a group of three.
  case base64First, base64Second, base64Third

  static var count: Int { 5 }

  /// Bytes of the group of three that stand before the value.
  var bytesBefore: Int {
    switch self {
    case .base64Second: 1
    case .base64Third: 2
    case .text, .hexadecimal, .base64First: 0
    }
  }

  /// Calls `mark` with the first two bytes of every way to write the value; some may be named
  /// that cannot be, none is left out.
  func forEachBeginning(of value: Span<UInt8>, _ mark: (UInt8, UInt8) -> Void) {
    switch self {
    case .text: Self.textBeginnings(of: value, mark)
    case .hexadecimal:
      for high in Self.hexDigits(value[0] >> 4) {
        for low in Self.hexDigits(value[0] & 15) { mark(high, low) }
      }
    case .base64First, .base64Second, .base64Third: base64Beginnings(of: value, mark)
    }
  }

  private static func textBeginnings(of value: Span<UInt8>, _ mark: (UInt8, UInt8) -> Void) {
    let (first, second) = (value[0], value[1])
    mark(first, second)
    for opener in Escape.openers { mark(first, opener) }
    if second == 0x0A { mark(first, 0x0D) }
    if first == 0x0A { mark(0x0D, 0x0A) }
    // An escape for the first byte. That of a letter outside of ASCII stands for several bytes.
    let backslash = UInt8(ascii: "\\")
    mark(backslash, UInt8(ascii: "u"))
    mark(backslash, UInt8(ascii: "x"))
    for letter in Escape.backslashLetters(for: first) { mark(backslash, letter) }
    for digit in hexDigits(first >> 4) { mark(UInt8(ascii: "%"), digit) }
    mark(UInt8(ascii: "&"), UInt8(ascii: "#"))
    if let entity = Escape.entities.first(where: { $0.byte == first }) {
      for name in entity.names { mark(UInt8(ascii: "&"), name[0]) }
    }
  }

  private func base64Beginnings(of value: Span<UInt8>, _ mark: (UInt8, UInt8) -> Void) {
    let number = Base64Sextets.first(self)
    let first = Base64Sextets.sextet(of: value, at: number, self)
    let second = Base64Sextets.sextet(of: value, at: number + 1, self)
    let percent = UInt8(ascii: "%")
    let backslash = UInt8(ascii: "\\")
    var seconds: [UInt8] = []
    for code in 0..<UInt8(64) where code & second.mask == second.code {
      seconds += Base64Sextets.characters(for: code)
      if code >= 62 { seconds += [percent, backslash] }
    }
    for code in 0..<UInt8(64) where code & first.mask == first.code {
      for character in Base64Sextets.characters(for: code) {
        for next in seconds { mark(character, next) }
      }
      if code >= 62 {
        for digit in Self.hexDigits(2) { mark(percent, digit) }
        mark(backslash, UInt8(ascii: "u"))
        mark(backslash, UInt8(ascii: "x"))
        mark(backslash, UInt8(ascii: "/"))
      }
    }
  }

  private static func hexDigits(_ nibble: UInt8) -> [UInt8] {
    nibble < 10 ? [0x30 + nibble] : [0x37 + nibble, 0x57 + nibble]
  }
}
