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
    /// How long the beginning of a record waits for its end, in milliseconds; nil: not at all.
    package var idleFlush: Int?
    /// Whether records are counted and the time of confirming is measured.
    package var measures = false

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
    var control = NoControl()
    return try run(&input, to: output, findings: findings, control: &control)
  }

  /// Filters until the input ends or an order ends it.
  ///
  /// - Parameters:
  ///   - input: read to its end.
  ///   - output: gets the redacted stream.
  ///   - findings: gets one JSON line for each finding; nil: none are made.
  ///   - control: gives orders and learns how far the stream is.
  /// - Returns: what was scanned and found.
  /// - Throws: `IOError`. What was written until then is complete and masked.
  package consuming func run<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable,
    Control: StreamControl & ~Copyable
  >(
    _ input: inout Input, to output: consuming Output, findings: consuming Report?,
    control: inout Control
  ) throws(IOError) -> ScanStatistics {
    var stream = FilteredStream(
      rules: rules, options: options, fingerprinter: fingerprinter, output: output,
      findings: findings)
    var window = Window(held: stream.heldLimit, block: options.blockLength)
    var orders = OrderBook()
    while true {
      orders.take(from: &control)
      if orders.isDraining, orders.unread == nil { orders.unread = input.unreadBytes }
      if orders.wantsReload, !stream.isMasking {
        orders.wantsReload = false
        if let setup = control.reload() {
          stream.adopt(setup)
          window.reserve(held: stream.heldLimit)
        }
      }
      if orders.wantsReport {
        orders.wantsReport = false
        control.report(stream.statistics)
      }
      if orders.unread == nil, try stream.waitsInVain(for: &input, window) { continue }
      guard let count = try orders.fill(&window, from: &input) else { continue }
      try stream.step(&window, added: count)
      control.publish(stream.statistics)
      if count == 0 { return stream.statistics }
    }
  }
}
