/// A private key of several lines in UTF-16, as PowerShell's `>` writes it: where it ends.
///
/// Its lines are one block from the header to the footer, or as many lines as a key may have, or up
/// to a line that is no UTF-16.
struct WideKey {
  /// One past the last line that belongs to the key, with its line end.
  private(set) var end: Int
  /// Whether the bytes at hand are too few to say where it ends.
  private(set) var isOpen = false

  private static let opening = wide("-BEGIN ")
  private static let kind = wide("PRIVATE KEY")
  private static let closing = wide("-END ")

  /// Nil if no key begins in the line, or if all of it is there.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - line: a line, without its line feed.
  init?(in bytes: Span<UInt8>, headerIn line: Range<Int>) {
    guard bytes.extracting(line).firstIndex(of: 0) != nil,
      let opening = Self.place(of: Self.opening, in: bytes, line),
      let kind = Self.place(of: Self.kind, in: bytes, opening..<line.upperBound),
      Self.place(of: Self.closing, in: bytes, kind..<line.upperBound) == nil
    else { return nil }
    end = min(line.upperBound + 1, bytes.count)
    for _ in 1..<PrefixedKey.mostLines {
      guard let length = bytes.extracting(end...).firstIndex(of: UInt8(ascii: "\n")) else {
        isOpen = true
        return
      }
      let line = end..<end + length
      // The line feed's other half stands at one of its ends, a text on all of them.
      guard bytes.extracting(line).firstIndex(of: 0) != nil else { return }
      end = line.upperBound + 1
      guard Self.place(of: Self.closing, in: bytes, line) == nil else { return }
    }
  }

  private static func wide(_ text: String) -> [UInt8] {
    Array(text.utf8.flatMap { [$0, 0] }.dropLast())
  }

  private static func place(of text: [UInt8], in bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var index = range.lowerBound
    while index + text.count <= range.upperBound,
      let next = bytes.extracting(index..<range.upperBound - text.count + 1)
        .firstIndex(of: text[0])
    {
      index += next
      if text.indices.allSatisfy({ bytes[index + $0] == text[$0] }) { return index }
      index += 1
    }
    return nil
  }
}
