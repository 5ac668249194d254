internal import SluiceRules

/// Scans the decoded forms of a block: what each decoder makes of it, what each makes of that, and
/// so on to the depth of the limits.
///
/// A decoded text is scanned as a stream of its own, from its first byte to its last. What is
/// found in it goes back to the bytes of the stream that it was made of.
final class DecodedViews {
  /// Part of a stream.
  struct Block: BitwiseCopyable {
    /// Offset of its first byte.
    let start: UInt64
    /// Whether it begins in the middle of a line.
    let isCut: Bool
  }

  /// A find that begins so close behind a cut is the block's before: what stands on its left, and
  /// may not stand there, is out of sight.
  static let cutMargin = 64
  /// Most decoded texts of one block: encodings that are nested in each other in all orders would
  /// make more of them than there is time for (G6).
  static let mostViews = 12

  private struct Collector: FindingSink {
    typealias Failure = Never

    var findings: [Finding] = []

    mutating func receive(_ finding: Finding, secret: Span<UInt8>) { findings.append(finding) }

    mutating func open(_ finding: Finding, secret: Span<UInt8>) {}

    mutating func close(_ finding: Finding) { findings.append(finding) }
  }

  private let search: EncodingSearch
  private let ranks: [UInt8]
  private let views: [ViewText]
  private let secrets: DecodedSecrets
  private var scanner: Scanner
  private var collector = Collector()
  /// Where the next text begins in the stream of all decoded texts.
  private var origin: UInt64 = 0
  private var viewsLeft = 0
  /// From where on in the last block all escapes were decoded, and all that is encoded in what they
  /// stand for; nil if something was left.
  private(set) var escapesDecodedFrom: Int?
  private var isIncomplete = false

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - search: says where something is encoded.
  ///   - blockLength: of the longest block.
  init(rules: CompiledRules, search: EncodingSearch, blockLength: Int) {
    self.search = search
    ranks = rules.hot.map(\.rank)
    let depth = min(rules.limits.decodingDepth, DecodingPath.longest)
    views = (0..<depth).map { _ in ViewText(capacity: blockLength + blockLength / 2) }
    secrets = DecodedSecrets(capacity: rules.limits.window)
    scanner = Scanner(rules: rules, decodes: false)
  }

  /// Scans what a block decodes to.
  ///
  /// - Parameters:
  ///   - bytes: the block's.
  ///   - block: where it is.
  ///   - settled: hits before it come too late and are cut.
  ///   - statistics: counts the attempts.
  ///   - overlaps: gets the hits.
  func scan(
    _ bytes: Span<UInt8>, _ block: Block, settled: UInt64, statistics: inout ScanStatistics,
    into overlaps: inout Overlaps
  ) {
    overlaps.keep(secrets)
    let (attempts, limitHits) = (scanner.statistics.attempts, scanner.statistics.limitHits)
    defer {
      statistics.attempts += scanner.statistics.attempts - attempts
      statistics.limitHits += scanner.statistics.limitHits - limitHits
    }
    let source = DecodingSource(bytes: bytes, view: nil, isCut: block.isCut)
    viewsLeft = Self.mostViews
    escapesDecodedFrom = nil
    isIncomplete = false
    descend(source, in: bytes, depth: 0, block, settled: settled, into: &overlaps)
    if isIncomplete { escapesDecodedFrom = nil }
  }

