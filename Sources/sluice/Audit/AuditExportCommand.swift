internal import ArgumentParser
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct AuditExport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the log for others.",
    discussion: """
      jsonl can be checked with 'sluice audit verify FILE': of entries that were not selected it \
      holds the hash, so that nothing is left out in silence. csv, cef and oscal are for other \
      programs; which entries they hold, the log's root, and the SHA-256 of all bytes go to \
      standard error and, before the first byte is written, into the log itself.

      Example: sluice audit export --tenant acme > acme.jsonl
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case jsonl, csv, cef, oscal }

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var selection: AuditSelection
  @Option(help: "jsonl, csv, cef or oscal.") var format = Format.jsonl
  @Flag(help: "Disclose the names behind pseudonyms.") var names = false

  func run() throws {
    let isSelected = try selection.filter()
    let opened = try vault.openForReading()
    let range = try selection.range(of: opened)
    var details = selection.details
    details["format"] = format.rawValue
    details["names"] = names ? "disclosed" : nil
    details["range"] = "\(range.lowerBound)..<\(range.upperBound)"
    let disclosed = names ? try opened.auditNames() : AuditNames()
    var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    func write(_ bytes: [UInt8]) throws { try output.write(bytes.span) }
    guard format != .jsonl else {
      try opened.recordAudit("export", details: details, by: .person())
      // All that the log holds, also the entry about this export.
      let whole = selection.isEverything ? nil : range
      return try opened.export(
        whole, names: disclosed, where: selection.isEverything ? nil : isSelected
      ) { try write($0 + [0x0A]) }
    }
    let text = try AuditTextExport(
      vault: opened, range: range, format: format, names: disclosed, isSelected: isSelected)
    // Written twice, so that its hash is on record before anybody has it (G8).
    let digest = RunningDigest()
    let count = try text.write { digest.update($0) }
    let checkpoint = try Checkpoint(opened.newestCheckpoint())
    details["selected"] = String(count)
    details["root"] = Base64.text(of: checkpoint.root.bytes)
    details["size"] = String(checkpoint.size)
    details["sha256"] = Hexadecimal.text(of: digest.finish())
    try opened.recordAudit("export", details: details, by: .person())
    _ = try text.write { try write($0) }
    inform(
      "sluice: \(count) entries of \(details["range"] ?? ""), log of \(checkpoint.size) entries, "
        + "root \(details["root"] ?? ""), SHA-256 \(details["sha256"] ?? "")")
  }
}
