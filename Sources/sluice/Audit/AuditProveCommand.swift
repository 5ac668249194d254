internal import ArgumentParser
internal import SluiceAudit
internal import SluiceVault

struct AuditProve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write a proof that one entry is in the log, or that the log only grew.",
    discussion: """
      With --from it proves that the log continues the one that an older checkpoint was signed for.

      Examples:
        sluice audit prove 17 > entry-17.tlog-proof
        sluice audit prove --from kept-elsewhere.note > growth.proof
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "The entry's number.") var entry: UInt64?
  @Option(help: ArgumentHelp("An older checkpoint of this log.", valueName: "FILE"))
  var from: String?
  @Option(help: ArgumentHelp("A newer one. (default: the newest)", valueName: "FILE"))
  var to: String?

  func validate() throws {
    guard (entry == nil) != (from == nil), to == nil || from != nil else {
      throw ValidationError("give ENTRY, or --from FILE and perhaps --to FILE")
    }
  }

  func run() throws {
    let opened = try vault.openForReading()
    if let entry {
      try opened.recordAudit("prove", details: ["entry": String(entry)], by: .person())
      return try writeResult(try opened.proof(of: entry).formatted)
    }
    let notes = try configuring { try [from, to].compactMap { $0 }.map(AuditFiles.note) }
    try opened.recordAudit("prove", details: ["what": "growth"], by: .person())
    let proof = try opened.growthProof(from: notes[0], to: notes.count > 1 ? notes[1] : nil)
    try writeResult(proof.formatted)
  }
}
