/// Base64 whose writer broke it into lines (RFC 2045 §6.8: 76 characters, RFC 7468 §2: 64).
///
/// A line goes on in the next one if it ends with a run of such a length that is text to its last
/// group, and the next one is text, too, and holds nothing else between blanks and its end. A secret
/// that the break divides is found in what both decode to.
enum WrappedBase64 {
  /// Characters of a full line; whole groups of four.
  private static let lineLengths = 60...80

  static func isFull(_ run: Range<Int>) -> Bool {
    lineLengths.contains(run.count) && run.count % 4 == 0
  }

  /// The characters in the next line with which a full run goes on.
  ///
  /// - Parameters:
  ///   - run: the characters of a line, which were all decoded.
  ///   - bytes: the text.
  ///   - start: the end of what they decoded to.
  /// - Returns: nil if the run ends where it ends.
  static func continuation(
    of run: Range<Int>, in bytes: Span<UInt8>, after start: PrintableText
  ) -> Range<Int>? {
    guard isFull(run), let index = lineBreakEnd(in: bytes, at: run.upperBound) else { return nil }
    let (next, last) = line(in: bytes, from: index)
    guard !next.isEmpty, last == bytes.count || endsText(bytes[last]),
      isText(next, in: bytes, after: start)
    else { return nil }
    return next
  }

  /// Whether more bytes may tell that a full run goes on, or that it does not.
  ///
  /// - Parameters:
  ///   - run: the characters of a line, which were all decoded.
  ///   - bytes: the text.
  /// - Returns: true if the text ends before that is decided.
  static func isOpen(_ run: Range<Int>, in bytes: Span<UInt8>) -> Bool {
    guard isFull(run) else { return false }
    guard let index = lineBreakEnd(in: bytes, at: run.upperBound) else {
      // A part of a line break at the end of what is known.
      var index = run.upperBound
      while index < bytes.count, isPartOfLineBreak(bytes[index]) { index += 1 }
      return index == bytes.count
    }
    return line(in: bytes, from: index).end == bytes.count
  }

  /// The characters of a line behind its blanks, and where they and their padding end.
  private static func line(
    in bytes: Span<UInt8>, from start: Int
  ) -> (characters: Range<Int>, end: Int) {
    var index = start
    while index < bytes.count, isBlank(bytes[index]) { index += 1 }
    let end = EncodedRun.end(in: bytes, from: index)
    var last = end
    while last < bytes.count, last < end + 2, bytes[last] == UInt8(ascii: "=") { last += 1 }
    return (index..<end, last)
  }

  /// Whether a line may go on in the next one.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - line: without its line feed; its carriage return may be there.
  /// - Returns: whether it ends with a full run that is text to its last group.
  static func mayGoOn(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    var end = line.upperBound
    if end > line.lowerBound, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let start = EncodedRun.start(in: bytes, before: end, floor: line.lowerBound)
    // It may begin in the middle of a character.
    return isFull(start..<end)
      && (0...3).contains {
        isText(start..<end, in: bytes, after: PrintableText(missing: $0))
      }
  }

  /// Whether all of a run decodes to text that goes on behind another.
  private static func isText(
    _ run: Range<Int>, in bytes: Span<UInt8>, after start: PrintableText
  ) -> Bool {
    var text = start
    for group in stride(from: run.lowerBound, to: run.upperBound, by: 4) {
      let known = min(4, run.upperBound - group)
      guard known > 1,
        text.accepts(
          group: EncodedRun.group(group..<group + known, in: bytes), count: known - 1)
      else { return false }
    }
    return true
  }

  /// One past the line break at `index`, which may be written as an escape.
  private static func lineBreakEnd(in bytes: Span<UInt8>, at index: Int) -> Int? {
    let first = end(of: UInt8(ascii: "\r"), letter: UInt8(ascii: "r"), in: bytes, at: index)
    return end(of: UInt8(ascii: "\n"), letter: UInt8(ascii: "n"), in: bytes, at: first ?? index)
  }

  /// One past a byte, or past its letter behind backslashes; nil if none of both is at `index`.
  private static func end(
    of byte: UInt8, letter: UInt8, in bytes: Span<UInt8>, at index: Int
  ) -> Int? {
    var place = index
    while place < bytes.count, bytes[place] == UInt8(ascii: "\\"),
      place - index < EscapeSequence.longestBackslashes
    {
      place += 1
    }
    guard place < bytes.count, bytes[place] == (place > index ? letter : byte) else { return nil }
    return place + 1
  }

  private static func isPartOfLineBreak(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "r")
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// Whether base64 may end before the byte: at a line's end, a quote, a tag, an escape, the end of
  /// a field.
  private static func endsText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x0A, 0x0D, UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: "\\"),
      UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: ","):
      true
    default: false
    }
  }
}
