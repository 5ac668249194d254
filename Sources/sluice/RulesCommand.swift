internal import ArgumentParser
internal import SluiceBuiltins
internal import SluiceRules

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The pattern library.",
    discussion: "Example: sluice rules list",
    subcommands: [RulesListCommand.self, RulesLintCommand.self])
}

struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the rules: id, provider, severity, confidence, name.",
    discussion: "Example: sluice rules list --rules mine.yaml")

  @Option(name: .customLong("rules"), help: "A YAML file with more rules; may be repeated.")
  var files: [String] = []

  func run() throws {
    let set = try configuring { try Loading.ruleSet(builtins: BuiltinRules.all(), files: files) }
    let rows = set.rules.map(\.rule).map { rule in
      [rule.id, rule.provider, rule.severity.rawValue, rule.confidence.rawValue, rule.name]
    }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let cells = row.indices.map { column in
        column < 4
          ? row[column] + String(repeating: " ", count: widths[column] - row[column].count)
          : row[column]
      }
      print(cells.joined(separator: "  "))
    }
  }
}

struct RulesLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Prove what every rule claims: it compiles, its anchors are necessary, its examples "
      + "are found exactly, its non-examples are not.",
    discussion: "Example: sluice rules lint mine.yaml")

  @Argument(help: "Rule files; the built-in rules when left out.")
  var files: [String] = []

  func run() throws {
    let rules = try configuring {
      files.isEmpty
        ? BuiltinRules.all() : try files.flatMap { try Loading.rules(inFile: $0) }
    }
    _ = try configuring { try RuleSet(rules) }
    let issues = rules.flatMap { RuleLint().issues(of: $0) }
    for issue in issues { print("\(issue.level.rawValue): rule '\(issue.rule)': \(issue.text)") }
    let errors = issues.count { $0.level == .error }
    note("\(rules.count) rules, \(errors) errors, \(issues.count - errors) warnings")
    if errors > 0 { throw ExitCode(ExitStatus.negative) }
  }
}
