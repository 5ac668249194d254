internal import SluiceAudit

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
    var changes: [String: UInt64] = [:]
    for sequence in 0..<(try transaction.auditSize()) {
      let entry = try Self.entry(sequence, in: transaction)
      guard entry.decision == .allow, let tenant = entry.tenant else { continue }
      if entry.operation == "tenant.destroy" {
        changes = changes.filter {
          !$0.key.hasPrefix("secret '\(tenant)/") && !$0.key.hasPrefix("agent '\(tenant)/")
            && !$0.key.hasPrefix("role '\(tenant)/")
        }
      }
      guard let object = entry.object else { continue }
      switch entry.operation {
      case "secret.put", "secret.revoke", "secret.destroy", "secret.restore", "rotation.store",
        "rotation.promote", "rotation.settle":
        changes["secret '\(tenant)/\(object)'"] = sequence
      case "agent.create", "agent.grant", "agent.ungrant", "agent.disable", "agent.enable",
        "agent.token", "agent.revoke-token", "agent.join", "agent.leave":
        // A role is granted to, and switched off, by the operations of agents.
        let role = "role '\(tenant)/\(object)'"
        changes[changes[role] == nil ? "agent '\(tenant)/\(object)'" : role] = sequence
      case "role.create": changes["role '\(tenant)/\(object)'"] = sequence
      default: break
      }
      if entry.details["usesLeft"] != nil {
        let holder =
          entry.details["role"].map { "role '\(tenant)/\($0)'" } ?? "agent '\(entry.actor.name)'"
        changes[holder] = sequence
      }
    }
    return changes
  }
}
