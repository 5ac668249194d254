internal import ArgumentParser
internal import SluiceLibrary
internal import SluiceRules

struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Explain a rule: what it looks for, where, and what to do about a find.",
    discussion: """
      Its expression with every fragment in its place, the anchors of the prefilter and where they \
      came from, boundary, validators, and its made-up examples, masked.

      Example: sluice rules show github-pat
      """)

  @Argument(help: ArgumentHelp("The rule.", valueName: "ID"))
  var id: String
  @Option(help: "text, or json as in 'rules list'.")
  var format = Format.text
  @OptionGroup var ruleFiles: RuleFileOptions
  @OptionGroup var common: CommonOptions

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func run() throws {
    let settings = try Settings.load(common)
    let rule = try settings.rule(id, more: ruleFiles.files)
    switch format {
    case .json: try writeResult(JSONText.of(RuleRecord(rule)))
    case .text: try writeResult(lines: lines(of: RuleSheet(of: rule)))
    }
  }

  private func lines(of sheet: RuleSheet) -> [String] {
    let style = TextStyle.ofResults()
    let width = 13
    return sheet.sections.flatMap { section in
      section.lines.enumerated().map { index, line in
        let heading = index == 0 ? section.heading : ""
        let padding = String(repeating: " ", count: max(1, width - heading.count))
        let text = section.heading == "severity" ? style.severity(line) : line
        return style.bold(heading) + padding + text
      }
    }
  }
}