  private func descend(
    _ source: borrowing DecodingSource, in text: Span<UInt8>, depth: Int, _ block: Block,
    settled: UInt64, into overlaps: inout Overlaps
  ) {
    let kinds = search.kinds(in: source.bytes)
    guard depth < views.count else {
      isIncomplete = isIncomplete || !kinds.isEmpty
      return
    }
    let view = views[depth]
    for decoder in Decoder.allCases where !kinds.isDisjoint(with: decoder.kinds) {
      guard viewsLeft > 0 else {
        isIncomplete = true
        return
      }
      guard decoder.decode(source, into: view) else { continue }
      viewsLeft -= 1
      if depth == 0, decoder == .escapes { escapesDecodedFrom = view.firstEscape }
      let bytes = view.bytes
      _ = scanner.scan(bytes, at: origin, isFinal: true, into: &collector)
      for finding in collector.findings {
        let range = Int(finding.start - origin)..<Int(finding.end - origin)
        take(finding, range, of: text, depth: depth, block, settled: settled, into: &overlaps)
      }
      collector.findings.removeAll(keepingCapacity: true)
      origin += UInt64(bytes.count)
      // Nothing is encoded in a key that was put together from lines.
      guard decoder != .lines else { continue }
      let inner = DecodingSource(bytes: bytes, view: view, isCut: source.isCut)
      descend(inner, in: text, depth: depth + 1, block, settled: settled, into: &overlaps)
    }
  }

  // MARK: - A block that is not complete

  /// How much of the beginning of a block can be in no find, whatever follows.
  ///
  /// - Parameters:
  ///   - bytes: the block's, as far as they are known.
  ///   - isCut: whether it begins in the middle of a line.
  /// - Returns: bytes from its start.
  func settledLength(of bytes: Span<UInt8>, isCut: Bool) -> Int {
    viewsLeft = Self.mostViews
    let source = DecodingSource(bytes: bytes, view: nil, isCut: isCut)
    let tail = search.openTail(in: bytes) ?? bytes.count
    return settledLength(of: source, depth: 0, length: bytes.count, known: tail)
  }

  private func settledLength(
    of source: borrowing DecodingSource, depth: Int, length: Int, known: Int
  ) -> Int {
    guard depth < views.count else { return known }
    let view = views[depth]
    var least = known
    let kinds = search.kinds(in: source.bytes)
    for decoder in Decoder.allCases where !kinds.isDisjoint(with: decoder.kinds) {
      guard viewsLeft > 0, decoder.decode(source, into: view) else { continue }
      guard decoder != .lines else { return 0 }
      viewsLeft -= 1
      let bytes = view.bytes
      let end = min(search.openTail(in: bytes) ?? bytes.count, view.openStart ?? bytes.count)
      let whole = bytes.extracting(0..<end)
      let settled = settledLength(of: whole)
      least = min(least, place(of: settled, depth: depth, length: length))
      // What is not finished here may turn into anything: a run before it may go on with that.
      if let tail = search.openTail(in: whole) {
        least = min(least, place(of: tail, depth: depth, length: length))
      }
      let inner = DecodingSource(bytes: whole, view: view, isCut: source.isCut)
      least = min(
        least, settledLength(of: inner, depth: depth + 1, length: length, known: least))
    }
    return least
  }

  /// How much of a text can be in no find, whatever follows; nothing in it is taken for encoded.
  func settledLength(of text: Span<UInt8>) -> Int {
    let mark = scanner.scan(text, at: origin, isFinal: false, into: &collector)
    let first = collector.findings.first?.start ?? mark
    collector.findings.removeAll(keepingCapacity: true)
    let settled = Int(min(mark, first) - origin)
    origin += UInt64(text.count)
    scanner.begin(at: origin)
    return settled
  }

  /// The place in the block of a place in a view.
  private func place(of index: Int, depth: Int, length: Int) -> Int {
    var place = index
    for level in stride(from: depth, through: 0, by: -1) {
      guard place < views[level].count else {
        place = level == 0 ? length : views[level - 1].count
        continue
      }
      place = Int(views[level].origin(at: place).start)
    }
    return place
  }

  // MARK: - Finds

