package import SluiceCrypto
package import SluiceScan

/// A stream of records in, the same records redacted out: what `Filter` is for text, for the
/// protocols of log shippers.
///
/// One record in, one out, in order, as soon as it was read (G7). Each record is scanned whole and
/// by itself, except where the protocol cuts lines: those are scanned as what they were cut from.
/// A record longer than `largestRecord` is filtered as text (G5).
package struct RecordFilter: ~Copyable {
  /// Longer records are not kept in memory as a whole.
  package static let largestRecord = 1 << 20

  private let rules: CompiledRules
  private let format: RecordFormat
  private let options: Filter.Options
  private let largestRecord: Int
  private var fingerprinter: Fingerprinter?

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - format: what records look like.
  ///   - options: how to mask it.
  ///   - largestRecord: bytes of a record that are kept together.
  ///   - fingerprinter: needed by `MaskStyle.hash`; findings carry fingerprints if there is one.
  package init(
    rules: CompiledRules, format: RecordFormat, options: Filter.Options = Filter.Options(),
    largestRecord: Int = RecordFilter.largestRecord, fingerprinter: consuming Fingerprinter? = nil
  ) {
    self.rules = rules
    self.format = format
    self.options = options
    self.largestRecord = largestRecord
    self.fingerprinter = fingerprinter
  }

  /// Filters until the input ends or an order ends it.
  ///
  /// - Parameters:
  ///   - input: read to its end.
  ///   - output: gets the redacted records, or the answers.
  ///   - findings: gets one JSON line for each finding; nil: none are made.
  ///   - confirmations: gets `OK` at the start and after each record of `omprog`.
  ///   - control: gives orders and learns how far the stream is.
  /// - Returns: what was scanned and found.
  /// - Throws: `IOError`. What was written until then is complete and masked.
  package consuming func run<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable,
    Confirmation: ByteSink & ~Copyable, Control: StreamControl & ~Copyable
  >(
    _ input: inout Input, to output: consuming Output, findings: consuming Report?,
    confirmations: consuming Confirmation?, control: inout Control
  ) throws(IOError) -> ScanStatistics {
    var stream = RecordStream(
      rules: rules, format: format, options: options, largestRecord: largestRecord,
      fingerprinter: fingerprinter, output: output, findings: findings,
      confirmations: confirmations)
    var window = Window(held: stream.heldLimit, block: options.blockLength)
    var orders = OrderBook()
    try stream.confirm()
    while true {
      orders.take(from: &control)
      if orders.isDraining, orders.unread == nil { orders.unread = input.unreadBytes }
      if orders.wantsReload, stream.isBetweenSecrets {
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
      guard let count = try orders.fill(&window, from: &input) else { continue }
      try stream.step(&window, added: count)
      control.publish(stream.statistics)
      if count == 0 { return stream.statistics }
    }
  }

  /// Filters until the input ends, with nobody who steers it.
  package consuming func run<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Report: ByteSink & ~Copyable
  >(
    _ input: inout Input, to output: consuming Output, findings: consuming Report?
  ) throws(IOError) -> ScanStatistics {
    var control = NoControl()
    return try run(
      &input, to: output, findings: findings, confirmations: Descriptor?.none, control: &control)
  }
}
