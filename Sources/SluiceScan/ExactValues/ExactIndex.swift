internal import SluiceCrypto
internal import SluiceRegex

/// Where in the stream one of the values may begin: which two bytes begin one, and which.
///
/// It tells how values begin, so that it is kept like them.
final class ExactIndex: Sendable {
  /// A value's piece in one form.
  struct Needle: BitwiseCopyable {
    let piece: Int
    let form: ExactForm
  }

  private static let pairBytes = 65536 / 8
  private static let listStart = pairBytes
  private static let entriesStart = listStart + 4 * 257

  /// One bit for each pair of bytes; then, for each first byte, where its needles begin; then the
  /// needles by their first byte.
  ///
  /// All words are of four bytes, the lowest first.
  private let table: SecretBytes

  init(values: [ExactValues.Value], pieces: [ExactValues.Piece]) {
    /// Calls `body` with each needle and the pairs of bytes that it may begin with.
    func forEachNeedle(_ body: (Int, _ pairs: ((UInt8, UInt8) -> Void) -> Void) -> Void) {
      for (number, piece) in pieces.enumerated() {
        values[piece.value].bytes.withBytes { bytes in
          let value = bytes.extracting(piece.start..<piece.start + piece.count)
          for form in ExactForm.allCases where form != .text || !piece.isTail {
            body(number * ExactForm.count + Int(form.rawValue)) { mark in
              form.forEachBeginning(of: value, mark)
            }
          }
        }
      }
    }
    var entryCount = 0
    forEachNeedle { _, pairs in
      var firsts = ByteSet()
      pairs { first, _ in firsts.insert(first) }
      entryCount += firsts.count
    }
    table = SecretBytes(count: Self.entriesStart + 4 * entryCount) { output in
      output.append(repeating: 0, count: Self.entriesStart + 4 * entryCount)
      var table = output.mutableSpan
      forEachNeedle { _, pairs in
        var firsts = ByteSet()
        pairs { first, second in
          let pair = Int(first) << 8 | Int(second)
          table[pair >> 3] |= 1 << UInt8(pair & 7)
          firsts.insert(first)
        }
        // Counts, shifted by one place.
        for first in firsts.members {
          let offset = Self.listStart + 4 * (Int(first) + 1)
          Self.setWord(in: &table, offset, Self.word(in: table.span, offset) + 1)
        }
      }
      for first in 0..<256 {
        let offset = Self.listStart + 4 * first
        let sum = Self.word(in: table.span, offset + 4) + Self.word(in: table.span, offset)
        Self.setWord(in: &table, offset + 4, sum)
      }
      var filled = [Int](repeating: 0, count: 256)
      forEachNeedle { needle, pairs in
        var firsts = ByteSet()
        pairs { first, _ in firsts.insert(first) }
        for first in firsts.members {
          let start = Int(Self.word(in: table.span, Self.listStart + 4 * Int(first)))
          let offset = Self.entriesStart + 4 * (start + filled[Int(first)])
          Self.setWord(in: &table, offset, UInt32(needle))
          filled[Int(first)] += 1
        }
      }
    }
  }

  private static func word(in table: Span<UInt8>, _ offset: Int) -> UInt32 {
    var word: UInt32 = 0
    for index in 0..<4 { word |= UInt32(table[offset + index]) << UInt32(8 * index) }
    return word
  }

  private static func setWord(
    in table: inout MutableSpan<UInt8>, _ offset: Int, _ value: UInt32
  ) {
    for index in 0..<4 {
      table[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
    }
  }

  /// Lends the table for a search.
  func withTable<Result>(_ body: (borrowing Table) -> Result) -> Result {
    table.withBytes { body(Table(bytes: $0)) }
  }

  struct Table: ~Escapable {
    private let bytes: Span<UInt8>

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>) { self.bytes = bytes }

    /// Whether a value may begin with these two bytes.
    func mayBegin(_ first: UInt8, _ second: UInt8) -> Bool {
      let pair = Int(first) << 8 | Int(second)
      return bytes[pair >> 3] >> UInt8(pair & 7) & 1 != 0
    }

    /// The entries of the needles that may begin with a byte.
    func entries(beginningWith first: UInt8) -> Range<Int> {
      let offset = listStart + 4 * Int(first)
      return Int(word(offset))..<Int(word(offset + 4))
    }

    func needle(_ entry: Int) -> Needle {
      let number = Int(word(entriesStart + 4 * entry))
      guard let form = ExactForm(rawValue: UInt8(number % ExactForm.count)) else {
        preconditionFailure("the index names a form that there is not")
      }
      return Needle(piece: number / ExactForm.count, form: form)
    }

    private func word(_ offset: Int) -> UInt32 { ExactIndex.word(in: bytes, offset) }
  }
}
