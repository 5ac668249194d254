/// A private key whose lines stand behind prefixes: where each line of the key is.
///
/// The first line, with the header, says in which column the key stands. A line goes on with the
/// key if its text in that column, give or take a few bytes, is a full line of base64, a shorter
/// last one behind such, a header field or nothing, or the footer, which ends it.
struct PrefixedKey {
  /// How far the column may move: digits of a time, of a process.
  static let slack = 12
  /// What may follow a line of the key: the rest of a JSON record.
  static let longestSuffix = 512
  /// Most lines of a key.
  static let mostLines = 200
  private static let fullLine = 48...80

  /// The text of each line in order, the header's first.
  private(set) var lines: [Range<Int>] = []
  /// Whether the footer was seen.
  private(set) var isWhole = false
  /// One past the last line that belongs to the key, with its line end.
  private(set) var end: Int
  /// Whether the bytes at hand are too few to say where it ends.
  private(set) var isOpen = false

  init(in bytes: Span<UInt8>, headerAt start: Int, floor: Int) {
    var lineStart = start
    while lineStart > floor, bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
    let column = start - lineStart
    var rest = bytes.extracting(start...).firstIndex(of: UInt8(ascii: "\n")).map { start + $0 + 1 }
    lines = [start..<Self.dashesEnd(in: bytes, from: start + 5)]
    end = rest ?? bytes.count
    isOpen = end == bytes.count
    var hasFullLine = false
    while let from = rest, from < bytes.count, lines.count < Self.mostLines {
      let length = bytes.extracting(from...).firstIndex(of: UInt8(ascii: "\n"))
      let lineEnd = length.map { from + $0 } ?? bytes.count
      isOpen = length == nil
      guard let text = Self.text(in: bytes, from..<lineEnd, column: column, hasFullLine) else {
        return
      }
      lines.append(text)
      end = length == nil ? lineEnd : lineEnd + 1
      if bytes[text.lowerBound] == UInt8(ascii: "-") {
        isWhole = true
        return
      }
      isOpen = end == bytes.count
      hasFullLine = hasFullLine || Self.fullLine.contains(text.count)
      rest = length == nil ? nil : lineEnd + 1
    }
  }

  /// The part of a line that is the key's.
  private static func text(
    in bytes: Span<UInt8>, _ line: Range<Int>, column: Int, _ hasFullLine: Bool
  ) -> Range<Int>? {
    let low = max(line.lowerBound, line.lowerBound + column - slack)
    let high = min(line.upperBound, line.lowerBound + column + slack + 1)
    guard low < high else { return nil }
    var best: Range<Int>?
    func distance(_ start: Int) -> Int { abs(start - line.lowerBound - column) }
    for start in low..<high {
      if start + 8 <= line.upperBound, bytes[start] == UInt8(ascii: "-"),
        bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 5] == UInt8(ascii: "E"),
        bytes[start + 6] == UInt8(ascii: "N"), bytes[start + 7] == UInt8(ascii: "D")
      {
        return start..<min(dashesEnd(in: bytes, from: start + 5), line.upperBound)
      }
      guard isKeyByte(bytes[start]),
        start == line.lowerBound || !isKeyByte(bytes[start - 1]) || isEscapeEnd(bytes, start)
      else { continue }
      var end = start
      while end < line.upperBound, isKeyByte(bytes[end]) { end += 1 }
      let isFull = fullLine.contains(end - start)
      guard isFull || hasFullLine && distance(start) <= 2 else { continue }
      if let known = best, distance(known.lowerBound) <= distance(start) { continue }
      best = start..<end
    }
    return best
  }

  private static func isKeyByte(_ byte: UInt8) -> Bool {
    EncodedRun.value(byte) < 64 && byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_")
      || byte == UInt8(ascii: "=")
  }

  private static func isEscapeEnd(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    start >= 2 && bytes[start - 2] == UInt8(ascii: "\\")
  }

  /// One past the dashes that end a header or a footer whose words begin at `start`.
  private static func dashesEnd(in bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] != UInt8(ascii: "-"), bytes[index] >= 0x20 {
      index += 1
    }
    while index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    return index
  }

  /// Writes the key as it was.
  ///
  /// - Returns: where the text goes on.
  func decode(_ bytes: Span<UInt8>, from start: Int, into view: ViewText) -> Int {
    for (number, line) in lines.enumerated() {
      for index in line { view.append(bytes[index], from: index, to: index + 1, by: .lines) }
      if number < lines.count - 1 || !isWhole {
        view.append(0x0A, from: line.upperBound, to: line.upperBound, by: .lines)
      }
    }
    return max(lines.last?.upperBound ?? start, start + 5)
  }
}
