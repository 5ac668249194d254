package import SluiceFilter
package import SluiceScan

/// What a filter made of a text that consists of records.
package struct RecordRedaction: Sendable {
  package let output: [UInt8]
  /// JSON lines.
  package let findings: [String]
  /// What was confirmed.
  package let confirmations: [String]
  /// The length of each write of output.
  package let writes: [Int]
  package let statistics: ScanStatistics

  package var text: String { String(decoding: output, as: UTF8.self) }
}

/// Filters records in memory.
///
/// - Parameters:
///   - text: the stream.
///   - format: what its records look like.
///   - rules: what to look for.
///   - pieces: how the stream is cut into reads.
///   - style: how secrets are masked.
///   - largestRecord: bytes of a record that are kept together.
/// - Returns: everything that was written.
package func redactRecords(
  _ text: [UInt8], as format: RecordFormat, rules: CompiledRules, pieces: Pieces = .whole,
  style: MaskStyle = .label, largestRecord: Int = RecordFilter.largestRecord
) -> RecordRedaction {
  var options = Filter.Options()
  options.maskStyle = style
  var source = ChunkedSource(text, pieces: pieces)
  let output = MemorySink.Contents()
  let findings = MemorySink.Contents()
  let confirmations = MemorySink.Contents()
  var control = NoControl()
  do {
    let filter = RecordFilter(
      rules: rules, format: format, options: options, largestRecord: largestRecord)
    let statistics = try filter.run(
      &source, to: MemorySink(output), findings: MemorySink(findings),
      confirmations: MemorySink(confirmations), control: &control)
    return RecordRedaction(
      output: output.bytes, findings: findings.lines, confirmations: confirmations.lines,
      writes: output.writes, statistics: statistics)
  } catch {
    preconditionFailure("memory does not fail: \(error)")
  }
}
