internal import SluiceCrypto
package import SluiceFilter
package import SluiceScan

/// Masks records in memory, with the code that filters a stream of them.
///
/// - Parameters:
///   - records: what may hold secrets.
///   - format: what they look like.
///   - rules: what to look for.
///   - options: how secrets are masked.
/// - Returns: the records with masks, and a JSON line for each finding.
package func redactedRecords(
  _ records: [UInt8], as format: RecordFormat, rules: CompiledRules, options: Filter.Options
) -> (output: [UInt8], findings: [UInt8]) {
  var source = MemorySource(records)
  let output = MemorySink()
  let findings = MemorySink()
  do {
    _ = try RecordFilter(
      rules: rules, format: format, options: options, largestRecord: max(records.count + 1, 4096)
    ).run(&source, to: output, findings: findings)
  } catch {
    preconditionFailure("memory does not fail: \(error.problem)")
  }
  return (output.contents.bytes, findings.contents.bytes)
}
