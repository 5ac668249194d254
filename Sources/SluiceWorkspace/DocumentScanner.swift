internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// Scans one document after the other: a file, a pipe, or bytes that git hands over.
///
/// One scanner serves all of them, because making one costs more than scanning a small file: for
/// the scanner the documents are one stream of which each was final, and no finding crosses a
/// final end.
struct DocumentScanner: ~Copyable {
  enum Outcome: Sendable {
    case scanned
    /// It looks like no text and was not scanned.
    case binary
    /// It is packed and was not scanned: what comes out of it has to be.
    case archive
  }

  /// Bytes asked for with each read; fits the cache of a core.
  static let blockLength = 256 * 1024
  /// Where a NUL says that a file is no text.
  static let binaryProbe = 8000
  /// Most findings that one document may have before they are only counted (G5).
  static let mostFindings = 20_000

  private let limits: ScanLimits
  private let describer: HitDescriber
  private let structure: StructureAnalysis
  private var scanner: Scanner
  private var collector: HitCollector
  private var buffer: FileBuffer
  private var lines = LineCounter(at: 0)
  /// Offset of the document's first byte.
  private var base: UInt64 = 0
  /// Of a document whose parts were scanned one by one.
  private var wholeLength: UInt64?
  /// Whether a document was begun and not ended.
  private var isOpen = false
  /// Bytes that were appended since the last scan.
  private var unscanned = 0
  /// The first hit that no finding was made of.
  private var described = 0
  /// The finding whose end is not known yet.
  private var openFinding: Int?
  /// Whether lines are counted and the time of confirming is measured.
  private var measures: Bool
  private var records: UInt64 = 0
  /// What was found in the document, in order.
  private(set) var findings: [ScanFinding] = []
  /// Findings beyond `mostFindings`.
  private(set) var uncollected = 0

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - fingerprinter: nil: findings carry no fingerprints.
  ///   - allowances: what the settings let stand.
  ///   - measures: whether `statistics` know the lines and the time of confirming.
  init(
    rules: CompiledRules, fingerprinter: consuming Fingerprinter?,
    allowances: [Allowlist.Entry] = [], measures: Bool = false
  ) {
    self.measures = measures
    limits = rules.limits
    describer = HitDescriber(ruleIDs: rules.rules.map(\.rule.id))
    structure = StructureAnalysis(rules: rules.rules.map(\.rule))
    scanner = Scanner(rules: rules, measuresTime: measures)
    collector = HitCollector(
      fingerprinter: fingerprinter,
      allowed: allowances.isEmpty ? nil : AllowedSecrets(allowances, rules: rules.rules))
    let held = rules.limits.window + rules.holdOverhead + rules.longestContext
    buffer = FileBuffer(
      capacity: 2 * held + 4 * HitDescriber.lineReach + 2 * Self.blockLength)
  }

  /// Bytes of the document so far.
  var documentLength: UInt64 { wholeLength ?? buffer.end - base }

  /// What was done with all documents so far.
  var statistics: ScanStatistics {
    var statistics = scanner.statistics
    statistics.records = records
    return statistics
  }

  // MARK: - Documents

  /// Scans a file to its end.
  ///
  /// - Parameters:
  ///   - file: read to its end.
  ///   - includesBinary: whether it is scanned even if it looks like no text.
  ///   - unpacks: whether an archive is left to the caller.
  /// - Returns: whether it was scanned.
  /// - Throws: `FileError`; `findings` then holds what was found until then.
  mutating func scan(
    _ file: inout OpenFile, includesBinary: Bool, unpacks: Bool = false
  ) throws(FileError) -> Outcome {
    begin(at: file.path)
    var isFirst = true
    while true {
      var isAtEnd = false
      do {
        while unscanned < Self.blockLength, !isAtEnd {
          let count = try buffer.fill(from: &file, atMost: Self.blockLength - unscanned)
          unscanned += count
          isAtEnd = count == 0
        }
      } catch {
        advance(isFinal: true)
        throw error
      }
      if isFirst {
        let isArchive = unpacks && ArchiveFormat.begins(buffer.bytes)
        if isArchive || !includesBinary && looksBinary {
          // What was read of a stream cannot be read again.
          if isArchive { file.returnUnread(buffer.bytes) }
          buffer.discard()
          unscanned = 0
          isOpen = false
          return isArchive ? .archive : .binary
        }
      }
      isFirst = false
      advance(isFinal: isAtEnd)
      if isAtEnd { return .scanned }
    }
  }

