import OracleSupport
@testable import SluiceRules
@testable import SluiceScan

/// A rule made for one test.
func rule(
  _ id: String, _ expression: String, boundary: Boundary = .none,
  confidence: Rule.Confidence = .medium, validators: [Validator] = []
) throws -> PlannedRule {
  try PlannedRule(
    Rule(
      id: id, name: id, provider: "test", expression: expression, boundary: boundary,
      statedAnchors: nil, validators: validators, severity: .high, confidence: confidence,
      tags: [], docs: "", remediation: "", examples: [], nonExamples: []))
}

/// Rules with the limits and the kernel of one test.
func compiled(
  _ rules: [PlannedRule], window: Int = ScanLimits.defaultWindow, matchLimit: UInt32 = 100_000,
  kernel: PrefilterKernel = .best
) throws -> CompiledRules {
  try CompiledRules(
    RuleSet(rules), limits: ScanLimits(window: window, matchLimit: matchLimit), kernel: kernel)
}

/// What was found, as `rule start..<end`.
func found(_ rules: CompiledRules, in text: [UInt8], pieces: [Int]? = nil) -> [String] {
  Oracle(rules: rules).scan(text, pieces: pieces ?? [max(text.count, 1)]).map { finding in
    "\(rules.rules[finding.rule.position].rule.id) \(finding.start)..<\(finding.end)"
  }
}

func found(_ rules: CompiledRules, in text: String, pieces: [Int]? = nil) -> [String] {
  found(rules, in: Array(text.utf8), pieces: pieces)
}

/// A sink that drops what it gets.
struct NullSink: FindingSink {
  typealias Failure = Never

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {}

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {}

  mutating func close(_ finding: Finding) {}
}

/// How many bytes of `text` are settled when the stream may go on behind it.
func settled(_ rules: CompiledRules, _ text: String) -> Int {
  var scanner = Scanner(rules: rules)
  var sink = NullSink()
  let bytes = Array(text.utf8)
  return Int(scanner.scan(bytes.span, at: 0, isFinal: false, into: &sink))
}
