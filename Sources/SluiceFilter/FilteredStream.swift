internal import SluiceCrypto
internal import SluiceScan

/// The state of a stream between two reads, but for its window: scanner, redactor, counts.
struct FilteredStream<Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable>: ~Copyable {
  private let options: Filter.Options
  private var rules: CompiledRules
  private var scanner: Scanner
  private var sieve: AllowedFindings<Output>
  private var findings: Report?
  private var records: UInt64 = 0
  private var endsInRecord = false
  /// How far the stream went on because nothing came.
  private var passedEarly: UInt64 = 0

  init(
    rules: CompiledRules, options: Filter.Options, fingerprinter: consuming Fingerprinter?,
    output: consuming Output, findings: consuming Report?
  ) {
    self.rules = rules
    self.options = options
    scanner = Scanner(rules: rules, measuresTime: options.measures)
    let report = findings == nil ? nil : FindingReport(rules: rules, path: options.path)
    self.findings = findings
    sieve = AllowedFindings(
      allowlist: options.allowlist,
      redactor: Redactor(
        output: output, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
        fingerprinter: fingerprinter, report: report, joinsRecords: options.idleFlush != nil,
        rules: rules), rules: rules)
  }

  /// Most bytes that the window must keep while more are read.
  var heldLimit: Int { rules.limits.window + rules.holdOverhead + rules.longestContext }

  /// Inside of a secret whose end is not known.
  var isMasking: Bool { sieve.redactor.isMasking }

  var statistics: ScanStatistics {
    var statistics = scanner.statistics
    statistics.allowedFindings = sieve.count
    statistics.records = records + (endsInRecord ? 1 : 0)
    return statistics
  }

  /// Goes on with other rules at the settled mark: what is held is scanned again.
  mutating func adopt(_ setup: borrowing StreamSetup) {
    let settled = scanner.settledMark
    var successor = Scanner(rules: setup.rules, measuresTime: options.measures)
    successor.takeOver(at: settled, after: scanner.statistics, of: rules)
    scanner = successor
    rules = setup.rules
    sieve.adopt(
      setup.allowlist, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
      rules: rules)
  }

  /// Whether the beginning of a record waited for its end long enough, or an order came first.
  ///
  /// What waited was written then.
  mutating func waitsInVain<Input: ByteSource & ~Copyable>(
    for input: inout Input, _ window: borrowing Window
  ) throws(IOError) -> Bool {
    guard let patience = options.idleFlush else { return false }
    let mark = scanner.idleMark
    guard sieve.redactor.holdsPartialRecord || mark > passedEarly else { return false }
    switch try input.wait(milliseconds: patience) {
    case .ready: return false
    case .interrupted: return true
    case .timeout:
      // Also what is not decided, except what nothing but a secret begins with.
      try sieve.redactor.flush()
      try sieve.redactor.passEarly(window.bytes, at: window.origin, through: mark)
      passedEarly = mark
      return true
    }
  }

  /// Scans and writes what can be, after a read that brought `count` bytes; 0 is the end.
  mutating func step(_ window: inout Window, added count: Int) throws(IOError) {
    if options.measures && count > 0 { countRecords(in: window.bytes.extracting(last: count)) }
    let isFinal = count == 0
    let origin = window.origin
    let settled = scanner.scan(window.bytes, at: origin, isFinal: isFinal, into: &sieve)
    try sieve.redactor.emit(window.bytes, at: origin, through: settled)
    if isFinal { try sieve.redactor.flush() }
    if var open = findings.take() {
      do {
        try sieve.redactor.writeReport(to: &open)
      } catch {
        throw error.ofReport
      }
      findings = consume open
    }
    passedEarly = max(passedEarly, settled)
    window.release(through: settled, keeping: scanner.contextLength)
  }

  private mutating func countRecords(in fresh: Span<UInt8>) {
    var rest = fresh
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      records += 1
      rest = rest.extracting((end + 1)...)
    }
    endsInRecord = !rest.isEmpty
  }
}
