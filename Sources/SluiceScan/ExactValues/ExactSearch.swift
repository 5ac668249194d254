internal import SluiceCrypto

/// Looks for values in one stream; the state that a scanner keeps for that.
///
/// Another kind of search for known values needs no more than this from a scanner: it is given the
/// window as it grows, inserts hits, and says which starts it has decided.
struct ExactSearch {
  private let values: ExactValues
  /// The rule of the first value.
  private let firstRule: Int
  /// Every start before it is decided.
  private(set) var decided: UInt64 = 0
  /// How many bytes of a value stand at `decided`, if that start is open.
  private(set) var matched = 0

  /// More certain than any rule.
  static let rank: UInt8 = 3
  /// So many bytes of a value do not stand together by chance.
  static let tellingLength = 4

  init(_ values: ExactValues, firstRule: Int) {
    self.values = values
    self.firstRule = firstRule
  }

  mutating func restart() { begin(at: 0) }

  /// Begins a text whose first byte has this offset.
  mutating func begin(at offset: UInt64) {
    decided = offset
    matched = 0
  }

  /// Searches the starts that are not decided yet.
  ///
  /// - Parameters:
  ///   - bytes: the window; it holds everything from `decided` on.
  ///   - origin: its offset in the stream.
  ///   - isFinal: whether the stream ends where the window ends.
  ///   - overlaps: gets what is found.
  mutating func search(
    _ bytes: Span<UInt8>, at origin: UInt64, isFinal: Bool, into overlaps: inout Overlaps
  ) {
    let start = Int(decided - origin)
    let end = values.index.withTable { table in
      search(bytes, from: start, at: origin, isFinal: isFinal, table, into: &overlaps)
    }
    decided = origin + UInt64(end)
  }

  /// - Returns: the first start that is not decided.
  private mutating func search(
    _ bytes: Span<UInt8>, from start: Int, at origin: UInt64, isFinal: Bool,
    _ table: borrowing ExactIndex.Table, into overlaps: inout Overlaps
  ) -> Int {
    matched = 0
    var index = start
    while index + 1 < bytes.count {
      if table.mayBegin(bytes[index], bytes[index + 1]),
        !decide(bytes, at: index, origin, isFinal: isFinal, table, into: &overlaps)
      {
        return index
      }
      index += 1
    }
    // No value is of one byte.
    guard index < bytes.count, !isFinal else { return bytes.count }
    return table.entries(beginningWith: bytes[index]).isEmpty ? bytes.count : index
  }

  /// - Returns: whether all that may begin at `index` is decided; then what does is noted.
  private mutating func decide(
    _ bytes: Span<UInt8>, at index: Int, _ origin: UInt64, isFinal: Bool,
    _ table: borrowing ExactIndex.Table, into overlaps: inout Overlaps
  ) -> Bool {
    let entries = table.entries(beginningWith: bytes[index])
    var isDecided = true
    for entry in entries {
      if let count = outcome(table.needle(entry), bytes, at: index).matched, !isFinal {
        isDecided = false
        matched = max(matched, count)
      }
    }
    guard isDecided else { return false }
    for entry in entries {
      let needle = table.needle(entry)
      guard let end = outcome(needle, bytes, at: index).end else { continue }
      overlaps.insert(
        Hit(
          rule: RuleIndex(firstRule + values.pieces[needle.piece].value),
          start: origin + UInt64(index), end: origin + UInt64(end), rank: Self.rank, length: 0))
    }
    return true
  }

  private func outcome(
    _ needle: ExactIndex.Needle, _ bytes: Span<UInt8>, at index: Int
  ) -> ExactComparison.Outcome {
    let piece = values.pieces[needle.piece]
    return values.values[piece.value].bytes.withBytes { value in
      ExactComparison.compare(
        value.extracting(piece.start..<piece.start + piece.count), as: needle.form, with: bytes,
        at: index)
    }
  }
}
