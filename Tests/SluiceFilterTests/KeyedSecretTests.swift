import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

/// What the generic rules find, and what they leave alone, on generated text.
@Suite("Keyed secrets")
struct KeyedSecretTests {
  private static let compiled = Result { try CompiledRules(RuleSet(BuiltinRules.all())) }

  @Test("G3: 99 of 100 secrets beside their key are covered to the last byte, in every syntax")
  func recall() throws {
    let cases = KeyedSecrets.cases(seed: 7).enumerated().filter { $0.offset % 4 == 0 }.map(
      \.element)
    var text: [UInt8] = []
    var secrets: [Range<Int>] = []
    for one in cases {
      secrets.append(one.secret.lowerBound + text.count..<one.secret.upperBound + text.count)
      text += one.text
    }
    let redaction = redact(text, rules: try Self.compiled.get())
    var findings = try ReportedFinding.all(in: redaction.findings)[...]
    var missed: [String: Int] = [:]
    for (one, secret) in zip(cases, secrets) {
      findings = findings.drop { $0.end <= secret.lowerBound }
      var covered = secret.lowerBound
      for finding in findings.prefix(while: { $0.start < secret.upperBound })
      where finding.start <= covered { covered = max(covered, finding.end) }
      if covered < secret.upperBound { missed["\(one.syntax) in \(one.wrapping)", default: 0] += 1 }
    }
    let count = missed.values.reduce(0, +)
    #expect(count * 100 <= cases.count, "\(count) of \(cases.count) missed: \(missed)")
  }

  @Test("at most one finding in a megabyte of text that looks as if it held secrets")
  func provoking() throws {
    let text = ProvokingText.text(bytes: 600_000, seed: 3)
    let redaction = redact(text, rules: try Self.compiled.get())
    let rules = try ReportedFinding.all(in: redaction.findings).map {
      "\($0.rule), line \($0.line)"
    }
    #expect(rules.isEmpty, "\(rules.prefix(20))")
  }

  @Test("a mask is not masked again", arguments: MaskStyle.allCases, [true, false])
  func idempotent(style: MaskStyle, isKeyed: Bool) throws {
    guard isKeyed || style != .hash else { return }
    let rules = try Self.compiled.get()
    let text = KeyedSecrets.cases(seed: 7).enumerated().filter { $0.offset % 40 == 0 }
      .flatMap(\.element.text)
    let once = redact(text, rules: rules, style: style, isKeyed: isKeyed).output
    let again = redact(once, rules: rules, style: style, isKeyed: isKeyed)
    let findings = try ReportedFinding.all(in: again.findings).map { "\($0.rule), line \($0.line)" }
    #expect(findings.isEmpty, "\(findings.prefix(20))")
  }
}
