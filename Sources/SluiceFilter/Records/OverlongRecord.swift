internal import SluiceScan

/// A record that is not kept as a whole: it goes through as text while it is read.
struct OverlongRecord: ~Copyable {
  let start: UInt64
  /// Where the record began, with what stands before its text.
  let recordStart: UInt64
  /// Bytes of it that are not settled; nil: up to the next line end.
  var remaining: Int?
  var scanner: Scanner
  /// The secret that goes on behind what was settled.
  var open: RecordMark?

  init(
    start: UInt64, ofRecordAt recordStart: UInt64, remaining: Int?, rules: CompiledRules,
    measuresTime: Bool
  ) {
    self.start = start
    self.recordStart = recordStart
    self.remaining = remaining
    // What is encoded in it is not looked for: README says so.
    scanner = Scanner(rules: rules, measuresTime: measuresTime, decodes: false)
    scanner.begin(at: start)
  }
}

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// Goes on with a record that is too long.
  ///
  /// - Returns: whether it has come to its end.
  mutating func passOverlong(
    _ bytes: Span<UInt8>, at origin: UInt64, isFinal: Bool
  ) throws(IOError) -> Bool {
    guard var record = overlong.take() else { return true }
    let (end, isWhole) = overlongEnd(record.remaining, bytes, at: origin)
    let context = UInt64(record.scanner.contextLength)
    let first = max(
      record.start, origin, recordStart - min(recordStart, context))
    collector.marks.removeAll(keepingCapacity: true)
    if let open = record.open.take() { collector.marks.append(open) }
    let settled = record.scanner.scan(
      bytes.extracting(Int(first - origin)..<end), at: first, isFinal: isWhole || isFinal,
      into: &collector)
    if format == .rsyslog {
      // What is answered must be short: everything of it is masked.
      if isWhole || isFinal { answerOverlong() }
    } else {
      try writeOverlong(
        bytes.extracting(Int(recordStart - origin)..<Int(settled - origin)), through: settled,
        of: record)
    }
    if let last = collector.marks.last, last.end == .max { record.open = last }
    if let left = record.remaining { record.remaining = left - Int(settled - recordStart) }
    recordStart = settled
    guard isWhole || isFinal else {
      overlong = consume record
      return false
    }
    keep(record.scanner.statistics)
    line += 1
    if format == .omprog {
      try writer.flush()
      try confirm()
    }
    return isWhole
  }

  /// Where the part of it that was read ends, and whether that is its end.
  private mutating func overlongEnd(
    _ remaining: Int?, _ bytes: Span<UInt8>, at origin: UInt64
  ) -> (end: Int, isWhole: Bool) {
    let start = Int(recordStart - origin)
    if let remaining {
      return (min(start + remaining, bytes.count), bytes.count - start >= remaining)
    }
    let known = Int(max(searched, recordStart) - origin)
    if let end = bytes.extracting(known...).firstIndex(of: UInt8(ascii: "\n")) {
      return (known + end + 1, true)
    }
    searched = origin + UInt64(bytes.count)
    return (bytes.count, false)
  }

  /// Writes what was settled, from `recordStart` on, with its masks.
  private mutating func writeOverlong(
    _ part: Span<UInt8>, through settled: UInt64, of record: borrowing OverlongRecord
  ) throws(IOError) {
    edits.removeAll()
    let place = RecordPlace(start: recordStart, ofRecordAt: record.recordStart, line: line)
    for mark in collector.marks {
      if mark.start < recordStart && mark.end == recordStart {
        // All of it was written before its end was known.
        writer.end(RecordEdit(start: 0, end: 0, mark: mark), at: place)
        continue
      }
      var edit = RecordEdit(
        start: Int(max(mark.start, recordStart) - recordStart),
        end: Int(min(mark.end, settled) - recordStart),
        mark: record.remaining == nil ? mark : mark.filled)
      edit.isFirst = mark.start >= recordStart
      edit.isLast = mark.end != .max
      edits.add(edit)
    }
    try writer.put(part, 0..<part.count, edits: edits, at: place)
  }

  private mutating func answerOverlong() {
    writer.put(
      "{\"msg\":\"[REDACTED:record-too-long]\",\"rawmsg\":\"[REDACTED:record-too-long]\"}\n")
  }
}

extension RecordMark {
  /// The same with a mask of the secret's own length.
  var filled: RecordMark {
    var copy = self
    copy.mask = []
    return copy
  }
}
