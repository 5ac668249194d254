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

  init(output: consuming Output, reporting rules: [PlannedRule]?, path: String?) {
    self.output = output
    self.path = path
    json = rules.map { FindingJSON(rules: $0, path: path) }
    buffer.reserveCapacity(Self.bufferLength)
  }

  mutating func adopt(_ rules: [PlannedRule]) {
    if json != nil { json = FindingJSON(rules: rules, path: path) }
  }

  mutating func beginRecord() { recordStart = buffer.count }

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
      edit.appendMask(to: &buffer)
      if edit.isFirst, let place { report(edit, at: place) }
      index = edit.end
    }
    try append(record.extracting(index..<max(index, range.upperBound)))
  }

  /// Clean bytes.
  mutating func append(_ run: Span<UInt8>) throws(IOError) {
    if buffer.count + run.count > Self.bufferLength { try flush() }
    if run.count >= Self.bufferLength {
      try output.write(run)
    } else {
      buffer.append(addingCapacity: run.count) { (free: inout OutputSpan<UInt8>) in
        for index in run.indices { free.append(run[index]) }
      }
    }
  }

  /// Writes the line of a finding whose mask was the last that was written.
  mutating func report(_ edit: RecordEdit, at place: RecordPlace) {
    guard let json else { return }
    let mark = edit.mark
    let redacted =
      mark.mask.isEmpty
      ? Array(
        repeating: MaskTable.fillByte, count: min(edit.end - edit.start, Self.excerptLength))
      : mark.mask
    let output = buffer[max(min(recordStart, buffer.count), buffer.count - 120)...]
    json.append(
      Finding(
        rule: mark.rule, start: place.start + UInt64(edit.start),
        end: place.start + UInt64(edit.end)),
      FindingJSON.Details(
        line: place.line, column: UInt64(edit.start) + 1, fingerprint: mark.fingerprint?.hex,
        redacted: redacted, excerpt: Array(output.suffix(Self.excerptLength + redacted.count)),
        confidence: mark.confidence, insights: mark.insights),
      to: &lines)
  }

  mutating func flush() throws(IOError) {
    guard !buffer.isEmpty else { return }
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
  /// Offset of its first byte.
  let start: UInt64
  /// Number of its line, from 1.
  let line: UInt64
}
