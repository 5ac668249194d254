internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct RotatePolicy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Show what is due, late or failing; say when secrets are rotated by themselves.",
    discussion: """
      'sluice rotate watch' does what the policies say.

      Examples:
        sluice rotate policy
        sluice rotate policy put monthly --in monthly.yaml
      """,
    subcommands: [
      PolicyStatus.self, PolicyPut.self, PolicyList.self, PolicyRemove.self,
    ], defaultSubcommand: PolicyStatus.self)
}

struct PolicyStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show what is due, late or failing.",
    discussion: "Example: sluice rotate policy status --tenant acme --json")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Of this tenant only.") var tenant: String?
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let name = try configuring { try tenant.map { try Name($0, kind: "tenant") } }
    let entries = try DueList(vault.openUnsealed(), tenant: name).entries
    guard !json else {
      for entry in entries {
        TextTable.print(
          json: .object([
            .init("tenant", .string(entry.tenant.text)), .init("path", .string(entry.path.text)),
            .init("policy", .string(entry.policy.name)),
            .init("state", .string(entry.state.rawValue)),
            .init("due", entry.due.map { .string($0.text) } ?? .null),
            .init("problem", entry.problem.map { .string($0) } ?? .null),
          ]))
      }
      return
    }
    TextTable.print(
      ["SECRET", "POLICY", "STATE", "DUE", "PROBLEM"],
      entries.map { entry in
        [
          "\(entry.tenant.text)/\(entry.path.text)", entry.policy.name, entry.state.rawValue,
          entry.due.map { $0.text.prefix(19) + "Z" } ?? "-", entry.problem ?? "",
        ]
      })
  }
}

struct PolicyPut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Store a policy, read from a file or standard input.",
    discussion: """
      Example:
        sluice rotate policy put monthly <<END
        match: {paths: ['prod/**'], tiers: [gold]}
        weekly: sun 03:00
        windows: [{days: [sun], from: '02:00', to: '05:00'}]
        jitter: 30m
        drain: 5m
        onLeak: {actions: [alert, revoke, rotate]}
        onAnomaly: {deniedBurst: 10, deniedWithin: 5m, actions: [alert]}
        END
      """)

  @OptionGroup var record: StoredRecord
  @Option(name: .customLong("in"), help: ArgumentHelp("Read this file.", valueName: "FILE"))
  var input: String?

  func run() throws {
    let json = try YAMLRecord.read(file: input, what: "the policy")
    _ = try configuring { try RotationPolicy(name: record.name, json) }
    try record.put(json, as: .policy)
  }
}

struct PolicyList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the policies as JSON, one a line.",
    discussion: "Example: sluice rotate policy list --tenant acme")

  @OptionGroup var stored: StoredRecords

  func run() throws { StoredRecords.print(try stored.records(.policy), as: .policy) }
}

struct PolicyRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a policy.",
    discussion: "Example: sluice rotate policy remove monthly")

  @OptionGroup var record: StoredRecord

  func run() throws { try record.remove(.policy) }
}
