internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct IncidentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "incidents",
    abstract: "What leaked, what was done about it and when, with the signed record.",
    discussion: "Example: sluice incidents list --open",
    subcommands: [IncidentsList.self, IncidentsShow.self, IncidentsClose.self])
}

struct IncidentsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List incidents.",
    discussion: "Example: sluice incidents list --open --json")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Of this tenant only.") var tenant: String?
  @Flag(help: "Only those that nobody closed.") var open = false
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let name = try configuring { try tenant.map { try Name($0, kind: "tenant") } }
    let incidents = try vault.openUnsealed().actions(.incident, of: name, openOnly: open)
      .compactMap(Incident.init).sorted { $0.lastSeen > $1.lastSeen }
    guard !json else {
      for incident in incidents { TextTable.print(json: incident.json(withTenant: true)) }
      return
    }
    TextTable.print(
      ["INCIDENT", "TENANT", "SECRET", "RULE", "SEEN", "FIRST", "STATE"],
      incidents.map { incident in
        [
          incident.name, incident.tenant.text,
          incident.place.map { "\($0.path.text)#\($0.version)" } ?? "-", incident.rule,
          String(incident.occurrences),
          String(incident.events.first?.time.text.prefix(19) ?? "") + "Z", incident.stateText,
        ]
      })
  }
}

struct IncidentsShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show the timeline of an incident.",
    discussion: """
      Each line of the record is an entry of the audit log: 'sluice audit prove N' proves it to \
      others.

      Example: sluice incidents show 3f9c21ab77e0-2
      """)

  @OptionGroup var record: StoredRecord
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let opened = try record.vault.openUnsealed()
    guard let incident = Incident(try record.read(.incident, in: opened)) else {
      throw VaultError.damaged(what: "incident '\(record.name)'")
    }
    let entries = try entries(of: incident, in: opened)
    guard !json else {
      let listed = entries.map { entry in
        JSONValue.object([
          .init("sequence", .integer(entry.sequence)), .init("time", .string(entry.time.text)),
          .init("operation", .string(entry.operation)),
        ])
      }
      TextTable.print(
        json: .object(
          (incident.json(withTenant: true).members ?? []) + [
            .init("record", .array(listed)),
            .init("checkpoint", .string(try opened.auditKey().text)),
          ]))
      return
    }
    show(incident)
    print("\nRecord (audit log, signed by \(try opened.auditKey().text)):")
    TextTable.print(
      ["ENTRY", "TIME", "OPERATION", "DETAIL"],
      entries.map { entry in
        [
          String(entry.sequence), entry.time.text, entry.operation,
          entry.details["phase"] ?? entry.details["detail"] ?? entry.details["source"] ?? "",
        ]
      })
  }

  private func show(_ incident: Incident) {
    let secret = incident.place.map {
      SecretReference(tenant: incident.tenant, path: $0.path, version: $0.version).text
    }
    print("incident    \(incident.name) (\(incident.stateText))")
    print("secret      \(secret ?? "not in the vault")")
    print("rule        \(incident.rule) \(incident.severity)")
    print("fingerprint \(incident.fingerprint)")
    print("seen        \(incident.occurrences) times, last \(incident.lastSeen.text)")
    print(
      "affected    \(incident.affected.isEmpty ? "-" : incident.affected.joined(separator: ", "))")
    print("\nTimeline:")
    let start = incident.events.first?.time ?? incident.lastSeen
    TextTable.print(
      ["AFTER", "TIME", "WHAT", "DETAIL"],
      incident.events.map { event in
        [
          "\(event.time.since(start).milliseconds) ms", event.time.text, event.what.rawValue,
          event.detail,
        ]
      })
  }

  /// The audit entries that tell of it: its own, its rotation's and its revocation's.
  private func entries(of incident: Incident, in vault: Vault) throws -> [AuditEntry] {
    var entries: [AuditEntry] = []
    let reason = "incident \(incident.name)"
    try vault.forEachEntry(in: incident.firstEntry..<(try vault.auditSize())) { entry in
      let isOwn =
        entry.operation.hasPrefix("incident.") && entry.object == incident.name
        && entry.tenant == incident.tenant.text
      if isOwn || entry.details["reason"] == reason {
        entries.append(entry)
      }
      return true
    }
    return entries
  }
}

struct IncidentsClose: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "close", abstract: "Close an incident that was looked after.",
    discussion: "Example: sluice incidents close 3f9c21ab77e0-2 --comment 'false alarm'")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "The incident.") var name: String
  @Option(help: "Whose.") var tenant = "default"
  @Option(help: "What goes on record.") var comment = "looked after"

  func run() throws {
    let owner = try configuring { try Name(tenant, kind: "tenant") }
    let responder = LeakResponder(
      vault: try vault.openUnsealed(), by: try .person(), allowed: []
    ) { _ in }
    _ = try responder.close(name, of: owner, comment: ErrorText.masked(comment))
  }
}

extension Incident {
  fileprivate var stateText: String {
    if !isOpen { return "closed" }
    let done = events.map(\.what)
    if done.contains(.rotated) { return "rotated" }
    if done.contains(.revoked) { return "revoked" }
    if done.contains(.failed) { return "failed" }
    return "open"
  }

  fileprivate func json(withTenant: Bool) -> JSONValue {
    .object([.init("tenant", .string(tenant.text))] + (json.members ?? []))
  }
}
