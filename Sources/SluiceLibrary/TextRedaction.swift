package import SluiceCrypto
package import SluiceFilter
package import SluiceScan

/// Masks a short text in memory, with the code that filters a stream.
///
/// - Parameters:
///   - text: what may hold secrets.
///   - rules: what to look for.
///   - style: how secrets are masked.
///   - fingerprinter: needed by `MaskStyle.hash`.
/// - Returns: the text with a mask in place of each secret.
package func redacted(
  _ text: [UInt8], rules: CompiledRules, style: MaskStyle = .label,
  fingerprinter: consuming Fingerprinter? = nil
) -> [UInt8] {
  var options = Filter.Options()
  options.maskStyle = style
  options.blockLength = max(text.count, 1)
  var source = MemorySource(text)
  let sink = MemorySink()
  let filter = Filter(rules: rules, options: options, fingerprinter: fingerprinter)
  do {
    _ = try filter.run(&source, to: sink, findings: MemorySink?.none)
  } catch {
    preconditionFailure("memory does not fail: \(error.problem)")
  }
  return sink.contents.bytes
}
