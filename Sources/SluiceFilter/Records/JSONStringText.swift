internal import SluiceScan

/// The text that a JSON string stands for.
enum JSONStringText {
  /// Appends the decoded content of a string, and notes where each byte comes from.
  ///
  /// A lone surrogate becomes U+FFFD; an escape that is none stays as it is.
  ///
  /// - Parameters:
  ///   - record: what holds the string.
  ///   - range: the string without its quotes.
  ///   - output: gets the text; never more bytes than the range has.
  ///   - map: gets the places.
  static func decode(
    _ record: Span<UInt8>, _ range: Range<Int>, to output: inout Window, map: inout TextMap
  ) {
    map.removeAll(recordEnd: range.upperBound)
    var index = range.lowerBound
    while index < range.upperBound {
      let rest = record.extracting(index..<range.upperBound)
      let run = rest.firstIndex(of: UInt8(ascii: "\\")) ?? rest.count
      if run > 0 {
        output.append(rest.extracting(first: run))
        map.add(run, from: index, isEscape: false)
        index += run
      }
      guard index < range.upperBound else { return }
      let escape = escape(in: record.extracting(index..<range.upperBound))
      for byte in escape.bytes { output.append(byte) }
      map.add(escape.bytes.count, from: index, isEscape: true)
      index += escape.length
    }
  }

  /// How long the escape at the start of `bytes` is, and what it stands for.
  static func escape(in bytes: Span<UInt8>) -> (length: Int, bytes: String.UTF8View) {
    guard bytes.count > 1 else { return (1, "\\".utf8) }
    switch bytes[1] {
    case UInt8(ascii: "n"): return (2, "\n".utf8)
    case UInt8(ascii: "t"): return (2, "\t".utf8)
    case UInt8(ascii: "r"): return (2, "\r".utf8)
    case UInt8(ascii: "b"): return (2, "\u{8}".utf8)
    case UInt8(ascii: "f"): return (2, "\u{C}".utf8)
    case UInt8(ascii: "\""): return (2, "\"".utf8)
    case UInt8(ascii: "\\"): return (2, "\\".utf8)
    case UInt8(ascii: "/"): return (2, "/".utf8)
    case UInt8(ascii: "u"): break
    default: return (1, "\\".utf8)
    }
    guard let unit = unit(in: bytes, at: 0) else { return (1, "\\".utf8) }
    if let scalar = Unicode.Scalar(unit) { return (6, String(Character(scalar)).utf8) }
    guard unit < 0xDC00, let low = self.unit(in: bytes, at: 6), (0xDC00..<0xE000).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    else { return (6, "\u{FFFD}".utf8) }
    return (12, String(Character(scalar)).utf8)
  }

  private static func unit(in bytes: Span<UInt8>, at start: Int) -> UInt32? {
    guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"),
      bytes[start + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for index in start + 2..<start + 6 {
      let byte = bytes[index]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
      default: return nil
      }
    }
    return value
  }
}
