internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceVault

/// One target, policy or incident of a tenant.
struct StoredRecord: ParsableArguments {
  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "Its name; secrets name their target and policy.") var name: String
  @Option(help: "Whose.") var tenant = "default"

  private func owner() throws -> Name { try configuring { try Name(tenant, kind: "tenant") } }

  func put(_ body: JSONValue, as kind: ActionRecord.Kind) throws {
    // Names are what a path may be, so that they can be typed and shown.
    _ = try configuring { try SecretPath(name) }
    let owner = try owner()
    let opened = try vault.openUnsealed()
    var record =
      try opened.action(kind, name, of: owner) ?? ActionRecord(kind, name, of: owner, body: .null)
    record.body = body
    try opened.put(
      record, as: ActionNote("\(kind.rawValue).put", object: name), by: .person())
  }

  func read(_ kind: ActionRecord.Kind) throws -> ActionRecord {
    try read(kind, in: vault.openUnsealed())
  }

  func read(_ kind: ActionRecord.Kind, in opened: Vault) throws -> ActionRecord {
    guard let record = try opened.action(kind, name, of: owner()) else {
      throw VaultError.unknown(kind: kind.rawValue, name: name)
    }
    return record
  }

  func remove(_ kind: ActionRecord.Kind) throws {
    let opened = try vault.openUnsealed()
    try opened.remove(
      read(kind, in: opened), as: ActionNote("\(kind.rawValue).remove", object: name),
      by: .person())
  }
}

/// Targets or policies, of one tenant or all.
struct StoredRecords: ParsableArguments {
  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Of this tenant only.") var tenant: String?

  func records(_ kind: ActionRecord.Kind) throws -> [ActionRecord] {
    let name = try configuring { try tenant.map { try Name($0, kind: "tenant") } }
    return try vault.openUnsealed().actions(kind, of: name)
  }

  /// One JSON object a line.
  static func print(_ records: [ActionRecord], as kind: ActionRecord.Kind) {
    for record in records {
      TextTable.print(
        json: .object([
          .init("tenant", .string(record.tenant.text)), .init("name", .string(record.name)),
          .init(kind.rawValue, record.body),
        ]))
    }
  }
}
