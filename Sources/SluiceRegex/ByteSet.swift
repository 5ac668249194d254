/// A set of byte values, 256 bits wide: what a regex class accepts in byte mode.
package struct ByteSet: Sendable, Hashable, BitwiseCopyable {
  @usableFromInline var w0: UInt64 = 0
  @usableFromInline var w1: UInt64 = 0
  @usableFromInline var w2: UInt64 = 0
  @usableFromInline var w3: UInt64 = 0

  package init() {}

  package init(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { insert(byte) }
  }

  package init(_ byte: UInt8) {
    insert(byte)
  }

  // PERF: not generic, because a call from another module is not specialised: to parse and
  // analyse a rule took 84 us with the generic initialiser alone, 45 us with these two (mean of
  // 64 rules, x86-64, release build).
  package init(_ range: ClosedRange<UInt8>) {
    for byte in range { insert(byte) }
  }

  package static let all: ByteSet = ByteSet(0...255)

  package mutating func insert(_ byte: UInt8) {
    let bit = UInt64(1) &<< UInt64(byte & 63)
    switch byte >> 6 {
    case 0: w0 |= bit
    case 1: w1 |= bit
    case 2: w2 |= bit
    default: w3 |= bit
    }
  }

  // PERF: inlined, because the scanner asks for every byte before an anchor.
  @inlinable @inline(__always) package func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: w0
      case 1: w1
      case 2: w2
      default: w3
      }
    return word &>> UInt64(byte & 63) & 1 != 0
  }

  /// The set as four words, the lowest byte values first.
  package var words: [UInt64] { [w0, w1, w2, w3] }

  /// - Parameter words: four, as `words` gives them.
  package init(words: [UInt64]) {
    precondition(words.count == 4, "a byte set is four words")
    (w0, w1, w2, w3) = (words[0], words[1], words[2], words[3])
  }

  package var isEmpty: Bool { w0 | w1 | w2 | w3 == 0 }

  package var count: Int {
    w0.nonzeroBitCount + w1.nonzeroBitCount + w2.nonzeroBitCount + w3.nonzeroBitCount
  }

  /// The members in ascending order.
  package var members: [UInt8] {
    var result: [UInt8] = []
    for (index, word) in [w0, w1, w2, w3].enumerated() {
      var rest = word
      while rest != 0 {
        result.append(UInt8(index * 64 + rest.trailingZeroBitCount))
        rest &= rest &- 1
      }
    }
    return result
  }

  package func union(_ other: ByteSet) -> ByteSet {
    var result = self
    result.w0 |= other.w0
    result.w1 |= other.w1
    result.w2 |= other.w2
    result.w3 |= other.w3
    return result
  }

  package func intersection(_ other: ByteSet) -> ByteSet {
    var result = self
    result.w0 &= other.w0
    result.w1 &= other.w1
    result.w2 &= other.w2
    result.w3 &= other.w3
    return result
  }

  package var inverted: ByteSet {
    var result = self
    result.w0 = ~w0
    result.w1 = ~w1
    result.w2 = ~w2
    result.w3 = ~w3
    return result
  }

  /// The set with both cases of every ASCII letter that is in it in one case.
  package var caseFolded: ByteSet {
    // ASCII letters are bits 1...26 of the upper and of the lower half of one word.
    let upperCase: UInt64 = 0x07FF_FFFE
    let letters = (w1 | w1 &>> 32) & upperCase
    var result = self
    result.w1 |= letters | letters &<< 32
    return result
  }
}
