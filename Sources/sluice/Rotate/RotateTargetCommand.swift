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

  @OptionGroup var record: StoredRecord
  @Option(name: .customLong("in"), help: ArgumentHelp("Read this file.", valueName: "FILE"))
  var input: String?

  func run() throws {
    let json = try YAMLRecord.read(file: input, what: "the target")
    _ = try configuring { try Target(name: record.name, json) }
    try record.put(json, as: .target)
  }
}

struct TargetList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the targets.",
    discussion: "Example: sluice rotate target list --tenant acme")

  @OptionGroup var stored: StoredRecords
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let records = try stored.records(.target)
    guard !json else { return StoredRecords.print(records, as: .target) }
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

  @OptionGroup var record: StoredRecord

  func run() throws { TextTable.print(json: try record.read(.target).body) }
}

struct TargetRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a description.",
    discussion: "Example: sluice rotate target remove app-db")

  @OptionGroup var record: StoredRecord

  func run() throws { try record.remove(.target) }
}
