internal import SluiceRules

/// Looks for what is encoded in a stream and has it scanned decoded.
///
/// **What is decoded.** A line in which something is encoded is a *block*: it is decoded and
/// scanned once it is complete, as a text of its own. Lines that a soft break joins are one block,
/// and so are those of base64 that was broken into lines, of a key in UTF-16, and of a key that is
/// printed line by line behind prefixes. A line longer than the limit is cut into blocks that
/// overlap by a quarter, so that a secret of that length is always whole in one of them. Lines in
/// which nothing is encoded cost a vector search and nothing else.
///
/// **What is held.** The settled mark may not pass what a find in a decoded text may cover. Up to
/// the first encoding, a line reads the same decoded, so what the plain scan settles before is
/// settled for good; from there on the scans of the views say what is, too, so that a prompt in
/// colours goes on.
final class Decoding {
  private let search: EncodingSearch
  private let blockLength: Int
  private let rules: CompiledRules
  /// Made when first needed: most streams have nothing to decode.
  private lazy var views = DecodedViews(rules: rules, search: search, blockLength: blockLength)
  /// Where the line, or the lines that belong together, began.
  private var unitStart: UInt64 = 0
  /// Where the first block that is not decoded begins; a part of a line begins later than it.
  private(set) var blockStart: UInt64 = 0
  /// Nothing is encoded before it from `blockStart` on.
  private var searched: UInt64 = 0
  /// How far the block that is not complete was when its settled part was last looked for.
  private var lookedThrough: UInt64 = 0
  /// The block that was not complete, how many of its bytes are lines that belong to it, and whether
  /// those may read otherwise with more of them.
  private var open: (block: UInt64, length: Int, isHeld: Bool)?
  /// From where on, in the last block, nothing is encoded that was not decoded; nil: nowhere.
  private(set) var decodedFrom: UInt64?

  /// - Parameters:
  ///   - rules: what to look for, and the limits.
  ///   - search: finds what is encoded.
  init(rules: CompiledRules, search: EncodingSearch = EncodingSearch()) {
    self.search = search
    blockLength = Self.blockLength(for: rules.limits)
    self.rules = rules
  }

  /// The longest block: a half of what may be held, so that memory is what it is without decoding.
  static func blockLength(for limits: ScanLimits) -> Int { min(32 * 1024, limits.longestAttempt) }

  /// Begins another stream, or goes on with one as if it began here.
  func begin(at offset: UInt64) {
    decodedFrom = nil
    beginUnit(at: offset)
  }

  private func beginUnit(at offset: UInt64) {
    unitStart = offset
    blockStart = offset
    searched = offset
    lookedThrough = offset
    open = nil
  }

  /// Decodes the blocks that are complete.
  ///
  /// - Parameters:
  ///   - bytes: the scanner's window; it holds everything from `blockStart` on.
  ///   - origin: its offset in the stream.
  ///   - isFinal: whether the stream ends where it ends.
  ///   - settled: the settled mark so far.
  ///   - matchesEnd: where the last of the plain matches ends.
  ///   - statistics: counts the attempts.
  ///   - overlaps: gets the hits.
  /// - Returns: what the settled mark may not pass.
  func advance(
    in bytes: Span<UInt8>, at origin: UInt64, isFinal: Bool, settled: UInt64, matchesEnd: UInt64,
    statistics: inout ScanStatistics, into overlaps: inout Overlaps
  ) -> UInt64 {
    let end = origin + UInt64(bytes.count)
    while blockStart < end {
      let floor = Int(blockStart - origin)
      let from = max(Int(max(searched, origin) - origin), floor)
      let place = search.first(
        in: bytes, from: from, floor: floor, isCut: blockStart > unitStart, isFinal: isFinal)
      moveBlock(in: bytes, at: origin, before: place?.offset, from: from)
      guard let place else {
        guard !isFinal else { break }
        searched = max(blockStart, end - 1)
        // A rule may go on behind its match where a decoded line lets it begin: rare, so wait.
        return matchesEnd > blockStart ? max(settled, blockStart) : .max
      }
      searched = max(blockStart, origin + UInt64(place.offset))
      let start = Int(blockStart - origin)
      let limit = start + blockLength
      let found = endOfBlock(in: bytes, from: place.offset, floor: start)
      let blockEnd = isFinal ? found.offset ?? bytes.count : found.offset
      let isCut = blockEnd.map { $0 > limit } ?? (limit <= bytes.count)
      guard let blockEnd = isCut ? limit : blockEnd else {
        guard matchesEnd <= blockStart, !found.isHeld else { return max(settled, blockStart) }
        return max(settled, settledPart(of: bytes.extracting(start...), place, at: start))
      }
      views.scan(
        bytes.extracting(start..<blockEnd),
        DecodedViews.Block(start: blockStart, isCut: blockStart > unitStart), settled: settled,
        statistics: &statistics, into: &overlaps)
      decodedFrom = isCut ? nil : views.escapesDecodedFrom.map { blockStart + UInt64($0) }
      if isCut {
        blockStart += UInt64(blockLength / 4 * 3)
      } else {
        blockStart = origin + UInt64(blockEnd)
        unitStart = blockStart
      }
      searched = blockStart
    }
    if isFinal { beginUnit(at: end) }
    return .max
  }

