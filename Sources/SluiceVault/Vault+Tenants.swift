package import SluiceAudit
internal import SluiceCrypto

/// A partition of the vault with keys of its own.
package struct TenantRecord: Sendable {
  package let name: Name
  package let created: UTCTime
}

extension Vault {
  /// Makes a tenant with keys of its own.
  ///
  /// - Throws: `VaultError.exists`, `isSealed`.
  package func createTenant(_ name: Name, by requester: Requester) throws {
    let keyring = try keyring()
    try perform(Act("tenant.create", tenant: name), by: requester) { operation, _ in
      try operation.requireOperator()
      let transaction = operation.transaction
      guard try !transaction.tenants().contains(where: { $0.name == name.text }) else {
        throw VaultError.exists(kind: "tenant", name: name.text)
      }
      let tenant = TenantRow(id: try .random(), name: name.text, created: operation.time)
      try transaction.insert(tenant)
      let key = TenantKeyRow(
        term: 1, rootTerm: keyring.newestTerm, salt: try SecureRandom.bytes(32))
      try transaction.insert(key, of: tenant.id)
    }
  }

  package func tenants(by requester: Requester) throws -> [TenantRecord] {
    try perform(Act("tenant.list"), by: requester) { operation, _ in
      try operation.requireOperator()
      return try operation.transaction.tenants().map {
        TenantRecord(name: try Name($0.name, kind: "tenant"), created: $0.created)
      }
    }
  }

  /// Destroys the tenant's keys, and with them every value it ever had.
  ///
  /// The values cannot be opened any more, also not from a copy of the store that was made
  /// afterwards. An older copy of the store still holds the salt: destroy it, or run `rekey`, which
  /// changes the root key that the salt needs.
  package func destroyTenant(_ name: Name, by requester: Requester) throws {
    try perform(Act("tenant.destroy", tenant: name), by: requester) { operation, _ in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(name)
      try operation.transaction.destroy(tenant.id, at: operation.time)
    }
    try store.truncateLog()
  }
}

extension Operation {
  /// - Throws: `VaultError.denied` for an agent.
  func requireOperator() throws(VaultError) {
    guard case .operator = requester.principal else {
      throw .denied(reason: "only an operator may do that")
    }
  }
}
