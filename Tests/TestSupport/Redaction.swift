internal import SluiceCrypto
package import SluiceFilter
package import SluiceScan

/// What a filter made of a text.
package struct Redaction: Sendable {
  package let output: [UInt8]
  /// JSON lines.
  package let findings: [String]
  package let statistics: ScanStatistics
}

/// The key of all fingerprints in tests.
private let testKey = Array("sluice test key, known to all".utf8)

/// Filters a text in memory.
///
/// - Parameters:
///   - text: the stream.
///   - rules: what to look for.
///   - pieces: how the stream is cut into reads.
///   - style: how secrets are masked.
///   - isKeyed: whether there is a key for fingerprints, always the same; `hash` needs one.
/// - Returns: everything that was written.
package func redact(
  _ text: [UInt8], rules: CompiledRules, pieces: Pieces = .whole, style: MaskStyle = .label,
  isKeyed: Bool = true
) -> Redaction {
  var options = Filter.Options()
  options.maskStyle = style
  var source = ChunkedSource(text, pieces: pieces)
  let output = MemorySink.Contents()
  let findings = MemorySink.Contents()
  do {
    let filter = Filter(
      rules: rules, options: options, fingerprinter: isKeyed ? try testFingerprinter() : nil)
    let statistics = try filter.run(
      &source, to: MemorySink(output), findings: MemorySink(findings))
    return Redaction(
      output: output.bytes, findings: findings.lines, statistics: statistics)
  } catch {
    preconditionFailure("neither memory nor the test key fails: \(error)")
  }
}

private func testFingerprinter() throws(FingerprintKeyError) -> Fingerprinter {
  try Fingerprinter(material: SecretBytes(copying: testKey.span))
}