  /// Begins a document that comes in pieces.
  ///
  /// - Parameter path: what it is called, for the settings.
  mutating func begin(at path: WorkspacePath = .standardInput) {
    if isOpen { advance(isFinal: true) }
    collector.begin(at: path)
    isOpen = true
    wholeLength = nil
    buffer.restart()
    base = buffer.origin
    lines = LineCounter(at: base)
    described = 0
    openFinding = nil
    findings.removeAll()
    uncollected = 0
    unscanned = 0
  }

  /// Scans the document's next piece.
  mutating func feed(_ bytes: Span<UInt8>) {
    var rest = bytes
    while rest.count > 0 {
      let count = min(rest.count, Self.blockLength - unscanned)
      buffer.append(rest.extracting(0..<count))
      unscanned += count
      rest = rest.extracting(count...)
      if unscanned == Self.blockLength { advance(isFinal: false) }
    }
  }

  /// Scans a structured document: its text, then its structure.
  ///
  /// - Parameters:
  ///   - bytes: the whole document.
  ///   - kind: what its name says it is.
  ///   - path: what it is called, for the settings.
  /// - Returns: whether it is that; if not, its text was scanned all the same.
  mutating func scan(
    _ bytes: [UInt8], as kind: StructureKind, at path: WorkspacePath = .standardInput
  ) -> Bool {
    begin(at: path)
    feed(bytes.span)
    finish()
    if kind == .notebook { scanCells(of: bytes, at: path) }
    guard let literals = structure.apply(to: &findings, in: bytes, as: kind, at: path) else {
      return false
    }
    let room = max(0, Self.mostFindings - findings.count)
    uncollected += max(0, literals.count - room)
    for literal in literals.prefix(room) {
      let content = literal.value.content
      let fingerprint = collector.fingerprint(of: content.span)
      var finding = describer.finding(of: literal, in: bytes, fingerprint: fingerprint)
      finding.isAllowedBySettings = collector.allows(
        describer.index(of: literal.ruleID), secret: content.span, fingerprint: fingerprint)
      findings.append(finding)
    }
    findings.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    return true
  }

  /// Scans the text of a notebook's cells and outputs as its reader sees it, and adds what the
  /// notebook's own text did not show: a key over several lines, for example.
  private mutating func scanCells(of bytes: [UInt8], at path: WorkspacePath) {
    let (known, unknown) = (findings, uncollected)
    let secrets = SecretRanges(known.compactMap(\.byteRange))
    let counts = measures
    // Their lines are the document's, which were counted.
    measures = false
    defer { measures = counts }
    var more: [ScanFinding] = []
    for cell in NotebookCell.all(in: bytes, hiding: secrets) {
      begin(at: path)
      feed(cell.text.span)
      finish()
      for finding in findings {
        guard let inText = finding.byteRange, let range = cell.place(of: inText),
          !secrets.overlap(range)
        else { continue }
        more.append(describer.moved(finding, to: range, in: bytes))
      }
    }
    findings = (known + more).sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    uncollected = unknown
    wholeLength = UInt64(bytes.count)
  }

  /// Ends a document that came in pieces.
  mutating func finish() { advance(isFinal: true) }

