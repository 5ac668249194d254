internal import ArgumentParser
internal import SluiceAudit
internal import SluiceVault

struct AuditKey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "Print the public key of the log.",
    discussion: "Example: sluice audit key > audit.pub")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    print(try vault.openForReading().auditKey().text)
  }
}
