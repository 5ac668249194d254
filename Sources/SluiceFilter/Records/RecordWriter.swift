internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// Writes records with masks in place, and a JSON line for each finding.
struct RecordWriter<Output: ByteSink & ~Copyable>: ~Copyable {
  private static var bufferLength: Int { 64 * 1024 }
  private static var excerptLength: Int { 60 }

  private var output: Output
  private var buffer: [UInt8] = []
  private var json: FindingJSON?
  private let path: String?
  /// Finished finding lines that wait to be written.
  private var lines: [UInt8] = []
  /// Where the output of the current record begins in `buffer`.
  private var recordStart = 0
  /// The end of what of the current record has left the buffer.
  private var recentOutput: [UInt8] = []
  /// A finding whose end is not known.
  private var unfinished: (finding: Finding, details: FindingJSON.Details)?

  init(output: consuming Output, reporting rules: [PlannedRule]?, path: String?) {
    self.output = output
    self.path = path
    json = rules.map { FindingJSON(rules: $0, path: path) }
    buffer.reserveCapacity(Self.bufferLength)
  }

  mutating func adopt(_ rules: [PlannedRule]) {
    if json != nil { json = FindingJSON(rules: rules, path: path) }
  }

  mutating func beginRecord() {
    recordStart = buffer.count
    recentOutput.removeAll(keepingCapacity: true)
  }

  mutating func put(_ text: StaticString) { buffer += text.description.utf8 }

  mutating func put(_ bytes: some Sequence<UInt8>) { buffer += bytes }

  /// Writes a part of a record with its edits, which lie within it.
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - range: the part.
  ///   - edits: of the whole record; those outside of the part are passed over.
  ///   - place: where the record stands in the stream, for reports; nil: nothing is reported.
  /// - Throws: what the output throws.
  mutating func put(
    _ record: Span<UInt8>, _ range: Range<Int>, edits: RecordEdits, at place: RecordPlace?
  ) throws(IOError) {
    var index = range.lowerBound
    for edit in edits.edits where edit.start < range.upperBound && edit.end > range.lowerBound {
      try append(record.extracting(index..<max(index, edit.start)))
      if edit.isFirst, let place { begin(edit, at: place) }
      edit.appendMask(to: &buffer)
      if edit.isLast, let place { end(edit, at: place) }
      index = edit.end
    }
    try append(record.extracting(index..<max(index, range.upperBound)))
  }

  /// Clean bytes.
  mutating func append(_ run: Span<UInt8>) throws(IOError) {
    if buffer.count + run.count > Self.bufferLength { try flush() }
    if run.count >= Self.bufferLength {
      try output.write(run)
      remember(run)
    } else {
      buffer.append(addingCapacity: run.count) { (free: inout OutputSpan<UInt8>) in
        for index in run.indices { free.append(run[index]) }
      }
    }
  }

  /// Notes a finding whose mask is written next.
  mutating func begin(_ edit: RecordEdit, at place: RecordPlace) {
    let mark = edit.mark
    guard let report = mark.report else { return }
    var redacted = mark.mask
    if redacted.isEmpty {
      // The mask `fill`, as far as it is worth showing; what has no end yet is long.
      let length = mark.end == .max ? Self.excerptLength : edit.end - edit.start
      redacted = Array(repeating: MaskTable.fillByte, count: min(length, Self.excerptLength))
    }
    let start = place.start + UInt64(edit.start)
    unfinished = (
      Finding(rule: mark.rule, start: start, end: start, decoded: report.decoded),
      FindingJSON.Details(
        line: place.line, column: start - place.record + 1, fingerprint: report.fingerprint?.hex,
        redacted: redacted, excerpt: recordEnd + redacted, confidence: report.confidence,
        insights: report.insights, vault: report.vault)
    )
  }

  /// Writes the line of the finding that was noted.
  mutating func end(_ edit: RecordEdit, at place: RecordPlace) {
    guard var open = unfinished else { return }
    unfinished = nil
    open.finding.end = place.start + UInt64(edit.end)
    json?.append(open.finding, open.details, to: &lines)
  }

  /// The last bytes that were written of the current record.
  private var recordEnd: [UInt8] {
    let last = buffer[max(recordStart, buffer.count - Self.excerptLength)...]
    return recentOutput.suffix(Self.excerptLength - last.count) + last
  }

  /// Bytes of the current record leave without a place in the buffer.
  private mutating func remember(_ run: Span<UInt8>) {
    let tail = run.extracting(last: Self.excerptLength)
    recentOutput.removeAll(keepingCapacity: true)
    for index in tail.indices { recentOutput.append(tail[index]) }
  }

  mutating func flush() throws(IOError) {
    guard !buffer.isEmpty else { return }
    // Where reads and buffers end is not seen in what is reported (G2).
    recentOutput = recordEnd
    var full: [UInt8] = []
    swap(&full, &buffer)
    try output.write(full.span)
    full.removeAll(keepingCapacity: true)
    swap(&full, &buffer)
    recordStart = 0
  }

  /// Writes finished finding lines; after `flush`, so that no finding is seen before its mask.
  mutating func writeReport<Report: ByteSink & ~Copyable>(
    to report: inout Report
  ) throws(IOError) {
    guard !lines.isEmpty else { return }
    let full = lines
    lines.removeAll(keepingCapacity: true)
    do {
      try report.write(full.span)
    } catch {
      throw error.ofReport
    }
  }
}

/// Where a record stands in the stream.
struct RecordPlace: BitwiseCopyable {
  /// Offset of the first byte of the part that edits refer to.
  let start: UInt64
  /// Offset of the first byte of the record.
  let record: UInt64
  /// Number of its line, from 1.
  let line: UInt64

  init(start: UInt64, ofRecordAt record: UInt64? = nil, line: UInt64) {
    self.start = start
    self.record = record ?? start
    self.line = line
  }
}
