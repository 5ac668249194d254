/// What stands for a byte where it cannot stand itself.
enum Escape {
  /// How an escape begins; a text uses one kind of them.
  enum Kind: UInt8, CaseIterable {
    case backslash = 0x5C
    case percent = 0x25
    case entity = 0x26
  }

  /// What was read.
  enum Reading {
    /// No escape begins here.
    case none
    /// The text ends before it is known.
    case incomplete
    /// `length` bytes of text stand for the bytes of `decoded`.
    case escape(decoded: Decoded, length: Int)
  }

  /// One to four bytes.
  struct Decoded: BitwiseCopyable {
    private var word: UInt32 = 0
    private(set) var count = 0

    subscript(index: Int) -> UInt8 { UInt8(truncatingIfNeeded: word >> UInt32(8 * index)) }

    init(_ byte: UInt8) { append(byte) }

    /// The UTF-8 of a code point.
    init(scalar: UInt32) {
      if scalar < 0x80 {
        append(UInt8(scalar))
      } else if scalar < 0x800 {
        append(UInt8(0xC0 | scalar >> 6))
        append(UInt8(0x80 | scalar & 0x3F))
      } else if scalar < 0x10000 {
        append(UInt8(0xE0 | scalar >> 12))
        append(UInt8(0x80 | scalar >> 6 & 0x3F))
        append(UInt8(0x80 | scalar & 0x3F))
      } else {
        append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
        append(UInt8(0x80 | scalar >> 12 & 0x3F))
        append(UInt8(0x80 | scalar >> 6 & 0x3F))
        append(UInt8(0x80 | scalar & 0x3F))
      }
    }

    private mutating func append(_ byte: UInt8) {
      word |= UInt32(byte) << UInt32(8 * count)
      count += 1
    }
  }

  static let openers: [UInt8] = Kind.allCases.map(\.rawValue)

  private static let letters: [(letter: UInt8, byte: UInt8)] = [
    (UInt8(ascii: "n"), 0x0A), (UInt8(ascii: "r"), 0x0D), (UInt8(ascii: "t"), 0x09),
    (UInt8(ascii: "b"), 0x08), (UInt8(ascii: "f"), 0x0C), (UInt8(ascii: "v"), 0x0B),
    (UInt8(ascii: "a"), 0x07), (UInt8(ascii: "e"), 0x1B), (UInt8(ascii: "0"), 0x00),
  ]

  static let entities: [(byte: UInt8, names: [[UInt8]])] = [
    (UInt8(ascii: "&"), [Array("amp;".utf8)]), (UInt8(ascii: "<"), [Array("lt;".utf8)]),
    (UInt8(ascii: ">"), [Array("gt;".utf8)]), (UInt8(ascii: "\""), [Array("quot;".utf8)]),
    (UInt8(ascii: "'"), [Array("apos;".utf8)]),
  ]

  /// What may stand behind a backslash for a byte.
  static func backslashLetters(for byte: UInt8) -> [UInt8] {
    letters.filter { $0.byte == byte }.map(\.letter) + (isPunctuation(byte) ? [byte] : [])
  }

  private static func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: false
    default: (0x20...0x7E).contains(byte)
    }
  }

  static func hexValue(_ digit: UInt8) -> UInt32? {
    switch digit {
    case 0x30...0x39: UInt32(digit - 0x30)
    case 0x41...0x46: UInt32(digit - 0x37)
    case 0x61...0x66: UInt32(digit - 0x57)
    default: nil
    }
  }

  /// Reads the escape of a kind that begins at `start`.
  static func read(_ kind: Kind, in text: Span<UInt8>, at start: Int) -> Reading {
    guard start + 1 < text.count else { return .incomplete }
    switch kind {
    case .backslash: return readBackslash(text, at: start)
    case .percent:
      return number(text, from: start + 1, digits: 2) {
        .escape(decoded: Decoded(UInt8($0)), length: 3)
      }
    case .entity: return readEntity(text, at: start)
    }
  }

  private static func readBackslash(_ text: Span<UInt8>, at start: Int) -> Reading {
    let next = text[start + 1]
    if next == UInt8(ascii: "x") {
      return number(text, from: start + 2, digits: 2) {
        .escape(decoded: Decoded(UInt8($0)), length: 4)
      }
    }
    if next == UInt8(ascii: "u") {
      return number(text, from: start + 2, digits: 4) { unit in
        guard (0xD800..<0xDC00).contains(unit) else {
          return .escape(decoded: Decoded(scalar: unit), length: 6)
        }
        return readLowSurrogate(text, at: start + 6, high: unit)
      }
    }
    if let byte = letters.first(where: { $0.letter == next })?.byte {
      return .escape(decoded: Decoded(byte), length: 2)
    }
    return isPunctuation(next) ? .escape(decoded: Decoded(next), length: 2) : .none
  }

  private static func readLowSurrogate(
    _ text: Span<UInt8>, at start: Int, high: UInt32
  ) -> Reading {
    guard start + 1 < text.count else { return .incomplete }
    guard text[start] == UInt8(ascii: "\\"), text[start + 1] == UInt8(ascii: "u") else {
      return .none
    }
    return number(text, from: start + 2, digits: 4) { low in
      guard (0xDC00..<0xE000).contains(low) else { return .none }
      let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
      return .escape(decoded: Decoded(scalar: scalar), length: 12)
    }
  }

  private static func number(
    _ text: Span<UInt8>, from start: Int, digits: Int, _ reading: (UInt32) -> Reading
  ) -> Reading {
    var value: UInt32 = 0
    for index in start..<start + digits {
      guard index < text.count else { return .incomplete }
      guard let digit = hexValue(text[index]) else { return .none }
      value = value << 4 | digit
    }
    return reading(value)
  }

  private static func readEntity(_ text: Span<UInt8>, at start: Int) -> Reading {
    if text[start + 1] == UInt8(ascii: "#") { return readCodePoint(text, at: start) }
    for entity in entities {
      for name in entity.names {
        var length = 0
        while length < name.count, start + 1 + length < text.count,
          text[start + 1 + length] == name[length]
        { length += 1 }
        if length == name.count {
          return .escape(decoded: Decoded(entity.byte), length: 1 + length)
        }
        if start + 1 + length == text.count { return .incomplete }
      }
    }
    return .none
  }

  /// Reads `&#38;` or `&#x26;`.
  private static func readCodePoint(_ text: Span<UInt8>, at start: Int) -> Reading {
    var index = start + 2
    guard index < text.count else { return .incomplete }
    let isHexadecimal = text[index] | 0x20 == UInt8(ascii: "x")
    if isHexadecimal { index += 1 }
    var scalar: UInt32 = 0
    let first = index
    while index < min(text.count, first + 7), text[index] != UInt8(ascii: ";") {
      guard let digit = hexValue(text[index]), isHexadecimal || digit < 10 else { return .none }
      scalar = scalar * (isHexadecimal ? 16 : 10) + digit
      index += 1
    }
    guard index < text.count else { return .incomplete }
    guard index > first, text[index] == UInt8(ascii: ";"), scalar < 0x110000 else { return .none }
    return .escape(decoded: Decoded(scalar: scalar), length: index + 1 - start)
  }
}
