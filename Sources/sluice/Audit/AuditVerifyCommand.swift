internal import ArgumentParser
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct AuditVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that nothing was edited, removed, moved or rolled back.",
    discussion: """
      Without FILE it checks the vault's own log, with FILE an export, with --proof a proof. FILE \
      and --proof need no vault, only --key. A checkpoint that was kept elsewhere shows a log that \
      was replaced as a whole; with --since only the entries behind it are read.

      Examples:
        sluice audit verify --checkpoint kept-elsewhere.note
        sluice audit verify --since yesterday.note
        sluice audit verify export.jsonl --key sluice/3f9c…+ab3690b5+AQOh…
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "An export.") var file: String?
  @Option(help: "Check this proof.") var proof: String?
  @Option(help: ArgumentHelp("The log's public key, or a file that holds it.", valueName: "KEY"))
  var key: String?
  @Option(
    name: .customLong("checkpoint"),
    help: ArgumentHelp(
      "A checkpoint from earlier, or a folder of them; repeat it.", valueName: "FILE"))
  var checkpoints: [String] = []
  @Option(
    help: ArgumentHelp(
      "Check the vault's log from this checkpoint on, not from its start.", valueName: "FILE"))
  var since: String?
  @Option(
    name: .customLong("witness"),
    help: ArgumentHelp("The public key of a witness; repeat it.", valueName: "KEY"))
  var witnesses: [String] = []
  @Option(help: "So many witnesses must have signed the newest checkpoint.") var quorum = 0

  func validate() throws {
    if file != nil && proof != nil { throw ValidationError("give FILE or --proof, not both") }
    if since != nil && (file != nil || proof != nil) {
      throw ValidationError("--since is for the vault's own log; use --checkpoint with a file")
    }
    guard (0...witnesses.count).contains(quorum) else {
      throw ValidationError("--quorum is at most the number of --witness")
    }
  }

  func run() throws {
    let key = try configuring {
      try self.key.map(AuditFiles.key) ?? vault.openForReading().auditKey()
    }
    let start = try since.map(AuditFiles.note)
    let earlier = try checkpoints.flatMap(AuditFiles.notes) + [start].compactMap { $0 }
    let verifier = LogVerifier(
      key: key, witnesses: try configuring { try witnesses.map(AuditFiles.key) },
      earlier: earlier, quorum: quorum)
    if let proof { return try check(proof: try AuditFiles.read(proof), with: verifier) }
    if let file {
      var lines = LineReader(try Descriptor.reading(path: file))
      return try report(try verifier.verify { try lines.next() })
    }
    let opened = try vault.openForReading()
    let first = try start.map { try verifier.checkpoint($0).0.size } ?? 0
    let end = max(first, try opened.auditSize())
    let log = try opened.verifyLog(with: verifier, range: first > 0 ? first..<end : nil)
    let hasRecords = !opened.isSealed && start == nil
    try report(log, records: hasRecords ? try opened.verifyRecords() : nil)
  }

  private func check(proof: [UInt8], with verifier: LogVerifier) throws {
    if GrowthProofFile.isOne(proof) {
      let (old, new) = try GrowthProofFile(parsing: proof).verify(with: verifier)
      return try writeResult(
        "the log of \(new.size) entries continues the log of \(old.size) entries\nintact\n")
    }
    let file = try ProofFile(parsing: proof)
    let checkpoint = try file.verify(with: verifier)
    inform(
      "sluice: entry \(file.entry.sequence) is in the log of \(checkpoint.size) entries, signed "
        + "by \(checkpoint.origin)")
    try writeResult(file.entry.json.canonicalText + "\n")
  }

  private func report(_ report: LogVerifier.Report, records: Int? = nil) throws {
    var lines = [
      "entries        \(report.range.lowerBound) to \(report.range.upperBound)",
      "signed for     \(report.size), by \(report.signers.joined(separator: ", "))",
      "root           \(Base64.text(of: report.root.bytes))",
    ]
    if report.unsigned > 0 { lines.append("not signed yet \(report.unsigned)") }
    if report.expired > 0 { lines.append("expired        0 to \(report.expired), by retention") }
    if report.withheld > 0 { lines.append("hash only      \(report.withheld)") }
    lines.append("checkpoints    \(report.confirmed) older ones fit")
    if report.outOfReach > 0 { lines.append("out of reach   \(report.outOfReach) checkpoints") }
    if let records { lines.append("records        \(records) are as the log says") }
    try writeResult(lines: lines + ["intact"])
  }
}
