internal import SluiceAudit
internal import SluiceCrypto

/// How far a change of all keys has come.
package struct RekeyProgress: Sendable, Hashable {
  /// Secrets that got new data keys by this call.
  package internal(set) var secrets = 0
  package internal(set) var agents = 0
  package internal(set) var tenants = 0
}

extension Vault {
  /// Secrets that one transaction changes; others may read and write between two of them.
  static let rekeyBatch = 50

  /// Whether a change of keys was begun and not ended.
  package var isRekeying: Bool {
    get throws { try store.read { try $0.roots().count > 1 } }
  }

  /// Changes the root key, every tenant's key and every data key.
  ///
  /// Others may go on using the vault. What was begun and interrupted goes on where it stopped: all
  /// that there is to know is which terms the rows are of.
  ///
  /// - Parameters:
  ///   - sealer: seals the new root key; the old one for the same key file or passphrase.
  ///   - requester: an operator.
  /// - Returns: what this call did.
  /// - Throws: `VaultError`.
  package func rekey(sealer: some Sealer, by requester: Requester) throws -> RekeyProgress {
    if try !isRekeying { try beginRekey(sealer, by: requester) }
    // Another root key is the newest now.
    try unseal(with: sealer)
    var progress = RekeyProgress()
    for tenant in try store.read({ try $0.tenants() }) {
      try rekey(tenant, &progress, by: requester)
    }
    try endRekey(by: requester)
    return progress
  }

  private func beginRekey(_ sealer: some Sealer, by requester: Requester) throws {
    let keyring = try keyring()
    try perform(Act("vault.rekey-begin"), by: requester) { operation, act in
      try operation.requireOperator()
      let transaction = operation.transaction
      let term = keyring.newestTerm + 1
      guard try transaction.roots().map(\.term) == [keyring.newestTerm] else {
        throw VaultError.invalid(problem: "another process changes the keys")
      }
      let old = keyring.newest
      let new = RootKey(try Key<RootPurpose>.random())
      let newSealing = try new.sealing()
      let sealedNew = try new.key.withBytes { try sealer.seal($0, for: Place.root(term: term)) }
      let sealedOld = try old.key.withBytes {
        try newSealing.seal($0, for: Place.root(term: keyring.newestTerm))
      }
      try transaction.put(SealedRoot(term: term, sealed: sealedNew, sealedBy: nil))
      try transaction.put(
        SealedRoot(term: keyring.newestTerm, sealed: sealedOld, sealedBy: term))
      let oldSealing = try old.sealing()
      for name in [Keyring.signingFact, Keyring.fingerprintFact] {
        let place = Place.material(name)
        let material = try oldSealing.open(try transaction.fact(name) ?? [], at: place)
        let sealed = try material.withBytes { try newSealing.seal($0, for: place) }
        try transaction.setFact(name, sealed)
      }
      try transaction.setFact("seal", sealer.description.json.canonicalBytes)
      act.details["term"] = String(term)
    }
  }

  private func rekey(
    _ tenant: TenantRow, _ progress: inout RekeyProgress, by requester: Requester
  ) throws {
    let keyring = try keyring()
    let name = try Name(tenant.name, kind: "tenant")
    var isDone = false
    while !isDone {
      // Each batch is one transaction with one entry; none is written where nothing is left to do.
      let isLeft = try store.read { transaction in
        guard let newest = try transaction.tenantKeys(tenant.id).first else { return false }
        return try newest.rootTerm < keyring.newestTerm
          || transaction.tenantKeys(tenant.id).count > 1
      }
      guard isLeft else { return }
      isDone = try perform(Act("tenant.rekey", tenant: name), by: requester) { operation, act in
        try rekeyBatch(tenant, keyring, operation, &act, &progress)
      }
    }
    progress.tenants += 1
  }

  /// - Returns: whether nothing of the tenant is left under old keys.
  private func rekeyBatch(
    _ tenant: TenantRow, _ keyring: Keyring, _ operation: Operation, _ act: inout Act,
    _ progress: inout RekeyProgress
  ) throws -> Bool {
    let transaction = operation.transaction
    guard let newest = try transaction.tenantKeys(tenant.id).first else { return true }
    var term = newest.term
    if newest.rootTerm < keyring.newestTerm {
      term += 1
      try transaction.insert(
        TenantKeyRow(
          term: term, rootTerm: keyring.newestTerm, salt: try SecureRandom.bytes(32)),
        of: tenant.id)
    }
    let keys = try keyring.keys(of: tenant.id, term: term, transaction)
    let secrets = try transaction.secrets(of: tenant.id, before: term, limit: Self.rekeyBatch)
    for found in secrets {
      guard var secret = try checkedSecret(found.path, of: tenant.id, transaction) else { continue }
      for index in secret.versions.indices {
        try rekey(&secret.versions[index], of: secret.path, tenant, keys, keyring, transaction)
      }
      try reauthenticate(&secret, transaction)
    }
    let agents = try transaction.agents(of: tenant.id, before: term, limit: Self.rekeyBatch)
    for found in agents {
      guard var agent = try checkedAgent(found.name, of: tenant.id, transaction) else { continue }
      try reauthenticate(&agent, transaction)
    }
    let actions = try transaction.actions(of: tenant.id, before: term, limit: Self.rekeyBatch)
    for var action in actions {
      try check(
        action.authenticated, action.authenticator, term: action.authenticatorTerm, of: tenant.id,
        what: "\(action.kind.rawValue) '\(action.name)'", transaction)
      try reauthenticate(&action, transaction)
    }
    act.details = ["secrets": String(secrets.count), "agents": String(agents.count)]
    progress.secrets += secrets.count
    progress.agents += agents.count
    guard secrets.isEmpty, agents.isEmpty, actions.isEmpty else { return false }
    try transaction.removeTenantKeys(of: tenant.id, before: term)
    return true
  }

  private func rekey(
    _ version: inout StoredSecret.Version, of path: SecretPath, _ tenant: TenantRow,
    _ keys: borrowing TenantKeys, _ keyring: Keyring, _ transaction: StoreTransaction
  ) throws {
    guard version.facts.stage != .destroyed else {
      version.sealed = SealedValue(term: keys.term, wrappedKey: [], value: [])
      return
    }
    let old = try keyring.keys(of: tenant.id, term: version.sealed.term, transaction)
    let number = version.facts.number
    let value = try old.open(version.sealed, of: tenant.id, path: path, version: number)
    version.sealed = try value.withBytes {
      try keys.seal($0, of: tenant.id, path: path, version: number)
    }
  }

  private func endRekey(by requester: Requester) throws {
    let keyring = try keyring()
    try perform(Act("vault.rekey-end"), by: requester) { operation, act in
      let transaction = operation.transaction
      for tenant in try transaction.tenants() {
        let terms = try transaction.tenantKeys(tenant.id).map(\.rootTerm)
        guard terms.allSatisfy({ $0 == keyring.newestTerm }) else {
          throw VaultError.invalid(problem: "a tenant was added under the old keys; run it again")
        }
      }
      try transaction.removeRoots(before: keyring.newestTerm)
      act.details["term"] = String(keyring.newestTerm)
    }
    try store.truncateLog()
  }
}
