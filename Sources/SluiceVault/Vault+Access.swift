internal import SluiceAudit
internal import SluiceCrypto

extension Vault {
  /// Decides whether the requester may do it, and counts a use of the grant that allows it.
  ///
  /// - Throws: `VaultError.denied`.
  func authorise(
    _ capability: Capability, _ path: SecretPath, of tenant: TenantRow, _ operation: Operation,
    _ act: inout Act
  ) throws {
    guard case .agent(let name, let home) = operation.requester.principal else { return }
    guard home.text == tenant.name else {
      throw VaultError.denied(reason: "agent '\(name.text)' belongs to another tenant")
    }
    guard let agent = try checkedAgent(name, of: tenant.id, operation.transaction),
      agent.kind == .agent
    else { throw VaultError.denied(reason: "there is no agent '\(name.text)'") }
    let roles = try checkedRoles(of: agent, operation.transaction)
    let wish = AccessPolicy.Wish(
      capability, path, context: operation.requester.context, at: operation.time)
    switch AccessPolicy.decide(wish, for: agent.record, roles: roles.map(\.record)) {
    case .denied(let reason): throw VaultError.denied(reason: reason)
    case .allowed(let number, let role):
      act.details["grant"] = String(number)
      act.details["role"] = role?.text
      guard var holder = role == nil ? agent : roles.first(where: { $0.name == role }),
        let index = holder.grants.firstIndex(where: { $0.number == number }),
        let uses = holder.grants[index].uses
      else { return }
      holder.grants[index].uses = uses - 1
      act.details["usesLeft"] = String(uses - 1)
      try put(&holder, operation)
      act.subjects.insert(holder.subject)
    }
  }

  // MARK: - Records with an authenticator

  /// The agent, if its record is as the vault wrote it last.
  ///
  /// - Throws: `VaultError.damaged`.
  func checkedAgent(
    _ name: Name, of tenant: TenantID, _ transaction: StoreTransaction
  ) throws -> StoredAgent? {
    guard let agent = try transaction.agent(name, of: tenant) else { return nil }
    try check(
      agent.authenticated, agent.authenticator, term: agent.authenticatorTerm, of: tenant,
      what: "agent '\(name.text)'", transaction)
    guard try transaction.lastChange(of: agent.subject) == agent.changed else {
      throw VaultError.damaged(what: "agent '\(name.text)'")
    }
    return agent
  }

  /// The roles of an agent, each if its record is as the vault wrote it last.
  ///
  /// - Throws: `VaultError.damaged`, also if one is gone: there is no way to remove a role.
  func checkedRoles(
    of agent: StoredAgent, _ transaction: StoreTransaction
  ) throws -> [StoredAgent] {
    try agent.roles.map { name in
      guard let role = try checkedAgent(name, of: agent.tenant, transaction), role.kind == .role
      else { throw VaultError.damaged(what: "role '\(name.text)'") }
      return role
    }
  }

  /// The secret, if its record is as the vault wrote it last.
  ///
  /// - Throws: `VaultError.damaged`.
  func checkedSecret(
    _ path: SecretPath, of tenant: TenantID, _ transaction: StoreTransaction
  ) throws -> StoredSecret? {
    guard let secret = try transaction.secret(path, of: tenant) else { return nil }
    try check(
      secret.authenticated, secret.authenticator, term: secret.authenticatorTerm, of: tenant,
      what: "secret '\(path.text)'", transaction)
    // An old record with its old authenticator fits itself, but the log knows of a later change.
    guard try transaction.lastChange(of: secret.subject) == secret.changed else {
      throw VaultError.damaged(what: "secret '\(path.text)'")
    }
    return secret
  }

  func check(
    _ authenticated: [UInt8], _ authenticator: [UInt8], term: UInt64, of tenant: TenantID,
    what: String, _ transaction: StoreTransaction
  ) throws {
    let keys = try keyring().keys(of: tenant, term: term, transaction)
    let expected = try keys.integrity.authenticator(of: authenticated).bytes
    guard ConstantTime.areEqual(expected.span, authenticator.span) else {
      throw VaultError.damaged(what: what)
    }
  }

  /// Writes a changed agent; the operation's audit entry must name its subject.
  func put(_ agent: inout StoredAgent, _ operation: Operation) throws {
    agent.changed = operation.sequence
    try reauthenticate(&agent, operation.transaction)
  }

  /// Writes a changed secret; the operation's audit entry must name its subject.
  func put(_ secret: inout StoredSecret, _ operation: Operation) throws {
    secret.changed = operation.sequence
    try reauthenticate(&secret, operation.transaction)
  }

  func reauthenticate(_ agent: inout StoredAgent, _ transaction: StoreTransaction) throws {
    let keys = try keyring().newestKeys(of: agent.tenant, transaction)
    agent.authenticatorTerm = keys.term
    agent.authenticator = try keys.integrity.authenticator(of: agent.authenticated).bytes
    try transaction.put(agent)
  }

  func reauthenticate(_ secret: inout StoredSecret, _ transaction: StoreTransaction) throws {
    let keys = try keyring().newestKeys(of: secret.tenant, transaction)
    secret.authenticatorTerm = keys.term
    secret.authenticator = try keys.integrity.authenticator(of: secret.authenticated).bytes
    try transaction.put(secret)
  }
}
