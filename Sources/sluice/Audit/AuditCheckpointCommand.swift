internal import ArgumentParser
internal import SluiceAudit
internal import SluiceVault

struct AuditCheckpoint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Sign the log as it is now, for keeping elsewhere.",
    discussion: """
      With --cosigned it takes a checkpoint back from witnesses and keeps their signatures.

      Examples:
        sluice audit checkpoint > /mnt/elsewhere/$(date +%F).note
        sluice audit checkpoint --cosigned from-witness.note --witness witness.pub
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("A checkpoint that witnesses signed too.", valueName: "FILE"))
  var cosigned: String?
  @Option(
    name: .customLong("witness"),
    help: ArgumentHelp("The public key of a witness; repeat it.", valueName: "KEY"))
  var witnesses: [String] = []

  func validate() throws {
    guard (cosigned == nil) == witnesses.isEmpty else {
      throw ValidationError("--cosigned FILE and --witness KEY go together")
    }
  }

  func run() throws {
    let opened = try vault.openUnsealed()
    guard let cosigned else {
      return try writeResult(try opened.checkpoint(by: .person()).formatted)
    }
    let verifier = LogVerifier(
      key: try opened.auditKey(),
      witnesses: try configuring { try witnesses.map(AuditFiles.key) }, quorum: 1)
    let note = try AuditFiles.note(cosigned)
    _ = try verifier.witnessed(note)
    let signers = try opened.addCosignatures(note, verifiedBy: verifier, by: .person())
    try writeResult("signed by \(signers.joined(separator: ", "))\n")
  }
}
