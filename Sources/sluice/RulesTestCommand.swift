internal import ArgumentParser
internal import Glibc
internal import SluiceFilter
internal import SluiceLibrary
internal import SluiceRules

struct RulesTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run rules on a text and say step by step why each did or did not find something.",
    discussion: """
      Shows where the prefilter saw an anchor, how far the expression got, what the boundary and \
      each validator said. Says where a secret is, never what it is. Status 1: nothing was found.

      Examples:
        sluice rules test agent.log
        pbpaste | sluice rules test --rule github-pat
      """)

  /// A test wants a line or a page, not a log of gigabytes: every step is kept in memory.
  private static let largestText = 4 * 1024 * 1024

  @Option(help: "Explain this rule only; may be repeated.")
  var rule: [String] = []
  @Argument(help: ArgumentHelp("The text; - or nothing is standard input.", valueName: "FILE|-"))
  var file: String?
  @OptionGroup var ruleFiles: RuleFileOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let settings = try Settings.load(common)
    for id in rule { _ = try settings.rule(id, more: ruleFiles.files) }
    let set = try settings.documentedRules(more: ruleFiles.files)
    let on = Set(set.rules.map(\.rule.id))
    if let off = rule.first(where: { !on.contains($0) }) {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the rule '\(off)' is switched off by the settings",
          remedy: "run it without --config, or enable it"))
    }
    let trial = try TextTrial(
      try text(), rules: set, explaining: rule.isEmpty ? nil : Set(rule))
    try writeResult(lines: lines(of: trial, ruleCount: set.rules.count))
    let isFound =
      rule.isEmpty ? !trial.finds.isEmpty : trial.trials.contains { !$0.secrets.isEmpty }
    if !isFound { throw ExitCode(ExitStatus.negative) }
  }

  private func text() throws -> [UInt8] {
    guard let file, file != "-" else {
      var input = Descriptor(borrowing: STDIN_FILENO, named: "standard input")
      return try input.readAll(limit: Self.largestText)
    }
    var input = try Descriptor.reading(path: file)
    return try input.readAll(limit: Self.largestText)
  }

  private func lines(of trial: TextTrial, ruleCount: Int) -> [String] {
    let style = TextStyle.ofResults()
    var lines = ["\(trial.byteCount) bytes, \(trial.finds.count) findings"]
    lines += trial.finds.map { "\($0.place): \(style.bold($0.rule)): \($0.excerpt)" }
    for explained in trial.trials {
      lines += ["", style.bold("rule \(explained.rule)")]
      for step in explained.steps {
        let mark = step.isPassed ? style.good("+") : style.bad("-")
        let padding = String(repeating: " ", count: max(1, 12 - step.stage.count))
        lines.append("  \(mark) \(step.stage)\(padding)\(step.text)")
      }
      lines += winners(over: explained, in: trial)
    }
    if rule.isEmpty {
      lines += ["", "\(ruleCount - trial.trials.count) rules have no anchor in the text"]
    }
    return lines
  }

  /// Where another rule names what this one found.
  private func winners(over explained: RuleTrial, in trial: TextTrial) -> [String] {
    explained.secrets.flatMap { secret in
      trial.finds.filter { $0.range.overlaps(secret) && $0.rule != explained.rule }.map { find in
        "  - named       \(find.range) is named \(find.rule), which ranks before this rule"
      }
    }
  }
}