  /// Where what can still be in a find begins, in a block that is not complete.
  ///
  /// Reads the block from its start: one that grows by little is not looked at each time.
  private func settledPart(
    of bytes: Span<UInt8>, _ place: EncodingSearch.Place, at start: Int
  ) -> UInt64 {
    let end = blockStart + UInt64(bytes.count)
    guard bytes.count <= 4096 || end - lookedThrough >= UInt64(bytes.count / 8) else {
      return blockStart
    }
    lookedThrough = end
    // Up to what may become the first encoding the text reads as it stands.
    let length =
      place.isFinished
      ? views.settledLength(of: bytes, isCut: blockStart > unitStart)
      : views.settledLength(of: bytes.extracting(0..<max(0, place.offset - start)))
    return blockStart + UInt64(length)
  }

  /// Moves the block to the line of what was found, or to the last line; in a long line to the
  /// first block that holds the place.
  private func moveBlock(
    in bytes: Span<UInt8>, at origin: UInt64, before place: Int?, from start: Int
  ) {
    let index = place ?? bytes.count
    // A run may have begun before what is new.
    let from = min(start, index)
    if let lineEnd = bytes.extracting(from..<index).lastIndex(of: UInt8(ascii: "\n")) {
      unitStart = origin + UInt64(from + lineEnd + 1)
      blockStart = unitStart
    }
    // What turns out to be encoded later may begin at the last byte.
    let last = origin + UInt64(place ?? bytes.count - 1)
    guard last >= unitStart + UInt64(blockLength) else { return }
    let distance = last - unitStart
    let step = UInt64(blockLength / 4 * 3)
    let steps = (distance - UInt64(blockLength)) / step + 1
    blockStart = max(blockStart, unitStart + steps * step)
  }

  private struct BlockEnd {
    /// One past the block; nil if the bytes at hand are too few to say.
    var offset: Int?
    /// Whether the lines at hand may read otherwise with the next one.
    var isHeld = false
  }

  /// Where the block ends in which something is encoded at `index`.
  private func endOfBlock(in bytes: Span<UInt8>, from index: Int, floor: Int) -> BlockEnd {
    var lineStart = index
    while lineStart > floor, bytes[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
    var isHeld = false
    if let open, open.block == blockStart, floor + open.length >= lineStart {
      (lineStart, isHeld) = (floor + open.length, open.isHeld)
    }
    while true {
      guard let length = bytes.extracting(lineStart...).firstIndex(of: UInt8(ascii: "\n")) else {
        // Before its line feed is there, a line that goes on seems to end at its carriage return.
        open = (blockStart, lineStart - floor, isHeld)
        let mayBreak = bytes.count > lineStart && bytes[bytes.count - 1] == UInt8(ascii: "\r")
        return BlockEnd(
          isHeld: isHeld || mayBreak && WrappedBase64.mayGoOn(bytes, lineStart..<bytes.count))
      }
      let line = lineStart..<lineStart + length
      if let key = Self.prefixedKey(in: bytes, line, floor: floor) {
        return BlockEnd(offset: key.isOpen ? nil : key.end, isHeld: isHeld)
      }
      if let key = WideKey(in: bytes, headerIn: line) {
        return BlockEnd(offset: key.isOpen ? nil : key.end, isHeld: true)
      }
      let isWrapped = WrappedBase64.mayGoOn(bytes, line)
      guard isWrapped || Self.isBroken(in: bytes, line) else {
        return BlockEnd(offset: line.upperBound + 1)
      }
      isHeld = isHeld || isWrapped
      lineStart = line.upperBound + 1
    }
  }

  private static func isBroken(in bytes: Span<UInt8>, _ line: Range<Int>) -> Bool {
    var last = line.upperBound - 1
    if last >= line.lowerBound, bytes[last] == UInt8(ascii: "\r") { last -= 1 }
    guard last >= line.lowerBound, bytes[last] == UInt8(ascii: "=") else { return false }
    return Decoder.softBreakEnd(in: bytes, at: last, lineStart: line.lowerBound) != nil
  }

  private static func prefixedKey(
    in bytes: Span<UInt8>, _ line: Range<Int>, floor: Int
  ) -> PrefixedKey? {
    var rest = line.lowerBound
    while let dash = bytes.extracting(rest..<line.upperBound).firstIndex(of: UInt8(ascii: "-")) {
      let index = rest + dash
      rest = index + 1
      guard rest < bytes.count, bytes[rest] == UInt8(ascii: "B"), index - 4 >= line.lowerBound,
        Decoder.keyHeader(in: bytes, at: index, floor: floor) == true
      else { continue }
      return PrefixedKey(in: bytes, headerAt: index - 4, floor: floor)
    }
    return nil
  }
}
