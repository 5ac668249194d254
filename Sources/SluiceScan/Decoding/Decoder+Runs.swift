extension Decoder {
  /// Base64, base64url and hexadecimal digits that decode to text.
  static func decodeRuns(_ source: borrowing DecodingSource, into view: ViewText) -> Bool {
    let bytes = source.bytes
    var isTelling = false
    /// All before it is in the view.
    var done = 0
    var index = 0
    while index < bytes.count {
      guard EncodedRun.contains(bytes[index]) else {
        index += 1
        continue
      }
      var end = EncodedRun.end(in: bytes, from: index)
      var reading = EncodedRun.Reading.none
      // A run that lies in old text was decoded when that was new.
      if end - index >= EncodedRun.shortest, source.isNew(index - 1..<end + 1) {
        reading = EncodedRun.read(
          in: bytes, index..<end, isCut: source.isCut && index == 0, isFinal: true)
      }
      if case .run(let run) = reading {
        isTelling = true
        view.copy(bytes, done..<run.start)
        if run.encoding == .hex {
          done = decodeHexadecimal(run, in: bytes, into: view)
        } else {
          (done, end) = decodeBase64(run, in: bytes, into: view)
        }
      }
      // Padding lies behind the end of the run.
      index = max(end, done)
    }
    guard isTelling else { return false }
    view.copy(bytes, done..<bytes.count)
    return true
  }

  /// - Returns: the first character that was not decoded.
  private static func decodeHexadecimal(
    _ run: EncodedRun, in bytes: Span<UInt8>, into view: ViewText
  ) -> Int {
    var index = run.start
    while index + 1 < run.end, let high = hexValue(bytes[index]),
      let low = hexValue(bytes[index + 1]), EncodedRun.isPlain(high << 4 | low)
    {
      view.append(high << 4 | low, from: index, to: index + 2, by: .hex)
      index += 2
    }
    return index
  }

  /// Decodes groups of four characters for as long as they are printable UTF-8, over line breaks if
  /// the text was broken into lines.
  ///
  /// Each byte comes from its whole group: a mask takes the place of groups.
  ///
  /// - Returns: the first character that was not decoded, and the end of the run that it is in.
  private static func decodeBase64(
    _ run: EncodedRun, in bytes: Span<UInt8>, into view: ViewText
  ) -> (Int, Int) {
    var text = PrintableText()
    var line = run.start..<run.end
    while true {
      let index = decodeGroups(line, in: bytes, &text, into: view)
      guard index == line.upperBound else { return (index, line.upperBound) }
      // With more of the text, other bytes may follow here.
      if WrappedBase64.isOpen(line, in: bytes) { view.markOpen() }
      guard let next = WrappedBase64.continuation(of: line, in: bytes, after: text) else {
        return (index, line.upperBound)
      }
      view.touch(.base64)
      line = next
    }
  }

  /// Decodes a run, or what of it is printable together with the text before it.
  ///
  /// - Returns: the first character that was not decoded, or one past the padding.
  private static func decodeGroups(
    _ run: Range<Int>, in bytes: Span<UInt8>, _ text: inout PrintableText, into view: ViewText
  ) -> Int {
    var index = run.lowerBound
    while index < run.upperBound {
      let known = min(4, run.upperBound - index)
      guard known > 1 else { return index }
      let bits = EncodedRun.group(index..<index + known, in: bytes)
      var next = text
      guard next.accepts(group: bits, count: known - 1) else { return index }
      text = next
      var end = index + known
      var padding = 4 - known
      while padding > 0, end < bytes.count, bytes[end] == UInt8(ascii: "=") {
        end += 1
        padding -= 1
      }
      for place in 0..<known - 1 {
        view.append(
          UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place)), from: index, to: end,
          by: .base64)
      }
      index = end
    }
    return index
  }
}

/// Follows a text byte by byte and says whether it is printable UTF-8 so far.
struct PrintableText: BitwiseCopyable {
  private var missing: UInt8

  /// - Parameter missing: bytes of a character that are still to come.
  init(missing: UInt8 = 0) { self.missing = missing }

  /// - Parameters:
  ///   - group: what `EncodedRun.group` gives.
  ///   - count: how many bytes of it.
  /// - Returns: whether all of them go on with the text.
  mutating func accepts(group: UInt32, count: Int) -> Bool {
    for place in 0..<count {
      guard accepts(UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place))) else {
        return false
      }
    }
    return true
  }

  private mutating func accepts(_ byte: UInt8) -> Bool {
    if missing > 0 {
      missing -= 1
      return byte & 0xC0 == 0x80
    }
    switch byte {
    case 0xC2...0xDF: missing = 1
    case 0xE0...0xEF: missing = 2
    case 0xF0...0xF4: missing = 3
    default: return EncodedRun.isPlain(byte)
    }
    return true
  }
}
