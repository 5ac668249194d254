internal import ArgumentParser
internal import SluiceBuiltins
internal import SluiceLibrary
internal import SluiceRules

struct RulesLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint",
    abstract: "Prove what every rule claims.",
    discussion: """
      It compiles, its anchors are necessary, its examples are found exactly and its non-examples \
      are not, no text makes it run away, no other rule names all that it finds, and each mask \
      hides its secrets. Rules of a file are proved beside the built-in ones; a file of a built-in \
      provider is taken for a newer version of that provider's rules. Status 1: something does \
      not hold.

      Example: sluice rules lint mine.yaml
      """)

  @Argument(help: "Rule files; the built-in rules when left out.")
  var files: [String] = []
  @OptionGroup var common: CommonOptions

  func run() throws {
    // Lint proves all rules, whether they are on or not; the settings must be right all the same.
    _ = try Settings.load(common).documentedRules(more: [])
    let builtins = BuiltinRules.all()
    let rules = try configuring {
      files.isEmpty ? builtins : try files.flatMap { try Loading.rules(inFile: $0) }
    }
    _ = try configuring { try RuleSet(rules) }
    var issues = rules.flatMap { RuleLint().issues(of: $0) }
    if !files.isEmpty { issues += collisions(of: rules, with: builtins) }
    let ids = Set(rules.map(\.rule.id))
    let set = try configuring {
      try RuleSet(files.isEmpty ? rules : builtins.filter { !ids.contains($0.rule.id) } + rules)
    }
    issues += try configuring { try RuleSetLint(set) }.issues(of: ids)
    let style = TextStyle.ofResults()
    try writeResult(
      lines: issues.map { issue in
        let level = issue.level.rawValue
        return "\(issue.level == .error ? style.bad(level) : level): "
          + "rule '\(issue.rule)': \(issue.text)"
      })
    let errors = issues.count { $0.level == .error }
    if !common.quiet {
      note("\(rules.count) rules, \(errors) errors, \(issues.count - errors) warnings")
    }
    if errors > 0 { throw ExitCode(ExitStatus.negative) }
  }

  /// Ids that built-in rules have.
  private func collisions(
    of rules: [PlannedRule], with builtins: [PlannedRule]
  ) -> [RuleLint.Issue] {
    let providers = Dictionary(
      builtins.map { ($0.rule.id, $0.rule.provider) }, uniquingKeysWith: { first, _ in first })
    return rules.compactMap { planned in
      guard let provider = providers[planned.rule.id], provider != planned.rule.provider else {
        return nil
      }
      return RuleLint.Issue(
        rule: planned.rule.id, level: .error,
        text: "has the id of a built-in rule of the provider '\(provider)'")
    }
  }
}
