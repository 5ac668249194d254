internal import SluiceRules
package import SluiceScan

/// Scans cases, each as a stream of its own, and says what became of their secrets.
package struct Gauge: ~Copyable {
  /// What became of one case.
  package struct Outcome: Sendable {
    /// Secrets of which every byte is masked.
    package var covered = 0
    /// Secrets of which some bytes are masked.
    package var partly = 0
    package var secrets = 0
    /// Bytes outside of all secrets that are masked.
    package var excess = 0
    /// The secrets that are not covered.
    package var missed: [Range<Int>] = []
    /// The rules that named findings, in order.
    package var rules: [String] = []

    package init() {}
  }

  private let rules: CompiledRules
  private var scanner: Scanner

  package init(rules: CompiledRules) {
    self.rules = rules
    scanner = Scanner(rules: rules)
  }

  /// The findings in a text, in order.
  package mutating func findings(in text: [UInt8]) -> [Finding] {
    scanner.restart()
    var sink = Collector()
    _ = scanner.scan(text.span, at: 0, isFinal: true, into: &sink)
    return sink.findings
  }

  package func name(of finding: Finding) -> String { rules.rules[finding.rule.position].rule.id }

  package mutating func outcome(of one: MeasuredCase) -> Outcome {
    let findings = findings(in: one.text)
    var outcome = Outcome()
    outcome.rules = findings.map { name(of: $0) }
    var isMasked = Array(repeating: false, count: one.text.count)
    for finding in findings {
      for byte in Int(finding.start)..<Int(finding.end) { isMasked[byte] = true }
    }
    for secret in one.secrets {
      let masked = isMasked[secret].count { $0 }
      outcome.secrets += 1
      if masked == secret.count {
        outcome.covered += 1
      } else {
        if masked > 0 { outcome.partly += 1 }
        outcome.missed.append(secret)
      }
      for byte in secret { isMasked[byte] = false }
    }
    outcome.excess = isMasked.count { $0 }
    return outcome
  }

  private struct Collector: FindingSink {
    typealias Failure = Never
    var findings: [Finding] = []

    mutating func receive(_ finding: Finding, secret: Span<UInt8>) { findings.append(finding) }
    mutating func open(_ finding: Finding, secret: Span<UInt8>) {}
    mutating func close(_ finding: Finding) { findings.append(finding) }
  }
}