  private var looksBinary: Bool {
    let bytes = buffer.bytes
    // UTF-16 with its mark is text, half of whose bytes are NUL.
    let (first, second) = bytes.count < 2 ? (0, 0) : (bytes[0], bytes[1])
    if (first, second) == (0xFF, 0xFE) || (first, second) == (0xFE, 0xFF) { return false }
    return bytes.extracting(first: Self.binaryProbe).firstIndex(of: 0) != nil
  }

  /// Line ends in what was not scanned; what has none at the end of the document counts, too.
  private func newRecords(isFinal: Bool) -> UInt64 {
    let bytes = buffer.bytes
    let new = bytes.extracting(last: unscanned)
    let ends = new.indices.count { new[$0] == UInt8(ascii: "\n") }
    let isOpen = isFinal && bytes.count > 0 && bytes[bytes.count - 1] != UInt8(ascii: "\n")
    return UInt64(ends) + (isOpen ? 1 : 0)
  }

  private mutating func advance(isFinal: Bool) {
    if measures { records += newRecords(isFinal: isFinal) }
    unscanned = 0
    if isFinal { isOpen = false }
    guard documentLength > 0 else { return }
    let settled = Self.scan(buffer, with: &scanner, isFinal: isFinal, into: &collector)
    describeHits(through: settled, isFinal: isFinal)
    guard !isFinal else { return }
    let reach = UInt64(max(HitDescriber.lineReach, scanner.contextLength))
    var mark = settled
    if described < collector.hits.count, openFinding == nil {
      mark = min(mark, collector.hits[described].finding.start)
    }
    mark = max(buffer.origin, mark - min(mark, reach))
    lines.count(in: buffer, through: mark)
    buffer.release(through: mark)
    forgetHits(before: mark)
  }

  // Static: a span of `buffer` would keep all of `self` from changing.
  private static func scan(
    _ buffer: borrowing FileBuffer, with scanner: inout Scanner, isFinal: Bool,
    into collector: inout HitCollector
  ) -> UInt64 {
    scanner.scan(buffer.bytes, at: buffer.origin, isFinal: isFinal, into: &collector)
  }

  /// Hits that lie before what is in memory mask nothing any more.
  private mutating func forgetHits(before mark: UInt64) {
    let count = collector.hits[..<described].prefix { $0.finding.end <= mark }.count
    collector.hits.removeFirst(count)
    described -= count
  }

  // MARK: - Findings

  private mutating func describeHits(through settled: UInt64, isFinal: Bool) {
    while described < collector.hits.count {
      let hit = collector.hits[described]
      if hit.isOpen {
        guard openFinding == nil else { return }
        openFinding = findings.count
        describe(hit, end: settled, through: settled)
        return
      }
      if let index = openFinding {
        if index < findings.count {
          findings[index].range = hit.finding.start - base..<hit.finding.end - base
        }
        openFinding = nil
      } else if isFinal || isLineKnown(after: hit.finding.end, through: settled) {
        describe(hit, end: hit.finding.end, through: settled)
      } else {
        return
      }
      described += 1
    }
  }

  /// Whether the rest of the line, as far as it matters, has its verdict.
  private func isLineKnown(after end: UInt64, through settled: UInt64) -> Bool {
    let bytes = buffer.bytes
    let rest = bytes.extracting(index(of: end)..<index(of: settled))
    return rest.count >= HitDescriber.lineReach || rest.firstIndex(of: UInt8(ascii: "\n")) != nil
  }

  private func index(of offset: UInt64) -> Int { Int(offset - buffer.origin) }

  private mutating func describe(_ hit: Hit, end: UInt64, through settled: UInt64) {
    guard !describer.isPartOfMask(hit.finding.start..<end, in: buffer, from: base) else { return }
    guard findings.count < Self.mostFindings else {
      uncollected += 1
      return
    }
    let finding = describer.finding(
      of: hit, end: end, position: described, among: collector.hits, in: buffer,
      extent: DocumentExtent(base: base, settled: settled), lines: &lines)
    findings.append(finding)
  }
}
