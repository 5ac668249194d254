internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// Turns findings into JSON lines: follows line and column, and keeps a masked excerpt.
struct FindingReport {
  private static let excerptLength = 60

  /// What was read in a secret while it was at hand.
  private struct Knowledge {
    let confidence: Rule.Confidence
    let insights: [Insight]
    let vault: KnownValues.Value?
  }

  private var json: FindingJSON
  private var rules: CompiledRules
  private let path: String?
  /// Of the findings that were noted since none was waiting, and how many of them have begun.
  private var known: [Knowledge] = []
  private var begun = 0
  /// Finished lines that wait to be written.
  private(set) var lines: [UInt8] = []
  /// How far lines were counted, and where the current line began.
  private var counted: UInt64 = 0
  private var lineNumber: UInt64 = 1
  private var lineStart: UInt64 = 0
  /// The end of the current record as it stands in the output.
  private var recentOutput: [UInt8] = []
  private var current: FindingJSON.Details?

  init(rules: CompiledRules, path: String?) {
    json = FindingJSON(rules: rules.rules, path: path)
    self.rules = rules
    self.path = path
  }

  /// Goes on with other rules; every finding that was noted must have ended.
  mutating func adopt(_ rules: CompiledRules) {
    json = FindingJSON(rules: rules.rules, path: path)
    self.rules = rules
  }

  /// A finding whose mask will go out after those of all findings noted before.
  mutating func note(_ finding: Finding, secret: Span<UInt8>) {
    let rule = rules.rules[finding.rule.position].rule
    known.append(
      Knowledge(
        confidence: rule.confidence(of: secret), insights: rule.insights(in: secret),
        vault: rules.knownValue(of: finding)))
  }

  /// Clean bytes went out.
  mutating func passed(_ bytes: Span<UInt8>) {
    let tail = bytes.extracting(last: Self.excerptLength)
    // What stands before a long run is too far away, and its line ends may be out of sight.
    if tail.count == Self.excerptLength { recentOutput.removeAll(keepingCapacity: true) }
    for index in tail.indices {
      if tail[index] == UInt8(ascii: "\n") {
        recentOutput.removeAll(keepingCapacity: true)
      } else {
        recentOutput.append(tail[index])
      }
    }
    if recentOutput.count > 4 * Self.excerptLength {
      recentOutput.removeFirst(recentOutput.count - Self.excerptLength)
    }
  }

  /// Counts the lines of the stream up to `mark`; `bytes` starts at `origin`.
  mutating func countLines(in bytes: Span<UInt8>, at origin: UInt64, through mark: UInt64) {
    guard mark > counted else { return }
    var rest = bytes.extracting(Int(counted - origin)..<Int(mark - origin))
    while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lineNumber += 1
      counted += UInt64(lineEnd) + 1
      lineStart = counted
      rest = rest.extracting((lineEnd + 1)...)
    }
    counted = mark
  }

  /// A mask went out; its finding starts where lines were counted to.
  mutating func begin(_ finding: Finding, mask: Span<UInt8>, fingerprint: Fingerprint?) {
    var redacted = mask.indices.map { mask[$0] }
    if redacted.isEmpty {
      // The mask `fill`, as far as it is worth showing.
      let length = Int(min(finding.end - finding.start, UInt64(Self.excerptLength)))
      redacted = Array(repeating: MaskTable.fillByte, count: length)
    }
    let excerpt = Array(recentOutput.suffix(Self.excerptLength)) + redacted
    recentOutput += redacted
    let knowledge = known[begun]
    begun += 1
    if begun == known.count {
      known.removeAll(keepingCapacity: true)
      begun = 0
    }
    current = FindingJSON.Details(
      line: lineNumber, column: finding.start - lineStart + 1, fingerprint: fingerprint?.hex,
      redacted: redacted, excerpt: excerpt, confidence: knowledge.confidence,
      insights: knowledge.insights, vault: knowledge.vault)
  }

  mutating func end(_ finding: Finding) {
    guard let details = current else { return }
    json.append(finding, details, to: &lines)
    current = nil
  }

  mutating func writeLines<Output: ByteSink & ~Copyable>(
    to output: inout Output
  ) throws(IOError) {
    guard !lines.isEmpty else { return }
    try output.write(lines.span)
    lines.removeAll(keepingCapacity: true)
  }
}
