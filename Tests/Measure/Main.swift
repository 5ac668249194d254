import ArgumentParser
import Foundation
import MeasureSupport
import SluiceRules
import SluiceScan

/// Measures what the rules find and what they find where nothing is, on data that does not come
/// from the rules.
@main
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-measure",
    abstract: "Measure recall and false alarms of the rules in Patterns/.",
    discussion: "Example: sluice-measure all --misses 20")

  enum What: String, ExpressibleByArgument, CaseIterable {
    case all, families, syntaxes, wrappings, lines, definitions, provoking, files
  }

  @Option(help: "The folder with the rules.")
  var rules = "Patterns"

  @Option(help: "The folder with what cases are made from.")
  var data = "Fixtures/measure"

  @Option(help: "Cases of each family, syntax, wrapping and file.")
  var count = 4

  @Option(help: "What the cases are drawn from.")
  var seed: UInt64 = 1

  @Option(help: "Rows of each table, the worst first.")
  var rows = 40

  @Option(help: "How many misses to show.")
  var misses = 0

  @Option(help: "Show only misses of groups and variants that hold this text.")
  var only = ""

  @Argument(help: "What to measure: \(What.allCases.map(\.rawValue).joined(separator: ", ")).")
  var what: What

  @Argument(help: "Files without secrets, for 'files'.")
  var files: [String] = []

  func run() throws {
    let data = try MeasureData(folder: data)
    var gauge = Gauge(rules: try compiledRules())
    func measure(_ kind: What, _ cases: () -> [MeasuredCase]) {
      if what == kind || what == .all {
        show(cases(), title: kind.rawValue, with: &gauge, byVariant: false)
      }
    }
    measure(.families) { data.familyCases(count: count, seed: seed) }
    measure(.syntaxes) { data.syntaxCases(count: 3 * count, seed: seed) }
    measure(.wrappings) { data.wrappingCases(count: 1, seed: seed) }
    if what == .lines {
      let cases = data.wrappingCases(count: 1, seed: seed)
      show(cases, title: "lines", with: &gauge, byVariant: true)
    }
    measure(.definitions) { data.definitionCases(count: 4 * count, seed: seed) }
    if what == .all || what == .provoking {
      showFindings(
        in: data.provokingText(bytes: 1_000_000 * count, seed: seed), name: "provoking",
        with: &gauge)
    }
    for file in files {
      showFindings(
        in: Array(try Data(contentsOf: URL(fileURLWithPath: file))), name: file, with: &gauge)
    }
  }

  private func compiledRules() throws -> CompiledRules {
    let folder = rules
    var rules: [PlannedRule] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".yaml") {
      let yaml = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      rules += try RuleFile(named: name, requiresDocumentation: true).rules(in: yaml)
        .map { try PlannedRule($0) }
    }
    // As `embed-rules` orders them.
    let specific = rules.filter { !$0.rule.tags.contains("generic") }
    let generic = rules.filter { $0.rule.tags.contains("generic") }
    return try CompiledRules(
      RuleSet(CompiledRules.placingAnchors(of: specific + generic)))
  }

  private func show(
    _ cases: [MeasuredCase], title: String, with gauge: inout Gauge, byVariant: Bool
  ) {
    var tally = Tally()
    var left = misses
    for one in cases {
      let outcome = gauge.outcome(of: one)
      tally.add(outcome, to: byVariant ? one.variant : one.group)
      let isWanted = only.isEmpty || one.group.contains(only) || one.variant.contains(only)
      for secret in outcome.missed where left > 0 && isWanted {
        left -= 1
        let start = max(0, secret.lowerBound - 70)
        let end = min(one.text.count, secret.upperBound + 30)
        let text =
          "\(String(decoding: one.text[start..<secret.lowerBound], as: UTF8.self))«"
          + "\(String(decoding: one.text[secret], as: UTF8.self))»"
          + String(decoding: one.text[secret.upperBound..<end], as: UTF8.self)
        print(
          "missed [\(one.group) / \(one.variant)] \(text.replacing("\n", with: "⏎"))  \(outcome.rules.prefix(3))"
        )
      }
    }
    print(tally.text(title: title, limit: rows))
  }

  private func showFindings(in text: [UInt8], name: String, with gauge: inout Gauge) {
    let findings = gauge.findings(in: text)
    print("\(name): \(findings.count) findings in \(text.count) bytes")
    for finding in findings.prefix(misses) {
      let range = Int(finding.start)..<Int(finding.end)
      let start = max(0, range.lowerBound - 60)
      let end = min(text.count, range.upperBound + 20)
      let shown =
        "\(String(decoding: text[start..<range.lowerBound], as: UTF8.self))«"
        + "\(String(decoding: text[range].prefix(120), as: UTF8.self))»"
        + String(decoding: text[range.upperBound..<end], as: UTF8.self)
      print("  \(gauge.name(of: finding)): \(shown.replacing("\n", with: "⏎"))")
    }
  }
}
