internal import ArgumentParser
internal import SluiceRules
internal import SluiceVault

struct AuditSend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "send", abstract: "Send checkpoints to the places that the settings name.",
    discussion: """
      Every command does that when it ends, if $SLUICE_CONFIG names settings. This one does it at \
      once, signs a checkpoint first, and fails if one does not arrive: run it from cron.

      Example: sluice audit send --config sluice.yaml
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    guard let settings = try AuditSettings.load(common.configFile), !settings.destinations.isEmpty
    else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the settings name no place to send checkpoints to",
          remedy: "name places in 'audit.send' and the file with --config"))
    }
    let opened = try vault.openUnsealed()
    _ = try opened.checkpoint(by: .person())
    let sender = CheckpointSender(vault: opened, destinations: settings.destinations)
    let (sent, failures) = try sender.send()
    common.tell("\(sent) checkpoints sent")
    guard let first = failures.first else { return }
    try opened.recordAudit(
      "send-failed", details: ["places": failures.map(\.destination).joined(separator: ", ")],
      by: .person())
    for failure in failures.dropFirst() {
      note(ErrorText.masked("sluice: error: \(failure.problem)"))
    }
    throw first
  }
}
