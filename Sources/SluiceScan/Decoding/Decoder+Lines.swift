extension Decoder {
  /// Keys in PEM that were printed line by line, each line behind a shipper's prefix and before
  /// what may follow it: the key as it was.
  static func decodeLines(_ source: borrowing DecodingSource, into view: ViewText) -> Bool {
    guard source.view == nil else { return false }
    let bytes = source.bytes
    var isTelling = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "-"), keyHeader(in: bytes, at: index, floor: 0) == true {
        isTelling = true
        let key = PrefixedKey(in: bytes, headerAt: index - 4, floor: 0)
        index = key.decode(bytes, from: index - 4, into: view)
        continue
      }
      // The four dashes before the one that is looked at belong to the header.
      if !isFourDashes(in: bytes, at: index) { view.copy(byte, at: index) }
      index += 1
    }
    return isTelling
  }

  private static func isFourDashes(in bytes: Span<UInt8>, at index: Int) -> Bool {
    guard bytes[index] == UInt8(ascii: "-") else { return false }
    for last in index..<min(index + 5, bytes.count)
    where keyHeader(in: bytes, at: last, floor: 0) == true {
      return true
    }
    return false
  }

  private static let opening = Array("-----BEGIN ".utf8)
  private static let closing = Array("PRIVATE KEY-----".utf8)

  /// Whether the `-` before `B` at `index` belongs to the header of a private key that stands
  /// behind a prefix, and whose key does not follow in the same line.
  ///
  /// - Returns: nil if not; false if the bytes at hand are too few to say.
  static func keyHeader(in bytes: Span<UInt8>, at index: Int, floor: Int) -> Bool? {
    let start = index - 4
    guard start > floor, bytes[start - 1] != UInt8(ascii: "\n") else { return nil }
    for place in 0..<opening.count {
      guard start + place < bytes.count else { return false }
      guard bytes[start + place] == opening[place] else { return nil }
    }
    var place = start + opening.count
    let last = place + 24
    while place < last {
      guard place < bytes.count else { return false }
      if bytes[place] == UInt8(ascii: "P"), matches(closing, in: bytes, at: place) {
        place += closing.count
        break
      }
      guard bytes[place] &- 0x41 < 26 || bytes[place] == 0x20 || bytes[place] &- 0x30 < 10 else {
        return place + closing.count > bytes.count ? false : nil
      }
      place += 1
    }
    guard place < last + closing.count, matches(closing, in: bytes, at: place - closing.count)
    else { return nil }
    // The key follows in other lines, or not at all.
    guard let lineEnd = bytes.extracting(place...).firstIndex(of: UInt8(ascii: "\n")) else {
      return bytes.count - place > PrefixedKey.longestSuffix ? nil : false
    }
    return lineEnd > PrefixedKey.longestSuffix ? nil : true
  }

  private static func matches(_ text: [UInt8], in bytes: Span<UInt8>, at index: Int) -> Bool {
    guard index >= 0, index + text.count <= bytes.count else { return false }
    return text.indices.allSatisfy { bytes[index + $0] == text[$0] }
  }
}
