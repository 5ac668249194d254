extension Decoder {
  /// Backslash escapes, percent-encoding, entities and terminal sequences, all at once.
  ///
  /// What stands before the first that can hide something stays as it is: up to there the scans of
  /// the text and of the view see the same bytes, so that what the first has settled is settled.
  static func decodeEscapes(_ source: borrowing DecodingSource, into view: ViewText) -> Bool {
    let bytes = source.bytes
    var isTelling = false
    /// All before it is in the view.
    var done = 0
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"), UInt8(ascii: "%"), UInt8(ascii: "&"), 0x1B:
        guard case .escape(let escape) = EscapeSequence.read(in: bytes, at: index) else { break }
        let end = index + escape.length
        if escape.isTelling && !isTelling {
          isTelling = source.isNew(index..<end)
          if isTelling { view.noteEscapes(from: index) }
        }
        guard isTelling else { break }
        view.copy(bytes, done..<index)
        for place in 0..<escape.outputCount {
          view.append(
            UInt8(truncatingIfNeeded: escape.output >> UInt32(8 * place)), from: index, to: end,
            by: escape.encoding)
        }
        if escape.outputCount == 0 { view.touch(escape.encoding) }
        index = end
        done = end
        continue
      default: break
      }
      index += 1
    }
    guard isTelling else { return false }
    view.copy(bytes, done..<bytes.count)
    return true
  }

  /// RFC 2045 §6.7, from the first on that is certain.
  static func decodeQuotedPrintable(
    _ source: borrowing DecodingSource, into view: ViewText
  ) -> Bool {
    let bytes = source.bytes
    var isTelling = false
    var lineStart = 0
    /// All before it is in the view.
    var done = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "=") {
        if let end = softBreakEnd(in: bytes, at: index, lineStart: lineStart) {
          isTelling = isTelling || source.isNew(index..<end)
          view.copy(bytes, done..<index)
          view.touch(.quotedPrintable)
          index = end
          done = end
          lineStart = end
          continue
        }
        if index + 2 < bytes.count, let high = capitalHexValue(bytes[index + 1]),
          let low = capitalHexValue(bytes[index + 2])
        {
          let value = high << 4 | low
          if value == UInt8(ascii: "="), !isTelling { isTelling = source.isNew(index..<index + 3) }
          if isTelling {
            view.copy(bytes, done..<index)
            view.append(value, from: index, to: index + 3, by: .quotedPrintable)
            index += 3
            done = index
            continue
          }
        }
      }
      index += 1
      if byte == UInt8(ascii: "\n") { lineStart = index }
    }
    guard isTelling else { return false }
    view.copy(bytes, done..<bytes.count)
    return true
  }

  /// Lengths of a line that its writer breaks: none is longer than 76, and none is broken earlier
  /// than a character of three bytes makes necessary.
  static let brokenLineLengths = 74...76

  /// The end of the soft line break that the `=` at `index` begins.
  static func softBreakEnd(in bytes: Span<UInt8>, at index: Int, lineStart: Int) -> Int? {
    guard mayBreak(bytes, at: index, lineStart: lineStart), index + 1 < bytes.count else {
      return nil
    }
    if bytes[index + 1] == UInt8(ascii: "\n") { return index + 2 }
    guard bytes[index + 1] == UInt8(ascii: "\r"), index + 2 < bytes.count,
      bytes[index + 2] == UInt8(ascii: "\n")
    else { return nil }
    return index + 3
  }

  /// Whether a line of this length may be broken by the `=` at `index`, which may as well be the end
  /// of base64.
  static func mayBreak(_ bytes: Span<UInt8>, at index: Int, lineStart: Int) -> Bool {
    let length = index + 1 - lineStart
    guard brokenLineLengths.contains(length), bytes[index - 1] != UInt8(ascii: "=") else {
      return false
    }
    let run = index - EncodedRun.start(in: bytes, before: index, floor: lineStart)
    return length == brokenLineLengths.upperBound || run < 16 || run % 4 != 3
  }

  private static func capitalHexValue(_ byte: UInt8) -> UInt8? {
    byte &- 0x61 < 6 ? nil : hexValue(byte)
  }
}
