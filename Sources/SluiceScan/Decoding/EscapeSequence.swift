/// One escape: what it is written with, and what it stands for.
struct EscapeSequence: BitwiseCopyable {
  let length: Int
  let encoding: Encodings
  /// The bytes it stands for, the first in the lowest bits.
  let output: UInt32
  let outputCount: Int
  /// Whether it can hide something.
  ///
  /// A quote and a line end that are escaped hide nothing: rules
  /// take them for what they are.
  let isTelling: Bool

  enum Reading {
    case none
    /// The bytes at hand are too few to decide.
    case unfinished
    case escape(EscapeSequence)
  }

  private init(
    _ encoding: Encodings, length: Int, output: UInt32, count: Int = 1, isTelling: Bool = true
  ) {
    self.encoding = encoding
    self.length = length
    self.output = output
    outputCount = count
    self.isTelling = isTelling
  }

  /// Reads the escape that begins at `index`.
  static func read(in bytes: Span<UInt8>, at index: Int) -> Reading {
    switch bytes[index] {
    case UInt8(ascii: "\\"): backslash(in: bytes, at: index)
    case UInt8(ascii: "%"): percent(in: bytes, at: index)
    case UInt8(ascii: "&"): entity(in: bytes, at: index)
    case 0x1B: terminal(in: bytes, at: index)
    default: .none
    }
  }

  // MARK: - Backslash

  private static func backslash(in bytes: Span<UInt8>, at index: Int) -> Reading {
    guard index + 1 < bytes.count else { return .unfinished }
    let next = bytes[index + 1]
    let plain: UInt8? =
      switch next {
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"): next
      default: nil
      }
    if next == UInt8(ascii: "\\") { return escapedBackslash(in: bytes, at: index) }
    if let plain {
      return .escape(
        EscapeSequence(
          .json, length: 2, output: UInt32(plain), isTelling: next == UInt8(ascii: "/")))
    }
    if next == UInt8(ascii: "x") {
      return number(in: bytes, at: index + 2, digits: 2) { value in
        .escape(EscapeSequence(.json, length: 4, output: value))
      }
    }
    guard next == UInt8(ascii: "u") else { return .none }
    return number(in: bytes, at: index + 2, digits: 4) { value in
      guard value & 0xFC00 == 0xD800, index + 12 <= bytes.count,
        bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
        case .escape(let low) = number(
          in: bytes, at: index + 8, digits: 4,
          then: { .escape(EscapeSequence(.json, length: 0, output: $0)) }),
        low.output & 0xFC00 == 0xDC00
      else { return .escape(character(value, length: 6, encoding: .json)) }
      let scalar = 0x10000 + (value & 0x3FF) << 10 + low.output & 0x3FF
      return .escape(character(scalar, length: 12, encoding: .json))
    }
  }

  /// Most backslashes in a row of which the first is told by what stands behind the last.
  static let longestBackslashes = 16

  /// Hides something if what it leaves is the start of an escape that does.
  private static func escapedBackslash(in bytes: Span<UInt8>, at index: Int) -> Reading {
    var next = index + 2
    let last = index + longestBackslashes
    while next < last, next < bytes.count, bytes[next] == UInt8(ascii: "\\") { next += 1 }
    guard next < bytes.count else { return .unfinished }
    let isTelling =
      bytes[next] == UInt8(ascii: "u") || bytes[next] == UInt8(ascii: "x")
      || bytes[next] == UInt8(ascii: "/")
    return .escape(
      EscapeSequence(.json, length: 2, output: UInt32(UInt8(ascii: "\\")), isTelling: isTelling))
  }

  private static func percent(in bytes: Span<UInt8>, at index: Int) -> Reading {
    number(in: bytes, at: index + 1, digits: 2) { value in
      .escape(EscapeSequence(.percent, length: 3, output: value))
    }
  }

  /// A hexadecimal number of so many digits.
  private static func number(
    in bytes: Span<UInt8>, at start: Int, digits: Int, then make: (UInt32) -> Reading
  ) -> Reading {
    var value: UInt32 = 0
    for index in start..<start + digits {
      guard index < bytes.count else { return .unfinished }
      guard let digit = hexValue(bytes[index]) else { return .none }
      value = value << 4 | UInt32(digit)
    }
    return make(value)
  }

