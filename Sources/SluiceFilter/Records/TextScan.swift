internal import SluiceScan

/// Scans whole texts, one after the other, with one scanner.
///
/// To the scanner they are one stream in which each text begins anew, so that nothing is allocated
/// and nothing is found across two of them.
struct TextScan: ~Copyable {
  private var scanner: Scanner
  private var next: UInt64 = 0

  init(rules: CompiledRules, measuresTime: Bool) {
    scanner = Scanner(rules: rules, measuresTime: measuresTime)
  }

  /// What was counted in all texts.
  var statistics: ScanStatistics { scanner.statistics }

  /// - Parameters:
  ///   - text: all of it.
  ///   - collector: gets the findings.
  /// - Returns: the offset that the first byte has in the findings.
  mutating func scan(_ text: Span<UInt8>, into collector: inout MarkCollector) -> UInt64 {
    let origin = next
    scanner.begin(at: origin)
    _ = scanner.scan(text, at: origin, isFinal: true, into: &collector)
    next += UInt64(text.count)
    return origin
  }

  /// From where on all escapes of the last text were scanned decoded, if it is a line; nil: nowhere.
  var decodedFrom: UInt64? { scanner.decodedFrom }

  /// Takes one find of a rule back from what was counted: another text held it, too.
  mutating func uncount(_ rule: RuleIndex) { scanner.uncount(rule) }

  /// Goes on with other rules.
  mutating func adopt(_ rules: CompiledRules, after former: CompiledRules, measuresTime: Bool) {
    var successor = Scanner(rules: rules, measuresTime: measuresTime)
    successor.takeOver(at: next, after: scanner.statistics, of: former)
    scanner = successor
  }
}
