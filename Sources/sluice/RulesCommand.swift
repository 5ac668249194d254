internal import ArgumentParser

struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules", abstract: "The pattern library.",
    discussion: "Example: sluice rules list --provider github",
    subcommands: [
      RulesListCommand.self, RulesShowCommand.self, RulesTestCommand.self, RulesLintCommand.self,
      RulesImportCommand.self,
    ])
}

/// Rule files beside the built-in rules.
struct RuleFileOptions: ParsableArguments {
  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A YAML file with more rules; may be repeated.", valueName: "FILE"))
  var files: [String] = []
}