  /// A character as UTF-8; one that Unicode does not have becomes U+FFFD.
  private static func character(_ value: UInt32, length: Int, encoding: Encodings) -> EscapeSequence
  {
    let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
    var output: UInt32 = 0
    var count = 0
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
      output |= UInt32(byte) << UInt32(8 * count)
      count += 1
    }
    return EscapeSequence(encoding, length: length, output: output, count: count)
  }

  // MARK: - Entities

  private static let entities: [(name: [UInt8], byte: UInt8)] = [
    ("amp;", "&"), ("lt;", "<"), ("gt;", ">"), ("quot;", "\""), ("apos;", "'"), ("nbsp;", " "),
  ].map { (Array($0.0.utf8), UInt8(ascii: $0.1)) }

  private static func entity(in bytes: Span<UInt8>, at index: Int) -> Reading {
    guard index + 1 < bytes.count else { return .unfinished }
    if bytes[index + 1] == UInt8(ascii: "#") { return numericEntity(in: bytes, at: index) }
    for (name, byte) in entities {
      var matched = 0
      while matched < name.count, index + 1 + matched < bytes.count,
        bytes[index + 1 + matched] == name[matched]
      { matched += 1 }
      if matched == name.count {
        return .escape(EscapeSequence(.entity, length: 1 + matched, output: UInt32(byte)))
      }
      if index + 1 + matched == bytes.count { return .unfinished }
    }
    return .none
  }

  private static func numericEntity(in bytes: Span<UInt8>, at index: Int) -> Reading {
    guard index + 2 < bytes.count else { return .unfinished }
    let isHexadecimal = bytes[index + 2] | 0x20 == UInt8(ascii: "x")
    let start = index + (isHexadecimal ? 3 : 2)
    var value: UInt32 = 0
    for place in start..<start + 8 {
      guard place < bytes.count else { return .unfinished }
      if bytes[place] == UInt8(ascii: ";"), place > start {
        return .escape(character(value, length: place + 1 - index, encoding: .entity))
      }
      guard let digit = hexValue(bytes[place]), isHexadecimal || digit < 10 else { return .none }
      value = value * (isHexadecimal ? 16 : 10) + UInt32(digit)
    }
    return .none
  }

  // MARK: - Terminal sequences

  /// Longest sequence that is left out; what is longer is taken for text.
  static let longestSequence = 256

  /// ECMA-48 §5.4: control sequences; ISO 2022 escapes; operating system commands.
  private static func terminal(in bytes: Span<UInt8>, at index: Int) -> Reading {
    guard index + 1 < bytes.count else { return .unfinished }
    let end = min(bytes.count, index + longestSequence)
    var place = index + 2
    switch bytes[index + 1] {
    case UInt8(ascii: "["):
      while place < end, bytes[place] & 0xF0 == 0x30 { place += 1 }
      while place < end, bytes[place] & 0xF0 == 0x20 { place += 1 }
      guard place < end else { return end == bytes.count ? .unfinished : .none }
      return bytes[place] &- 0x40 < 0x3F ? sequence(from: index, through: place) : .none
    case UInt8(ascii: "]"):
      while place < end {
        if bytes[place] == 0x07 { return sequence(from: index, through: place) }
        if bytes[place] == 0x1B, place + 1 < end, bytes[place + 1] == UInt8(ascii: "\\") {
          return sequence(from: index, through: place + 1)
        }
        if bytes[place] == UInt8(ascii: "\n") { return .none }
        place += 1
      }
      return end == bytes.count ? .unfinished : .none
    case 0x20...0x2F:
      while place < end, bytes[place] & 0xF0 == 0x20 { place += 1 }
      guard place < end else { return end == bytes.count ? .unfinished : .none }
      return bytes[place] &- 0x30 < 0x4F ? sequence(from: index, through: place) : .none
    case 0x30...0x7E: return sequence(from: index, through: index + 1)
    default: return .none
    }
  }

  private static func sequence(from start: Int, through last: Int) -> Reading {
    .escape(EscapeSequence(.ansi, length: last + 1 - start, output: 0, count: 0))
  }
}

/// The value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> UInt8? {
  if byte &- 0x30 < 10 { return byte &- 0x30 }
  let letter = byte | 0x20
  return letter &- 0x61 < 6 ? letter &- 0x57 : nil
}
