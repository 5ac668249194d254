/// How one spelling of a value is recognised in a stream by whoever does not have the value.
///
/// A window of eight bytes is looked for by its keyed hash, a tag says what stands behind it, and
/// the fingerprint of all bytes decides. There is one window only: overlapping ones would let whoever
/// has the marks and the key guess a value piece by piece.
package struct KnownMark: Sendable, Hashable, BitwiseCopyable {
  /// Bytes of a window.
  package static let windowLength = 8
  /// The farthest place of a window: so much of a line is held because a value may begin in it.
  package static let farthestWindow = 48

  /// Bytes of the spelling before its window.
  package let window: UInt16
  /// Bytes of the spelling.
  package let length: UInt16
  /// Characters before and behind that hold bits of the value and bits of something else, in base64.
  package let lead: UInt8
  package let trail: UInt8
  /// Whether a line end is in it.
  package let spansLines: Bool
  /// Bytes behind the window that `tag` covers, 0 to 8.
  package let rest: UInt8
  package let tag: UInt32
  package let hash: UInt64
  /// Of the spelling.
  package let fingerprint: Fingerprint

  /// - Parameters:
  ///   - spelling: at least `windowLength` bytes.
  ///   - lead: see the property.
  ///   - trail: see the property.
  ///   - hasher: for windows.
  ///   - fingerprinter: for the spelling.
  init(
    _ spelling: Span<UInt8>, lead: UInt8, trail: UInt8, hasher: MatchHasher,
    fingerprinter: inout Fingerprinter
  ) {
    let place = Self.bestWindow(of: spelling)
    let restCount = min(spelling.count - place - Self.windowLength, 8)
    let word = Self.word(of: spelling, at: place, count: Self.windowLength)
    window = UInt16(place)
    length = UInt16(spelling.count)
    self.lead = lead
    self.trail = trail
    spansLines = spelling.indices.contains { spelling[$0] == UInt8(ascii: "\n") }
    rest = UInt8(restCount)
    hash = hasher.hash(word)
    tag = hasher.tag(
      word, Self.word(of: spelling, at: place + Self.windowLength, count: restCount))
    fingerprint = fingerprinter.fingerprint(of: spelling)
  }

  /// Bytes of a text as a number, the first in the lowest bits.
  private static func word(of text: Span<UInt8>, at start: Int, count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(text[start + $1]) << UInt64(8 * $1) }
  }

  /// The window that least looks like text that everybody writes; none is behind a line end, so that
  /// nothing of a complete line has to be held.
  private static func bestWindow(of spelling: Span<UInt8>) -> Int {
    var best = (place: 0, score: -1)
    for place in 0...min(spelling.count - windowLength, farthestWindow) {
      let window = spelling.extracting(place..<place + windowLength)
      if window.indices.contains(where: { window[$0] == UInt8(ascii: "\n") }) { break }
      let seen = Set(window.indices.map { window[$0] })
      let unusual = window.indices.count { !(0x61...0x7A).contains(window[$0]) }
      // A tag of eight more bytes is worth more than a better window.
      let whole = place + 2 * windowLength <= spelling.count ? 8 : 0
      if seen.count + unusual + whole > best.score {
        best = (place, seen.count + unusual + whole)
      }
    }
    return best.place
  }
}

// MARK: - On disk

extension KnownMark {
  private static let storedLength = 36
  private static let format: UInt8 = 1

  /// Reads what `store` gave; nil if it is anything else.
  package static func marks(in bytes: Span<UInt8>) -> [KnownMark]? {
    guard bytes.count > 0, bytes[0] == format, (bytes.count - 1) % storedLength == 0 else {
      return nil
    }
    return stride(from: 1, to: bytes.count, by: storedLength).map {
      KnownMark(stored: bytes, at: $0)
    }
  }

  /// The marks as bytes.
  ///
  /// Whoever has them and the key can test guesses, so they are sealed.
  package static func store(_ marks: [KnownMark]) -> [UInt8] {
    var bytes = [format]
    for mark in marks {
      append(UInt64(mark.window), count: 2, to: &bytes)
      append(UInt64(mark.length), count: 2, to: &bytes)
      bytes += [mark.lead << 4 | mark.trail, mark.spansLines ? 1 : 0, mark.rest, 0]
      append(UInt64(mark.tag), count: 4, to: &bytes)
      append(mark.hash, count: 8, to: &bytes)
      append(mark.fingerprint.words.high, count: 8, to: &bytes)
      append(mark.fingerprint.words.low, count: 8, to: &bytes)
    }
    return bytes
  }

  private init(stored bytes: Span<UInt8>, at start: Int) {
    func number(_ offset: Int, _ count: Int) -> UInt64 {
      KnownMark.word(of: bytes, at: start + offset, count: count)
    }
    window = UInt16(number(0, 2))
    length = UInt16(number(2, 2))
    lead = bytes[start + 4] >> 4
    trail = bytes[start + 4] & 15
    spansLines = bytes[start + 5] != 0
    rest = min(bytes[start + 6], 8)
    tag = UInt32(number(8, 4))
    hash = number(12, 8)
    fingerprint = Fingerprint(high: number(20, 8), low: number(28, 8))
  }

  private static func append(_ number: UInt64, count: Int, to bytes: inout [UInt8]) {
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index)))
    }
  }
}
