internal import SluiceAudit
internal import SluiceCrypto

extension Vault {
  /// Checks that every secret and agent is as the log says it was left, and that none is missing.
  ///
  /// Finds what a single read cannot: a record that was put back to an old state together with the
  /// row that points to its last change. Reads the whole log; check that first.
  ///
  /// - Returns: how many records were checked.
  /// - Throws: `LogDamage.otherRecord`; `VaultError.damaged` for one that fits no state of its own.
  package func verifyRecords() throws -> Int {
    _ = try keyring()
    return try Self.explaining {
      try store.read { transaction in
        var expected = try lastChanges(transaction)
        var checked = 0
        for tenant in try transaction.tenants() {
          for row in try transaction.secrets(of: tenant.id) {
            let name = "secret '\(tenant.name)/\(row.path.text)'"
            let last = expected.removeValue(forKey: name)
            guard let last, row.changed == last else {
              throw LogDamage.otherRecord(name, entry: last ?? row.changed)
            }
            _ = try checkedSecret(row.path, of: tenant.id, transaction)
            checked += 1
          }
          for row in try transaction.agents(of: tenant.id) {
            let name = "\(row.kind.rawValue) '\(tenant.name)/\(row.name.text)'"
            let last = expected.removeValue(forKey: name)
            guard let last, row.changed == last else {
              throw LogDamage.otherRecord(name, entry: last ?? row.changed)
            }
            _ = try checkedAgent(row.name, of: tenant.id, transaction)
            checked += 1
          }
        }
        if let missing = expected.min(by: { $0.value < $1.value }) {
          throw LogDamage.otherRecord(missing.key, entry: missing.value)
        }
        return checked
      }
    }
  }

  /// The last entry that changed each record there should be.
  private func lastChanges(_ transaction: StoreTransaction) throws -> [String: UInt64] {
    var changes = LastChanges()
    let expired = try transaction.expired()
    if let expired { changes = try LastChanges(expired) }
    var recorded: String?
    var policy: String?
    let first = expired?.upTo ?? 0
    let kept = first..<max(first, try transaction.auditSize())
    try transaction.forEachEntry(in: kept) { entry in
      changes.follow(entry)
      guard entry.decision == .allow else { return true }
      if entry.operation == AuditEntry.expiryOperation { recorded = entry.details["records"] }
      if entry.operation == AuditPolicy.operation { policy = entry.details["policy"] }
      return true
    }
    if let expired, recorded != LastChanges.digest(of: expired.records) {
      throw VaultError.damaged(what: "what retention kept of removed entries")
    }
    // The entry that set it may have been removed by now.
    if let policy, policy != (try transaction.auditPolicy().json.canonicalText) {
      throw VaultError.damaged(what: "the audit policy")
    }
    return changes.entries
  }
}

/// Which entry was the last to change each record, as far as a log was read.
struct LastChanges {
  private(set) var entries: [String: UInt64] = [:]

  init() {}

  /// Goes on from what retention kept.
  ///
  /// - Throws: `VaultError.damaged`.
  init(_ expired: ExpiredEntries) throws {
    guard let members = (try? JSONValue(parsing: expired.records))?.members else {
      throw VaultError.damaged(what: "what retention kept of removed entries")
    }
    for member in members { entries[member.name] = member.value.count }
  }

  var canonicalBytes: [UInt8] {
    JSONValue.object(entries.map { .init($0.key, .integer($0.value)) }).canonicalBytes
  }

  static func digest(of records: [UInt8]) -> String {
    Hexadecimal.text(of: SHA256.digest(of: records).bytes)
  }

  mutating func follow(_ entry: AuditEntry) {
    guard entry.decision == .allow, let tenant = entry.tenant else { return }
    let sequence = entry.sequence
    if entry.operation == "tenant.destroy" {
      entries = entries.filter {
        !$0.key.hasPrefix("secret '\(tenant)/") && !$0.key.hasPrefix("agent '\(tenant)/")
          && !$0.key.hasPrefix("role '\(tenant)/")
      }
    }
    guard let object = entry.object else { return }
    switch entry.operation {
    case "secret.put", "secret.revoke", "secret.destroy", "secret.restore", "rotation.store",
      "rotation.promote", "rotation.settle":
      entries["secret '\(tenant)/\(object)'"] = sequence
    case "agent.create", "agent.grant", "agent.ungrant", "agent.disable", "agent.enable",
      "agent.token", "agent.revoke-token", "agent.join", "agent.leave":
      // A role is granted to, and switched off, by the operations of agents.
      let role = "role '\(tenant)/\(object)'"
      entries[entries[role] == nil ? "agent '\(tenant)/\(object)'" : role] = sequence
    case "role.create": entries["role '\(tenant)/\(object)'"] = sequence
    default: break
    }
    if entry.details["usesLeft"] != nil {
      let holder =
        entry.details["role"].map { "role '\(tenant)/\($0)'" } ?? "agent '\(entry.actor.name)'"
      entries[holder] = sequence
    }
  }
}
