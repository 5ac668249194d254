/// The base64 characters of a value whose surroundings are not known (RFC 4648 §4 and §5).
enum Base64Sextets {
  /// The character of the text, counted from the start of the group of three bytes in which the
  /// value begins, that holds the value's first bit.
  static func first(_ form: ExactForm) -> Int { 8 * form.bytesBefore / 6 }

  /// The character that holds the value's last bit.
  static func last(of count: Int, _ form: ExactForm) -> Int {
    (8 * (form.bytesBefore + count) - 1) / 6
  }

  /// The six bits of a character, and which of them the value decides; the others are zero.
  static func sextet(
    of value: Span<UInt8>, at number: Int, _ form: ExactForm
  ) -> (code: UInt8, mask: UInt8) {
    let start = 6 * number - 8 * form.bytesBefore
    var code: UInt8 = 0
    var mask: UInt8 = 0
    for position in start..<start + 6 {
      code <<= 1
      mask <<= 1
      if position >= 0, position < 8 * value.count {
        code |= value[position >> 3] >> UInt8(7 - position & 7) & 1
        mask |= 1
      }
    }
    return (code, mask)
  }

  /// The characters for six bits: two for the last two codes, one of each alphabet.
  static func characters(for code: UInt8) -> [UInt8] {
    switch code {
    case 0..<26: [0x41 + code]
    case 26..<52: [0x61 + code - 26]
    case 52..<62: [0x30 + code - 52]
    case 62: [UInt8(ascii: "+"), UInt8(ascii: "-")]
    default: [UInt8(ascii: "/"), UInt8(ascii: "_")]
    }
  }

  /// The six bits of a character of either alphabet.
  static func code(of character: UInt8) -> UInt8? {
    switch character {
    case 0x41...0x5A: character - 0x41
    case 0x61...0x7A: character - 0x61 + 26
    case 0x30...0x39: character - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
