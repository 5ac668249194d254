internal import SluiceCrypto

/// Looks for known values in one stream; the state that a scanner keeps for that.
struct KnownSearch: ~Copyable {
  /// Where a value begins if the bytes that are not there yet are the right ones.
  private struct Open: BitwiseCopyable {
    let entry: Int
    let start: UInt64
    /// Where what would be masked begins.
    let held: UInt64
  }

  /// Windows that are looked at together.
  private static let pieceLength = 16 * 1024

  private let values: KnownValues
  private let rule: RuleIndex
  private var fingerprinter: Fingerprinter
  private var places: [UInt32]
  /// All windows before it were looked at.
  private var searched: UInt64 = 0
  private var open: [Open] = []
  /// Every start before it is decided.
  private(set) var decided: UInt64 = 0

  init(_ values: KnownValues, rule: RuleIndex) {
    self.values = values
    self.rule = rule
    fingerprinter = values.fingerprinter()
    places = Array(repeating: 0, count: Self.pieceLength)
  }

  /// Where the first value begins that may be there, if more of the stream would tell.
  var firstOpen: UInt64? { open.map(\.held).min() }

  /// Begins a text whose first byte has this offset.
  mutating func begin(at offset: UInt64) {
    open.removeAll(keepingCapacity: true)
    searched = offset
    decided = offset
  }

  /// Searches the windows that are new.
  ///
  /// - Parameters:
  ///   - bytes: the window; it holds everything from `decided` on.
  ///   - origin: its offset in the stream.
  ///   - isFinal: whether the stream ends where the window ends.
  ///   - overlaps: gets what is found.
  mutating func search(
    _ bytes: Span<UInt8>, at origin: UInt64, isFinal: Bool, into overlaps: inout Overlaps
  ) {
    let end = origin + UInt64(bytes.count)
    let floor = Int(decided - origin)
    let retried = open
    open.removeAll(keepingCapacity: true)
    let hasher = values.key.hasher()
    for entry in retried {
      let start = Int(entry.start - origin)
      decide(entry.entry, at: start, hasher, bytes, origin, isFinal, into: &overlaps)
    }
    var from = Int(searched - origin)
    let last = bytes.count - KnownMark.windowLength + 1
    while from < last {
      let count = min(last - from, Self.pieceLength)
      let found = values.index.find(
        in: bytes, windows: from..<from + count, hasher: hasher, into: &places)
      for number in 0..<found {
        look(
          at: from + Int(places[number]), floor: floor, hasher, bytes, origin, isFinal,
          into: &overlaps)
      }
      from += count
    }
    searched = max(searched, origin + UInt64(max(last, 0)))
    guard !isFinal else {
      // What comes next is another text, which begins here.
      (searched, decided) = (end, end)
      return
    }
    let mark = firstUnseen(in: bytes, at: origin)
    searched = max(searched, mark)
    decided = min(mark, firstOpen ?? mark)
  }

  /// The first start of a value whose window was not seen.
  private func firstUnseen(in bytes: Span<UInt8>, at origin: UInt64) -> UInt64 {
    var start = max(Int(searched - origin) - values.longestLead, Int(decided - origin))
    // No line end stands in a value before its window is over.
    if let lineEnd = bytes.extracting(start...).lastIndex(of: UInt8(ascii: "\n")) {
      start += lineEnd + 1
    }
    return origin + UInt64(start)
  }

  // MARK: - One window

  private mutating func look(
    at place: Int, floor: Int, _ hasher: MatchHasher, _ bytes: Span<UInt8>, _ origin: UInt64,
    _ isFinal: Bool, into overlaps: inout Overlaps
  ) {
    let window = Self.word(of: bytes, at: place, count: KnownMark.windowLength)
    var slot = values.index.firstSlot(of: hasher.hash(window))
    while let number = values.index.nextEntry(from: &slot) {
      let start = place - Int(values.index.entries[number].window)
      guard start >= floor else { continue }
      decide(number, at: start, hasher, bytes, origin, isFinal, into: &overlaps)
    }
  }

  /// Whether what stands at a window and behind it may be of the entry; so it may if the text ends
  /// too early to tell.
  private func fits(
    _ entry: KnownValues.Entry, at start: Int, _ hasher: MatchHasher, _ bytes: Span<UInt8>
  ) -> Bool {
    let place = start + Int(entry.window)
    let behind = place + KnownMark.windowLength
    guard behind + Int(entry.rest) <= bytes.count else { return true }
    let window = Self.word(of: bytes, at: place, count: KnownMark.windowLength)
    return hasher.tag(window, Self.word(of: bytes, at: behind, count: Int(entry.rest))) == entry.tag
  }

  /// Decides whether a value stands at a place, or keeps the place until more is known.
  private mutating func decide(
    _ number: Int, at start: Int, _ hasher: MatchHasher, _ bytes: Span<UInt8>, _ origin: UInt64,
    _ isFinal: Bool, into overlaps: inout Overlaps
  ) {
    let entry = values.index.entries[number]
    guard fits(entry, at: start, hasher, bytes) else { return }
    let end = start + Int(entry.length)
    let hitStart = origin + UInt64(lead(of: entry, at: start, in: bytes))
    if end > bytes.count || !isFinal && end + Int(entry.trail) > bytes.count {
      guard !isFinal else { return }
      let isCut = end > bytes.count && !entry.spansLines
      if isCut, bytes.extracting(start...).firstIndex(of: UInt8(ascii: "\n")) != nil { return }
      open.append(Open(entry: number, start: origin + UInt64(start), held: hitStart))
      return
    }
    let text = bytes.extracting(start..<end)
    guard fingerprinter.fingerprint(of: text) == entry.fingerprint else { return }
    var hitEnd = end
    if entry.trail > 0, end < bytes.count, EncodedRun.contains(bytes[end]) { hitEnd += 1 }
    overlaps.insert(
      Hit(
        rule: rule, start: hitStart, end: origin + UInt64(hitEnd), rank: ExactSearch.rank,
        length: 0, known: entry.value + 1))
  }

  /// Where the spelling begins with a character that is only partly of the value.
  private func lead(of entry: KnownValues.Entry, at start: Int, in bytes: Span<UInt8>) -> Int {
    entry.lead > 0 && start > 0 && EncodedRun.contains(bytes[start - 1]) ? start - 1 : start
  }

  private static func word(of bytes: Span<UInt8>, at start: Int, count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
  }
}
