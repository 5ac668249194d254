import SluiceRules
import SluiceScan

/// Does nothing with a finding but two additions, so that the scanner alone is measured.
struct CountingSink: FindingSink {
  typealias Failure = Never

  private(set) var findings = 0
  /// How much longer the stream gets when each finding is replaced with its label.
  private(set) var growth = 0
  private let labelLengths: [Int]

  init(rules: [PlannedRule]) {
    labelLengths = rules.map { "[REDACTED:\($0.rule.id)]".utf8.count }
  }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) { count(finding) }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {}

  mutating func close(_ finding: Finding) { count(finding) }

  private mutating func count(_ finding: Finding) {
    findings += 1
    growth += labelLengths[finding.rule.position] - Int(finding.end - finding.start)
  }
}
