internal import ArgumentParser
internal import Foundation
internal import SluiceActions
internal import SluiceAudit
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct RotateTarget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "target",
    abstract: "Describe the systems that accept credentials.",
    discussion: "Example: sluice rotate target put app-db --in target.yaml",
    subcommands: [
      TargetPut.self, TargetList.self, TargetShow.self, TargetRemove.self,
    ])
}

struct TargetPut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Store a description, read from a file or standard input.",
    discussion: """
      The description is YAML without secrets: 'admin' is the path in the vault of the credential \
      that may change others. Rotation.md in Sources/SluiceActions lists the connectors and their keys.

      Example:
        sluice rotate target put app-db <<END
        connector: postgresql
        host: /var/run/postgresql
        adminUser: rotator
        admin: admin/postgres
        roles: [app_a, app_b]
        END
      """)

  @OptionGroup var vault: VaultOptions
  @Argument(help: "The name that secrets give with --target.") var name: String
  @Option(help: "Whose.") var tenant = "default"
  @Option(name: .customLong("in"), help: ArgumentHelp("Read this file.", valueName: "FILE"))
  var input: String?

  func run() throws {
    let json = try YAMLRecord.read(file: input, what: "the target")
    _ = try configuring { try Target(name: name, json) }
    let opened = try vault.openUnsealed()
    try ActionStore.put(.target, name, tenant: tenant, body: json, in: opened)
  }
}

struct TargetList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the targets.",
    discussion: "Example: sluice rotate target list --tenant acme")

  @OptionGroup var vault: VaultOptions
  @Option(help: "Of this tenant only.") var tenant: String?
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let name = try configuring { try tenant.map { try Name($0, kind: "tenant") } }
    let records = try vault.openUnsealed().actions(.target, of: name)
    guard !json else {
      for record in records {
        TextTable.print(
          json: .object([
            .init("tenant", .string(record.tenant.text)), .init("name", .string(record.name)),
            .init("target", record.body),
          ]))
      }
      return
    }
    TextTable.print(
      ["TENANT", "TARGET", "CONNECTOR", "ADMIN"],
      records.map { record in
        [
          record.tenant.text, record.name, record.body["connector"]?.text ?? "",
          record.body["admin"]?.text ?? "-",
        ]
      })
  }
}

struct TargetShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print a description, as JSON, which is YAML too.",
    discussion: "Example: sluice rotate target show app-db")

  @OptionGroup var vault: VaultOptions
  @Argument(help: "Which.") var name: String
  @Option(help: "Whose.") var tenant = "default"

  func run() throws {
    let record = try ActionStore.record(.target, name, tenant: tenant, in: vault.openUnsealed())
    TextTable.print(json: record.body)
  }
}

struct TargetRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a description.",
    discussion: "Example: sluice rotate target remove app-db")

  @OptionGroup var vault: VaultOptions
  @Argument(help: "Which.") var name: String
  @Option(help: "Whose.") var tenant = "default"

  func run() throws {
    try ActionStore.remove(.target, name, tenant: tenant, in: vault.openUnsealed())
  }
}

/// Records that operators write: targets and policies.
enum ActionStore {
  static func put(
    _ kind: ActionRecord.Kind, _ name: String, tenant: String, body: JSONValue, in vault: Vault
  ) throws {
    // Names are what a path may be, so that they can be typed and shown.
    _ = try configuring { try SecretPath(name) }
    let owner = try configuring { try Name(tenant, kind: "tenant") }
    var record =
      try vault.action(kind, name, of: owner)
      ?? ActionRecord(kind, name, of: owner, body: .null)
    record.body = body
    try vault.put(
      record, as: ActionNote("\(kind.rawValue).put", object: name), by: .person())
  }

  static func record(
    _ kind: ActionRecord.Kind, _ name: String, tenant: String, in vault: Vault
  ) throws -> ActionRecord {
    let owner = try configuring { try Name(tenant, kind: "tenant") }
    guard let record = try vault.action(kind, name, of: owner) else {
      throw VaultError.unknown(kind: kind.rawValue, name: name)
    }
    return record
  }

  static func remove(
    _ kind: ActionRecord.Kind, _ name: String, tenant: String, in vault: Vault
  ) throws {
    try vault.remove(
      record(kind, name, tenant: tenant, in: vault),
      as: ActionNote("\(kind.rawValue).remove", object: name), by: .person())
  }
}
