/// A run of base64, base64url or hexadecimal digits whose beginning decodes to printable text.
///
/// Random digits do so once in 10^7 times (24 characters of base64) to once in 10^5 (of
/// hexadecimal); a rule must match what they decode to besides.
struct EncodedRun: BitwiseCopyable {
  /// Characters that must decode to printable ASCII.
  static let shortest = 24

  /// The first character that is decoded; what stands before it in the run is not.
  let start: Int
  /// One past the run's last character; padding comes behind it.
  let end: Int
  let encoding: Encodings

  enum Reading {
    case none, unfinished
    case run(EncodedRun)
  }

  /// Whether the byte is in the alphabets of RFC 4648 §4 and §5.
  static func contains(_ byte: UInt8) -> Bool { value(byte) < 64 }

  /// What a character stands for; 64 for all others.
  static func value(_ byte: UInt8) -> UInt8 {
    switch byte {
    case 0x41...0x5A: byte &- 0x41
    case 0x61...0x7A: byte &- 0x47
    case 0x30...0x39: byte &+ 4
    case 0x2B, 0x2D: 62
    case 0x2F, 0x5F: 63
    default: 64
    }
  }

  /// Printable ASCII, tab and line ends.
  static func isPlain(_ byte: UInt8) -> Bool {
    byte &- 0x20 < 0x5F || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  /// The end of the run that `index` lies in, or a place in it at least `limit` further on.
  static func end(in bytes: Span<UInt8>, from index: Int, limit: Int = .max) -> Int {
    var end = index
    let last = min(bytes.count - index, limit) + index
    while end < last, contains(bytes[end]) { end &+= 1 }
    return end
  }

  /// The start of the run that `index` lies in, `floor` at the earliest.
  static func start(in bytes: Span<UInt8>, before index: Int, floor: Int) -> Int {
    var start = index
    while start > floor, contains(bytes[start &- 1]) { start &-= 1 }
    return start
  }

  /// Reads the run between two places that are its ends.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - range: the run.
  ///   - isCut: whether the text was cut where the run begins, so that its alignment is unknown.
  ///   - isFinal: whether nothing follows the text.
  /// - Returns: what it is.
  static func read(
    in bytes: Span<UInt8>, _ range: Range<Int>, isCut: Bool, isFinal: Bool
  ) -> Reading {
    let first = afterEscape(in: bytes, range)
    var isUnfinished = false
    for start in first..<first + (isCut ? 4 : 1) where start < range.upperBound {
      let known = min(range.upperBound - start, shortest)
      let encoding: Encodings? =
        isHexadecimal(bytes, start, known)
        ? .hex : isBase64(bytes, start, known) ? .base64 : nil
      guard let encoding else { continue }
      if known == shortest {
        return .run(EncodedRun(start: start, end: range.upperBound, encoding: encoding))
      }
      isUnfinished = !isFinal && range.upperBound == bytes.count
    }
    return isUnfinished ? .unfinished : .none
  }

  /// A run behind an escape seems to begin with the escape's last characters, and a hexadecimal one
  /// may begin with `0x`.
  private static func afterEscape(in bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    var start = range.lowerBound
    if start > 0 { start += escapeLength(in: bytes, at: start) }
    if start + 1 < range.upperBound, bytes[start] == UInt8(ascii: "0"),
      bytes[start + 1] == UInt8(ascii: "x")
    {
      start += 2
    }
    return min(start, range.upperBound)
  }

  private static func escapeLength(in bytes: Span<UInt8>, at start: Int) -> Int {
    switch bytes[start - 1] {
    case UInt8(ascii: "%"): 2
    case UInt8(ascii: "\\"):
      switch bytes[start] {
      case UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"): 1
      case UInt8(ascii: "x"): 3
      case UInt8(ascii: "u"): 5
      default: 0
      }
    default: 0
    }
  }

  private static func isHexadecimal(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Bool {
    for index in stride(from: start, to: start + count, by: 2) {
      guard let high = hexValue(bytes[index]) else { return false }
      guard index + 1 < start + count else { return high &- 2 < 6 || high == 0 }
      guard let low = hexValue(bytes[index + 1]), isPlain(high << 4 | low) else { return false }
    }
    return true
  }

  /// What a group of at most four characters of base64 stands for, the first byte in bits 16 to 23;
  /// characters that are not there count as zeros.
  static func group(_ characters: Range<Int>, in bytes: Span<UInt8>) -> UInt32 {
    var bits: UInt32 = 0
    for place in characters { bits = bits << 6 | UInt32(value(bytes[place])) }
    return bits << UInt32(6 * (4 - characters.count))
  }

  private static func isBase64(_ bytes: Span<UInt8>, _ start: Int, _ count: Int) -> Bool {
    for index in stride(from: start, to: start + count, by: 4) {
      let known = min(4, start + count - index)
      let bits = group(index..<index + known, in: bytes)
      let whole = (UInt8(bits >> 16), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF))
      // The upper six bits of a plain byte are those of one with the lower two clear, but for the
      // controls; those with the lower two set to 1 catch tab and CR, those to 2 the line feed.
      if known == 1, !(0...3).contains(where: { isPlain(whole.0 | $0) }) { return false }
      if known > 1, !isPlain(whole.0) { return false }
      if known > 2, !isPlain(whole.1) { return false }
      if known > 3, !isPlain(whole.2) { return false }
    }
    return true
  }
}
