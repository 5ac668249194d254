internal import ArgumentParser
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct VaultList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List secrets, without values.",
    discussion: "Example: sluice vault list --tenant acme --json")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Whose secrets.") var tenant = "default"
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let name = try configuring { try Name(tenant, kind: "tenant") }
    let records = try vault.openForReading().secrets(of: name, by: .person())
    guard !json else {
      for record in records { TextTable.print(json: record.json(tenant: name)) }
      return
    }
    TextTable.print(
      ["PATH", "CURRENT", "VERSIONS", "TYPE", "OWNER", "CHANGED"],
      records.map { record in
        [
          record.path.text, record.current.map { "#\($0.number)" } ?? "-",
          String(record.versions.count), record.attributes.type, record.attributes.owner,
          String(record.versions.last?.created.text.prefix(10) ?? ""),
        ]
      })
  }
}

struct VaultHistory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List the versions of a secret, without values.",
    discussion: "Example: sluice vault history prod/db/password")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: SecretArgument
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let reference = try target.reference()
    let record = try vault.openForReading().history(
      of: reference.path, of: reference.tenant, by: .person())
    guard !json else {
      TextTable.print(json: record.json(tenant: reference.tenant))
      return
    }
    TextTable.print(
      ["VERSION", "STAGE", "CREATED", "FINGERPRINT"],
      record.versions.map {
        ["#\($0.number)", $0.stage.rawValue, $0.created.text, String($0.fingerprint.prefix(8))]
      })
  }
}

extension SecretRecord {
  /// For scripts: everything but the values.
  func json(tenant: Name) -> JSONValue {
    let attributes = attributes.named.filter { !$0.value.isEmpty }
    return .object(
      [
        .init("tenant", .string(tenant.text)), .init("path", .string(path.text)),
        .init("created", .string(created.text)),
        .init(
          "versions",
          .array(
            versions.map { version in
              .object([
                .init("version", .integer(version.number)),
                .init("stage", .string(version.stage.rawValue)),
                .init("created", .string(version.created.text)),
                .init("fingerprint", .string(version.fingerprint)),
              ])
            })),
      ] + attributes.map { .init($0.name, .string($0.value)) })
  }
}

struct VaultDestroy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Destroy values for good, by destroying their keys.",
    discussion: "Example: sluice vault destroy vault://acme/old/key#3 --yes")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: SecretArgument
  @Flag(help: "Do not ask.") var yes = false

  func run() throws {
    let reference = try target.reference()
    try SecretInput.confirm("sluice: this destroys \(reference.text).", isGiven: yes)
    let numbers = try vault.openUnsealed().destroy(
      reference.path, version: reference.version, of: reference.tenant, by: .person())
    inform("sluice: destroyed \(numbers.count) versions of '\(reference.path.text)'")
  }
}

struct VaultRekey: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rekey", abstract: "Change the root key, all tenant keys and all data keys.",
    discussion: """
      The vault stays in use meanwhile. If it is interrupted, run it again: it goes on.

      Example: sluice vault rekey
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions

  func run() throws {
    let opened = try Vault.open(home: vault.directory)
    let sealer = try vault.sealer(for: opened)
    try opened.unseal(with: sealer)
    let progress = try opened.rekey(sealer: sealer, by: .person())
    inform(
      "sluice: changed the keys of \(progress.secrets) secrets and \(progress.agents) agents in "
        + "\(progress.tenants) tenants")
  }
}
