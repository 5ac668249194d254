internal import ArgumentParser
internal import Foundation
internal import SluiceLibrary
internal import SluiceRules

struct RulesListCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the rules: id, provider, severity, confidence, name.",
    discussion: """
      With settings (--config), those that they leave on.

      Examples:
        sluice rules list --severity critical --provider aws
        sluice rules list --format json --rules mine.yaml | jq length
      """)

  @Option(help: "Only rules with this tag; may be repeated.")
  var tag: [String] = []
  @Option(help: "Only rules of this provider; may be repeated.")
  var provider: [String] = []
  @Option(help: "Only rules of this severity; may be repeated.")
  var severity: [Rule.Severity] = []
  @Option(help: "Only rules of this confidence; may be repeated.")
  var confidence: [Rule.Confidence] = []
  @Option(help: "Only rules with this text in id, name, provider, tags or docs.")
  var text: String?
  @Option(help: "How to print them.")
  var format = Format.table
  @OptionGroup var ruleFiles: RuleFileOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let settings = try Settings.load(common)
    let set = try settings.documentedRules(more: ruleFiles.files)
    var query = RuleQuery()
    query.tags = tag
    query.providers = provider
    query.severities = severity
    query.confidences = confidence
    query.text = text
    let rules = set.rules.filter { query.matches($0.rule) }
    switch format {
    case .table: try writeResult(lines: table(of: rules))
    case .json: try writeResult(JSONText.of(rules.map(RuleRecord.init)))
    }
    common.tell("\(rules.count) of \(set.rules.count) rules")
  }

  private func table(of rules: [PlannedRule]) -> [String] {
    let style = TextStyle.ofResults()
    let rows = rules.map(\.rule).map { rule in
      [rule.id, rule.provider, rule.severity.rawValue, rule.confidence.rawValue, rule.name]
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let padding = column < 4 ? widths[column] - row[column].count : 0
        let cell = row[column] + String(repeating: " ", count: padding)
        return column == 2 ? style.severity(cell) : cell
      }
      return cells.joined(separator: "  ")
    }
  }
}

/// JSON for people and programs: keys sorted, one field a line.
enum JSONText {
  static func of(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}

extension Rule.Severity: ExpressibleByArgument {}
extension Rule.Confidence: ExpressibleByArgument {}
