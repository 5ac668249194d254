package import SluiceCrypto
package import SluiceScan

/// A stream in, the same stream redacted out: the façade of `SluiceFilter`, and all of
/// `sluice filter` but its flags.
///
/// One loop over one window. What the scanner has settled is written before the next read, so
/// nothing waits for a buffer to fill (G7), and what is not settled is at most
/// `ScanLimits.window` bytes (G5).
package struct Filter: ~Copyable {
  /// How secrets are masked and findings described.
  package struct Options: Sendable {
    package var maskStyle: MaskStyle = .label
    /// What findings give as their path.
    package var path: String?
    /// What passes unmasked, and is counted; nil: nothing does.
    package var allowlist: Allowlist?
    /// Bytes asked for with each read.
    package var blockLength = 128 * 1024

    package init() {}
  }

  private let rules: CompiledRules
  private let options: Options
  private var fingerprinter: Fingerprinter?

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - options: how to mask it.
  ///   - fingerprinter: needed by `MaskStyle.hash`; findings carry fingerprints if there is one.
  package init(
    rules: CompiledRules, options: Options = Options(),
    fingerprinter: consuming Fingerprinter? = nil
  ) {
    self.rules = rules
    self.options = options
    self.fingerprinter = fingerprinter
  }

  /// Filters until the input ends.
  ///
  /// - Parameters:
  ///   - input: read to its end.
  ///   - output: gets the redacted stream.
  ///   - findings: gets one JSON line for each finding; nil: none are made.
  /// - Returns: what was scanned and found.
  /// - Throws: `IOError`. What was written until then is complete and masked.
  package consuming func run<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable
  >(
    _ input: inout Input, to output: consuming Output, findings: consuming Report?
  ) throws(IOError) -> ScanStatistics {
    var scanner = Scanner(rules: rules)
    let context = scanner.contextLength
    var window = Window(
      held: rules.limits.window + rules.holdOverhead + context, block: options.blockLength)
    var sink = findings
    let report =
      sink == nil ? nil : FindingReport(rules: rules.rules, path: options.path)
    var sieve = AllowedFindings(
      allowlist: options.allowlist,
      redactor: Redactor(
        output: output, masks: MaskTable(style: options.maskStyle, rules: rules.rules),
        fingerprinter: fingerprinter, report: report))
    while true {
      let isFinal = try window.fill(from: &input) == 0
      let origin = window.origin
      let settled = scanner.scan(window.bytes, at: origin, isFinal: isFinal, into: &sieve)
      try sieve.redactor.emit(window.bytes, at: origin, through: settled)
      if var open = sink.take() {
        do {
          try sieve.redactor.writeReport(to: &open)
        } catch {
          throw error.ofReport
        }
        sink = consume open
      }
      window.release(through: settled, keeping: context)
      if isFinal {
        var statistics = scanner.statistics
        statistics.allowedFindings = sieve.count
        return statistics
      }
    }
  }
}