  /// Turns a find in the view at `last` into hits in the stream.
  private func take(
    _ finding: Finding, _ range: Range<Int>, of text: Span<UInt8>, depth last: Int, _ block: Block,
    settled: UInt64, into overlaps: inout Overlaps
  ) {
    guard !range.isEmpty else { return }
    var steps: [Encodings] = []
    var wrapping = MaskWrapping()
    var part = range
    for depth in stride(from: last, through: 0, by: -1) {
      let view = views[depth]
      // What was decoded in the secret and beside it, or else what may stand in its key.
      let kinds = view.encodings(in: part.lowerBound - 1..<part.upperBound + 1)
      steps.insert(kinds.isEmpty ? view.encodings : kinds, at: 0)
      wrapping.isPercentEncoded = wrapping.isPercentEncoded || steps[0].contains(.percent)
      // The outermost decides: in it the mask must stand.
      if var found = Self.wrapping(of: part, in: view) {
        // Further inside, a line break may be written in any way.
        if depth == 0, found.kind == .base64 { Self.note(&found, gapsOf: part, in: view, of: text) }
        wrapping = found
      }
      guard !view.encodings.contains(.lines) else { break }
      part = view.origin(of: part)
    }
    let form = DecodedForm(path: DecodingPath(steps), wrapping: wrapping)
    let innermost = views[last]
    let secret = innermost.bytes.extracting(range)
    if views[0].encodings.contains(.lines) {
      for line in Self.lines(of: part, in: views[0]) {
        insert(finding, line, form, secret: secret, block, settled: settled, into: &overlaps)
      }
    } else {
      insert(finding, part, form, secret: secret, block, settled: settled, into: &overlaps)
    }
  }

  private func insert(
    _ finding: Finding, _ range: Range<Int>, _ form: DecodedForm, secret: Span<UInt8>,
    _ block: Block, settled: UInt64, into overlaps: inout Overlaps
  ) {
    guard !block.isCut || range.lowerBound >= Self.cutMargin else { return }
    let end = block.start + UInt64(range.upperBound)
    guard end > settled else { return }
    overlaps.insert(
      Hit(
        rule: finding.rule, start: max(block.start + UInt64(range.lowerBound), settled), end: end,
        rank: ranks[finding.rule.position], length: 0,
        decoded: secrets.insert(form, secret: secret), known: finding.known))
  }

  /// The pieces of a find in a text that was put together from lines.
  private static func lines(of range: Range<Int>, in view: ViewText) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    for index in range {
      let origin = view.origin(at: index)
      guard origin.start < origin.end else { continue }
      let (start, end) = (Int(origin.start), Int(origin.end))
      if let last = lines.last, last.upperBound == start {
        lines[lines.count - 1] = last.lowerBound..<end
      } else {
        lines.append(start..<end)
      }
    }
    return lines
  }

  /// Notes how the lines of base64 were broken among those that a part of a view was made of.
  private static func note(
    _ wrapping: inout MaskWrapping, gapsOf range: Range<Int>, in view: ViewText,
    of text: Span<UInt8>
  ) {
    for index in range.dropFirst() {
      let start = Int(view.origin(at: index - 1).end)
      let gap = Int(view.origin(at: index).start) - start
      if gap > 0 { wrapping.appendBreak(gap, isEscaped: text[start] == UInt8(ascii: "\\")) }
    }
  }

  /// How a mask for a part of a view is written in the text before it.
  ///
  /// - Returns: nil if it stands there as it is.
  private static func wrapping(of range: Range<Int>, in view: ViewText) -> MaskWrapping? {
    let kinds = view.encodings(in: range)
    if kinds == .hex { return MaskWrapping(.hex) }
    if kinds == .utf16 {
      // Where only a part is UTF-16, zeros would stand in a text of bytes.
      let isWide = range.allSatisfy { view.origin(at: $0).encodings == .utf16 }
      return isWide ? MaskWrapping(.utf16) : nil
    }
    guard kinds == .base64 else { return nil }
    var wrapping = MaskWrapping(.base64)
    let first = view.origin(at: range.lowerBound).start
    var index = range.lowerBound - 1
    while index >= 0, view.origin(at: index).start == first {
      wrapping.prependLead(view.bytes[index])
      index -= 1
    }
    let last = view.origin(at: range.upperBound - 1).start
    index = range.upperBound
    while index < view.count, view.origin(at: index).start == last {
      wrapping.appendTrail(view.bytes[index])
      index += 1
    }
    return wrapping
  }
}
