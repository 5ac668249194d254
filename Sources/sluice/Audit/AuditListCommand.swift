internal import ArgumentParser
internal import SluiceAudit
internal import SluiceVault

struct AuditList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show entries.",
    discussion: "Example: sluice audit list --denied --from 2026-11-01 --limit 20")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var selection: AuditSelection
  @Flag(help: "Only what was refused.") var denied = false
  @Option(help: "Only this operation, such as secret.read.") var operation: String?
  @Option(help: "At most so many, the newest.") var limit: Int?
  @Flag(help: "Print one JSON object a line, with pseudonyms as they stand in the log.")
  var json = false

  func run() throws {
    let isSelected = try selection.filter()
    let opened = try vault.openForReading()
    try opened.recordAudit("list", details: selection.details, by: .person())
    var entries: [AuditEntry] = []
    try opened.forEachEntry(in: try selection.range(of: opened)) { entry in
      let isWanted =
        isSelected(entry) && (!denied || entry.decision == .deny)
        && (operation == nil || entry.operation == operation)
      if isWanted { entries.append(entry) }
      // Keeps no more than twice of what is shown.
      if let limit, entries.count > 2 * max(limit, 1) {
        entries.removeFirst(entries.count - limit)
      }
      return true
    }
    if let limit { entries = entries.suffix(max(limit, 0)) }
    guard !json else {
      for entry in entries { TextTable.print(json: entry.json) }
      return
    }
    let names = try opened.auditNames()
    TextTable.print(
      ["ENTRY", "TIME", "ACTOR", "OPERATION", "DECISION", "OBJECT", "REASON"],
      entries.map(names.named).map { entry in
        let place = [entry.tenant, entry.object].compactMap { $0 }.joined(separator: "/")
        return [
          String(entry.sequence), entry.time.text,
          "\(entry.actor.kind.rawValue) \(entry.actor.name)",
          entry.operation, entry.decision.rawValue,
          place + (entry.version.map { "#\($0)" } ?? ""), entry.reason ?? "",
        ]
      })
  }
}
