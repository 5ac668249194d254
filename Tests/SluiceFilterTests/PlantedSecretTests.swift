import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

/// The fixtures know where their secrets are: what the filter does there, and that it does nothing
/// elsewhere.
@Suite("Planted secrets")
struct PlantedSecretTests {
  private static let rules = BuiltinRules.all()
  private static let compiled = Result { try CompiledRules(RuleSet(rules)) }
  // Made once for all tests: they take most of the time.
  private static let marked: [Fixture: MarkedText] = [
    .agentPlatformLog: AgentPlatformLog(rules: rules).marked,
    .ruleExamples: RuleExamples.text(of: rules),
  ]
  private static let redacted = Result {
    let rules = try compiled.get()
    return marked.mapValues { redact($0.text, rules: rules) }
  }

  enum Fixture: String, CaseIterable, CustomTestStringConvertible {
    case agentPlatformLog, ruleExamples

    var testDescription: String { rawValue }
  }

  /// Rules whose examples another rule always names, and which one.
  ///
  /// Every entry is a place where a finding tells its reader the wrong way to revoke the secret:
  /// it needs a reason.
  private static let overshadowed: [String: Set<String>] = [:]

  @Test("G3: every planted secret is covered to its last byte", arguments: Fixture.allCases)
  func covers(fixture: Fixture) throws {
    let marked = try #require(Self.marked[fixture])
    let findings = try Self.findings(in: fixture)
    var next = findings.startIndex
    for planted in marked.planted {
      while next < findings.endIndex, findings[next].end <= planted.range.lowerBound { next += 1 }
      var covered = planted.range.lowerBound
      for finding in findings[next...] where finding.start <= covered && covered < finding.end {
        covered = finding.end
        if covered >= planted.range.upperBound { break }
      }
      let left = max(0, planted.range.upperBound - covered)
      #expect(
        left == 0,
        """
        \(left) of \(planted.range.count) bytes of a secret of \(planted.rule) are not masked, \
        \(Self.place(of: planted.range.lowerBound, in: marked.text))
        """)
    }
  }

  @Test(
    "G3: no planted secret stands in the output or in the findings",
    arguments: Fixture.allCases, MaskStyle.allCases)
  func leaves(fixture: Fixture, style: MaskStyle) throws {
    let marked = try #require(Self.marked[fixture])
    let redaction = redact(marked.text, rules: try Self.compiled.get(), style: style)
    let search = LeakSearch(marked.planted)
    // What was never there cannot leak.
    let present = search.leaks(in: marked.text)
    let missing = marked.planted.filter {
      $0.secret.count >= LeakSearch.shortest && !present.contains($0)
    }
    #expect(missing.isEmpty, "not found in the input: secrets of \(missing.map(\.rule))")
    let texts = [redaction.output, Array(redaction.findings.joined(separator: "\n").utf8)]
    for (text, name) in zip(texts, ["output", "findings"]) {
      let leaks = Set(search.leaks(in: text).map(\.rule)).sorted()
      #expect(leaks.isEmpty, "the \(name) holds secrets of \(leaks)")
    }
  }

  @Test("G1: outside of findings every byte is the input's", arguments: Fixture.allCases)
  func keeps(fixture: Fixture) throws {
    let text = try #require(Self.marked[fixture]).text
    let redaction = try #require(try Self.redacted.get()[fixture])
    var expected: [UInt8] = []
    var end = 0
    for finding in try ReportedFinding.all(in: redaction.findings) {
      expected += text[end..<finding.start]
      expected += finding.redacted.utf8
      end = finding.end
    }
    expected += text[end...]
    // Not compared in the macro: it would print both.
    let isSame = expected == redaction.output
    #expect(isSame)
  }

  @Test("there is a finding only where a secret was planted", arguments: Fixture.allCases)
  func findsNothingElse(fixture: Fixture) throws {
    let marked = try #require(Self.marked[fixture])
    var rest = marked.planted[...]
    for finding in try Self.findings(in: fixture) {
      rest = rest.drop { $0.range.upperBound <= finding.start }
      // The id beside the secret of an AWS key pair is a find of its own.
      let isPlanted =
        rest.first.map { $0.range.lowerBound < finding.end } ?? false
        || finding.rule == "aws-access-key-id"
      #expect(
        isPlanted,
        "\(finding.rule) finds a secret in line \(finding.line), column \(finding.column)")
    }
  }

  @Test("each rule names one of its own examples, unless it is known which rule names them")
  func namesItsOwn() throws {
    let marked = try #require(Self.marked[.ruleExamples])
    let findings = try Self.findings(in: .ruleExamples)
    var names: [String: Set<String>] = [:]
    var rest = findings[...]
    for planted in marked.planted {
      rest = rest.drop { $0.end <= planted.range.lowerBound }
      guard let finding = rest.first, finding.start < planted.range.upperBound else { continue }
      names[planted.rule, default: []].insert(finding.rule)
    }
    let ids = Self.rules.map(\.rule.id)
    let missing = ids.filter { names[$0] == nil }
    #expect(missing.isEmpty, "no example of these rules is found: \(missing)")
    #expect(names.filter { !$0.value.contains($0.key) } == Self.overshadowed)
  }

  private static func findings(in fixture: Fixture) throws -> [ReportedFinding] {
    try ReportedFinding.all(in: #require(redacted.get()[fixture]).findings)
  }

  private static func place(of offset: Int, in text: [UInt8]) -> String {
    "line \(text[..<offset].count { $0 == UInt8(ascii: "\n") } + 1)"
  }
}
