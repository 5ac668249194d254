extension Decoder {
  /// Characters that must stand between NULs.
  private static let shortestText = 4

  /// UTF-16 of either order: what stands between the NULs that its ASCII brings.
  ///
  /// A line looks the same in both orders, because the line feed's NUL is left to the line behind it
  /// where it comes last: what stands before the first NUL stays, the characters behind it alternate
  /// with NULs.
  static func decodeUTF16(_ source: borrowing DecodingSource, into view: ViewText) -> Bool {
    let bytes = source.bytes
    guard let first = firstNUL(in: bytes) else { return false }
    for index in 0..<first { view.copy(bytes[index], at: index) }
    for index in stride(from: first + 1, to: bytes.count, by: 2) {
      view.append(bytes[index], from: index, to: index + 1, by: .utf16)
    }
    return source.isNew(first..<bytes.count)
  }

  private static func firstNUL(in bytes: Span<UInt8>) -> Int? {
    var rest = 0
    while rest < bytes.count, let next = bytes.extracting(rest...).firstIndex(of: 0) {
      switch alternation(in: bytes, at: rest + next) {
      case .none: rest += next + 1
      case .some(let isFinished): return isFinished ? rest + next : nil
      }
    }
    return nil
  }

  /// Whether text of one byte a character begins behind the NUL at `index`.
  ///
  /// - Returns: nil if not; false if the bytes at hand are too few to say.
  static func alternation(in bytes: Span<UInt8>, at index: Int) -> Bool? {
    for pair in 0..<shortestText {
      let place = index + 2 * pair
      guard place < bytes.count else { return false }
      guard bytes[place] == 0 else { return nil }
      guard place + 1 < bytes.count else { return false }
      guard EncodedRun.isPlain(bytes[place + 1]) else { return nil }
    }
    return true
  }
}
