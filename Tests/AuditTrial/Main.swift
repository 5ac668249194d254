import ArgumentParser

/// Long trials of the audit log: how fast it is, and what kill -9 leaves of it.
@main
struct AuditTrial: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-audit-trial",
    abstract: "Try the audit log: measure it, or kill its writers.",
    subcommands: [MeasureCommand.self, KillCommand.self, WriteCommand.self])
}

/// A failed trial.
struct TrialError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
