/// Words in lower case, found in a value in any case; by first byte, so that the words that can
/// begin at a byte are looked up and not tried in turn.
struct WordList: Sendable {
  /// The words one after the other, by their first byte.
  private let letters: [UInt8]
  /// Where each word ends in `letters`; it begins where the one before ends.
  private let ends: [Int]
  /// The number of the first word of each first byte, and behind them that of all words.
  private let first: [Int]

  /// - Parameter text: the words, with blanks between them.
  init(_ text: String) {
    let words = text.split(whereSeparator: \.isWhitespace).map { Array($0.utf8) }
      .sorted { $0[0] < $1[0] }
    letters = words.flatMap { $0 }
    ends = words.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    var first = Array(repeating: 0, count: 257)
    for word in words { first[Int(word[0]) + 1] += 1 }
    for byte in 0..<256 { first[byte + 1] += first[byte] }
    self.first = first
  }

  /// Whether one of the words stands anywhere in `value`.
  func isInside(_ value: Span<UInt8>) -> Bool {
    value.indices.contains { start in
      candidates(at: start, of: value).contains { begins(with: $0, value, at: start) }
    }
  }

  /// Whether `value` begins with one of the words.
  func begins(_ value: Span<UInt8>) -> Bool {
    guard !value.isEmpty else { return false }
    return candidates(at: 0, of: value).contains { begins(with: $0, value, at: 0) }
  }

  /// Whether `value` ends with one of the words.
  func ends(_ value: Span<UInt8>) -> Bool {
    value.indices.contains { start in
      candidates(at: start, of: value).contains {
        start + length(of: $0) == value.count && begins(with: $0, value, at: start)
      }
    }
  }

  /// Whether `value` is one of the words.
  func isWord(_ value: Span<UInt8>) -> Bool {
    guard !value.isEmpty else { return false }
    return candidates(at: 0, of: value).contains {
      length(of: $0) == value.count && begins(with: $0, value, at: 0)
    }
  }

  /// The words that begin with this byte.
  private func candidates(at start: Int, of value: Span<UInt8>) -> Range<Int> {
    let byte = Int(folded(value[start]))
    return first[byte]..<first[byte + 1]
  }

  private func length(of word: Int) -> Int { ends[word + 1] - ends[word] }

  private func begins(with word: Int, _ value: Span<UInt8>, at start: Int) -> Bool {
    let length = length(of: word)
    guard start + length <= value.count else { return false }
    // The first byte is known.
    var index = 1
    while index < length, folded(value[start + index]) == letters[ends[word] + index] {
      index += 1
    }
    return index == length
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
