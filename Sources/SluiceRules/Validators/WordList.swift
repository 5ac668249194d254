/// Words in lower case, found in a value in any case; by first byte, so that the words that can
/// begin at a byte are looked up and not tried in turn.
struct WordList: Sendable {
  private let byFirstByte: InlineArray<256, [[UInt8]]>

  /// - Parameter text: the words, with blanks between them.
  init(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
    byFirstByte = InlineArray { byte in words.filter { Int($0[0]) == byte } }
  }

  /// Whether one of the words stands anywhere in `value`.
  func isInside(_ value: Span<UInt8>) -> Bool {
    for start in value.indices {
      for word in byFirstByte[Int(folded(value[start]))]
      where begins(with: word, value, at: start) { return true }
    }
    return false
  }

  /// Whether `value` begins with one of the words.
  func begins(_ value: Span<UInt8>) -> Bool {
    guard !value.isEmpty else { return false }
    return byFirstByte[Int(folded(value[0]))].contains { begins(with: $0, value, at: 0) }
  }

  /// Whether `value` ends with one of the words.
  func ends(_ value: Span<UInt8>) -> Bool {
    for start in value.indices {
      for word in byFirstByte[Int(folded(value[start]))]
      where start + word.count == value.count && begins(with: word, value, at: start) {
        return true
      }
    }
    return false
  }

  /// Whether `value` is one of the words.
  func isWord(_ value: Span<UInt8>) -> Bool {
    guard !value.isEmpty else { return false }
    return byFirstByte[Int(folded(value[0]))].contains {
      $0.count == value.count && begins(with: $0, value, at: 0)
    }
  }

  private func begins(with word: [UInt8], _ value: Span<UInt8>, at start: Int) -> Bool {
    guard start + word.count <= value.count else { return false }
    var length = 0
    while length < word.count, folded(value[start + length]) == word[length] { length += 1 }
    return length == word.count
  }
}

/// The byte with an ASCII capital turned into its small letter.
func folded(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}

func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

extension Span where Element == UInt8 {
  func allBytes(_ holds: (UInt8) -> Bool) -> Bool {
    for index in indices where !holds(self[index]) { return false }
    return true
  }

  func containsByte(_ byte: UInt8) -> Bool {
    for index in indices where self[index] == byte { return true }
    return false
  }
}
