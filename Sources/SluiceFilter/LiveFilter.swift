package import SluiceCrypto
package import SluiceScan

/// A filter that its caller drives read by read.
///
/// One window. What the scanner has settled is written before the next read, so nothing waits for
/// a buffer to fill (G7), and what is not settled is at most `ScanLimits.window` bytes (G5).
package struct LiveFilter<
  Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable
>: ~Copyable {
  private var window: Window
  private var stream: Stream

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - options: how to mask it.
  ///   - fingerprinter: needed by `MaskStyle.hash`; findings carry fingerprints if there is one.
  ///   - output: gets the redacted stream.
  ///   - findings: gets one JSON line for each finding; nil: none are made.
  package init(
    rules: CompiledRules, options: Filter.Options, fingerprinter: consuming Fingerprinter?,
    to output: consuming Output, findings: consuming Report?
  ) {
    window = Window(
      held: rules.limits.window + rules.holdOverhead + rules.longestContext,
      block: options.blockLength)
    stream = Stream(
      rules: rules, options: options, fingerprinter: fingerprinter, output: output,
      findings: findings)
  }

  /// Reads once and writes what is settled then.
  ///
  /// - Returns: whether the stream may go on; false when it has ended and all is written.
  /// - Throws: `IOError`. What was written until then is complete and masked.
  package mutating func pass<Input: ByteSource & ~Copyable>(
    from input: inout Input
  ) throws(IOError) -> Bool {
    let isFinal = try window.fill(from: &input) == 0
    try stream.settle(&window, isFinal: isFinal)
    return !isFinal
  }

  /// Writes what is left although the input has not ended; nothing may be passed after it.
  package mutating func finish() throws(IOError) {
    try stream.settle(&window, isFinal: true)
  }

  /// Writes what a person shall see because nothing follows for a while; see `Scanner.idleMark`.
  package mutating func pause() throws(IOError) {
    try stream.passEarly(window)
  }

  /// What was scanned and found so far.
  package var statistics: ScanStatistics { stream.statistics }

  /// All but the window, which is lent to it.
  private struct Stream: ~Copyable {
    private var scanner: Scanner
    private var sieve: AllowedFindings<Output>
    private var report: Report?

    init(
      rules: CompiledRules, options: Filter.Options, fingerprinter: consuming Fingerprinter?,
      output: consuming Output, findings: consuming Report?
    ) {
      scanner = Scanner(rules: rules)
      let hasReport = findings != nil
      report = findings
      sieve = AllowedFindings(
        allowlist: options.allowlist,
        redactor: Redactor(
          output: output, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
          fingerprinter: fingerprinter,
          report: hasReport ? FindingReport(rules: rules, path: options.path) : nil,
          rules: rules), rules: rules)
    }

    var statistics: ScanStatistics {
      var statistics = scanner.statistics
      statistics.allowedFindings = sieve.count
      return statistics
    }

    mutating func settle(_ window: inout Window, isFinal: Bool) throws(IOError) {
      let origin = window.origin
      let settled = scanner.scan(window.bytes, at: origin, isFinal: isFinal, into: &sieve)
      try sieve.redactor.emit(window.bytes, at: origin, through: settled)
      if var open = report.take() {
        do {
          try sieve.redactor.writeReport(to: &open)
        } catch {
          throw error.ofReport
        }
        report = consume open
      }
      window.release(through: settled, keeping: scanner.contextLength)
    }

    mutating func passEarly(_ window: borrowing Window) throws(IOError) {
      try sieve.redactor.passEarly(
        window.bytes, at: window.origin, through: scanner.idleMark)
    }
  }
}
