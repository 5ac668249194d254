internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// The state of a stream of records between two reads, but for its window.
struct RecordStream<
  Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable, Confirmation: ByteSink & ~Copyable
>: ~Copyable {
  let format: RecordFormat
  let options: Filter.Options
  let largestRecord: Int
  private(set) var rules: CompiledRules
  var scan: TextScan
  var collector: MarkCollector
  var writer: RecordWriter<Output>
  private var findings: Report?
  private var confirmations: Confirmation?

  // Used for one record after the other, kept for their memory.
  var json = JSONReader()
  var map = TextMap()
  var text: Window
  var edits = RecordEdits()
  /// From where on the scan of the record has seen all that its escapes stand for.
  private var decodedFrom = Int.max

  /// The first byte that was not handled.
  var recordStart: UInt64 = 0
  /// No record ends before it.
  var searched: UInt64 = 0
  /// Number of the current line, from 1.
  var line: UInt64 = 1
  var overlong: OverlongRecord?
  var container: ContainerTexts?
  private var earlier: ScanStatistics?
  private var records: UInt64 = 0
  private var highWater = 0

  init(
    rules: CompiledRules, format: RecordFormat, options: Filter.Options, largestRecord: Int,
    fingerprinter: consuming Fingerprinter?, output: consuming Output,
    findings: consuming Report?, confirmations: consuming Confirmation?
  ) {
    self.rules = rules
    self.format = format
    self.options = options
    self.largestRecord = largestRecord
    scan = TextScan(rules: rules, measuresTime: options.measures)
    collector = MarkCollector(
      rules: rules, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
      allowlist: options.allowlist, fingerprinter: fingerprinter, reports: findings != nil)
    writer = RecordWriter(
      output: output, reporting: findings == nil ? nil : rules.rules, path: options.path)
    self.findings = findings
    self.confirmations = confirmations
    text = Window(held: 0, block: 64 * 1024)
    if format == .docker || format == .cri {
      container = ContainerTexts(rules: rules, measuresTime: options.measures)
    }
  }

  /// Most bytes that the window must keep while more are read.
  ///
  /// Lines that wait for the other parts of a secret are held up to as much again.
  var heldLimit: Int {
    (container == nil ? 1 : 2) * largestRecord + rules.limits.window + rules.holdOverhead
      + rules.longestContext
  }

  /// Whether nothing is masked half, so that rules may change.
  var isBetweenSecrets: Bool {
    if overlong != nil { return false }
    switch container {
    case .some(let texts): return !texts.hasMarks
    case .none: return true
    }
  }

  /// The first line that waits for the rest of a secret.
  var firstHeld: UInt64? {
    switch container {
    case .some(let texts): texts.firstHeld
    case .none: nil
    }
  }

  var statistics: ScanStatistics {
    var sum = scan.statistics
    switch container {
    case .some(let texts): sum.add(texts.statistics)
    case .none: break
    }
    if let earlier { sum.add(earlier) }
    sum.allowedFindings = collector.allowedCount
    sum.settledBytes = recordStart
    sum.records = records
    sum.heldHighWater = highWater
    return sum
  }

  /// Goes on with other rules.
  mutating func adopt(_ setup: borrowing StreamSetup) {
    earlier = earlier?.carried(from: rules.rules, to: setup.rules.rules)
    scan.adopt(setup.rules, after: rules, measuresTime: options.measures)
    container?.adopt(setup.rules, after: rules)
    rules = setup.rules
    collector.adopt(
      rules: rules, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
      allowlist: setup.allowlist)
    writer.adopt(rules.rules)
  }

  /// Handles every record that is complete, after a read that brought `count` bytes; 0 is the end.
  mutating func step(_ window: inout Window, added count: Int) throws(IOError) {
    let isFinal = count == 0
    while try takeRecord(window, isFinal: isFinal) {}
    if container != nil { try drainContainer(window, isFinal: isFinal) }
    try writer.flush()
    if var open = findings.take() {
      try writer.writeReport(to: &open)
      findings = consume open
    }
    let mark = firstHeld ?? recordStart
    highWater = max(highWater, Int(window.origin + UInt64(window.bytes.count) - mark))
    window.release(through: mark, keeping: rules.longestContext)
  }

  /// Handles one record or a part of one that is too long.
  ///
  /// - Returns: whether there may be another.
  private mutating func takeRecord(
    _ window: borrowing Window, isFinal: Bool
  ) throws(IOError) -> Bool {
    let bytes = window.bytes
    let start = Int(recordStart - window.origin)
    if overlong != nil {
      return try passOverlong(bytes, at: window.origin, isFinal: isFinal)
    }
    let rest = bytes.extracting(start...)
    switch frame(rest, isFinal: isFinal) {
    case .record(let length):
      try handle(rest.extracting(first: length), at: recordStart)
      recordStart += UInt64(length)
      records += 1
      line += 1
      try drainFullContainer(window)
      return true
    case .overlong(let header, let remaining):
      if container != nil { try drainContainer(window, isFinal: true) }
      writer.beginRecord()
      try writer.append(rest.extracting(first: header))
      recordStart += UInt64(header)
      overlong = OverlongRecord(
        start: recordStart, ofRecordAt: recordStart - UInt64(header), remaining: remaining,
        rules: rules, measuresTime: options.measures)
      records += 1
      return true
    case .none:
      return false
    }
  }

  private mutating func handle(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    writer.beginRecord()
    edits.removeAll()
    switch format {
    case .jsonl: try handleJSON(record, at: start)
    case .rsyslog: try answerRsyslog(record, at: start)
    case .omprog:
      try handleText(record, at: start)
      try writer.flush()
      try confirm()
    case .docker, .cri: admit(record, at: start)
    case .journald: try handleJournal(record, at: start)
    }
  }

  /// Tells rsyslog that it may go on, if it waits for that.
  mutating func confirm() throws(IOError) {
    guard format == .omprog, var open = confirmations.take() else { return }
    let answer = Array("OK\n".utf8)
    try open.write(answer.span)
    confirmations = consume open
  }

  /// Keeps what the scanner of a record counted that was too long.
  mutating func keep(_ statistics: ScanStatistics) {
    if earlier == nil { earlier = statistics } else { earlier?.add(statistics) }
  }

  // MARK: - Records

  /// A record without a form of its own.
  mutating func handleText(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    scanRecord(record.extracting(0..<record.bodyLength))
    try put(record, at: start)
  }

  /// A line that should be JSON.
  mutating func handleJSON(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    let body = record.extracting(0..<record.bodyLength)
    scanRecord(body)
    if json.read(body) {
      scanStrings(of: body)
      edits.confine(to: json.tokens, of: body)
    }
    try put(record, at: start)
  }

  mutating func put(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    try writer.put(
      record, 0..<record.count, edits: edits, at: RecordPlace(start: start, line: line))
  }

  /// Finds what the bytes of a record hold as they stand.
  mutating func scanRecord(_ body: Span<UInt8>) {
    collector.marks.removeAll(keepingCapacity: true)
    let origin = scan.scan(body, into: &collector)
    decodedFrom = scan.decodedFrom.map { Int($0 - origin) } ?? .max
    for mark in collector.marks {
      edits.add(
        RecordEdit(
          start: Int(mark.start - origin),
          end: mark.end == .max ? body.count : Int(mark.end - origin), mark: mark))
    }
  }

  /// Finds what strings hold whose bytes do not stand there as they are; behind `scanRecord`.
  ///
  /// PERF: where the scan of the record has decoded all escapes of a string, and all behind them,
  /// it has seen what the string holds.
  mutating func scanStrings(of body: Span<UInt8>) {
    let decodedFrom = decodedFrom
    for token in json.tokens {
      guard let escape = token.firstEscape, escape < decodedFrom else { continue }
      text.removeAll()
      JSONStringText.decode(body, token.start..<token.end, to: &text, map: &map)
      collector.marks.removeAll(keepingCapacity: true)
      let origin = Self.scan(text, with: &scan, into: &collector)
      for mark in collector.marks {
        let end = mark.end == .max ? map.count : Int(mark.end - origin)
        let range = map.record(Int(mark.start - origin)..<end)
        let known = edits.count
        edits.add(RecordEdit(start: range.lowerBound, end: range.upperBound, mark: mark))
        // The scan of the record knew it already.
        if edits.count <= known { scan.uncount(mark.rule) }
      }
    }
  }

  /// Apart, because a span of one of our properties may not be in use while others change.
  private static func scan(
    _ text: borrowing Window, with scan: inout TextScan, into collector: inout MarkCollector
  ) -> UInt64 {
    scan.scan(text.bytes, into: &collector)
  }
}

extension Span where Element == UInt8 {
  /// How long a line is without its end, LF or CR LF.
  var bodyLength: Int {
    var length = count
    if length > 0, self[length - 1] == UInt8(ascii: "\n") { length -= 1 }
    if length > 0, self[length - 1] == UInt8(ascii: "\r") { length -= 1 }
    return length
  }
}
