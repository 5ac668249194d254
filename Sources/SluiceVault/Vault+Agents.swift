package import SluiceAudit
package import SluiceCrypto

/// What a grant shall allow.
package struct GrantRequest: Sendable {
  package let pattern: PathPattern
  package let capabilities: Set<Capability>
  package var expires: UTCTime?
  package var uses: UInt64?
  package var context: [String: String] = [:]

  package init(_ pattern: PathPattern, _ capabilities: Set<Capability>) {
    self.pattern = pattern
    self.capabilities = capabilities
  }
}

extension Vault {
  /// How long a token serves when nothing else is said, in seconds: 30 days.
  package static let tokenSeconds: Int64 = 30 * 86400

  /// Makes an agent that may do nothing yet, or a role.
  ///
  /// - Throws: `VaultError.exists` also for an agent and a role of one name.
  package func createAgent(
    _ name: Name, as kind: AgentRecord.Kind = .agent, of tenant: Name, by requester: Requester
  ) throws {
    _ = try keyring()
    let act = Act("\(kind.rawValue).create", tenant: tenant, object: name.text)
    try perform(act, by: requester) { operation, act in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(tenant)
      if let other = try operation.transaction.agent(name, of: tenant.id) {
        throw VaultError.exists(kind: other.kind.rawValue, name: name.text)
      }
      var agent = StoredAgent(
        id: try operation.transaction.newAgentID(), tenant: tenant.id, kind: kind,
        name: name, isEnabled: true, created: operation.time, nextItem: 1, changed: 0, grants: [],
        tokens: [],
        authenticatorTerm: 0, authenticator: [])
      try put(&agent, operation)
      act.subjects.insert(agent.subject)
    }
  }

  /// Works while the vault is sealed.
  package func agents(of tenant: Name, by requester: Requester) throws -> [AgentRecord] {
    try perform(Act("agent.list", tenant: tenant), by: requester) { operation, _ in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(tenant)
      return try operation.transaction.agents(of: tenant.id).map(\.record)
    }
  }

  /// Gives an agent the grants of a role besides its own, or takes them back, from the next request
  /// on.
  ///
  /// - Throws: `VaultError.unknown`.
  package func setMember(
    _ isMember: Bool, _ name: Name, of role: Name, tenant: Name, by requester: Requester
  ) throws {
    var act = Act(
      isMember ? "agent.join" : "agent.leave", tenant: tenant, object: name.text)
    act.details["role"] = role.text
    try changeAgent(act, name, tenant, by: requester) { agent, operation in
      guard agent.kind == .agent else {
        throw VaultError.invalid(problem: "'\(name.text)' is a role, and has none itself")
      }
      let found = try checkedAgent(role, of: agent.tenant, operation.transaction)
      guard found?.kind == .role, isMember || agent.roles.contains(role) else {
        throw VaultError.unknown(kind: "role", name: role.text)
      }
      agent.roles.removeAll { $0 == role }
      if isMember { agent.roles.append(role) }
      agent.roles.sort { $0.text < $1.text }
    }
  }

  /// Allows an agent or the members of a role something, from the next request on.
  ///
  /// - Returns: the grant's number.
  /// - Throws: `VaultError.invalid` if it allows nothing.
  @discardableResult
  package func grant(
    _ request: GrantRequest, to name: Name, of tenant: Name, by requester: Requester
  ) throws -> UInt64 {
    guard !request.capabilities.isEmpty, request.uses != 0 else {
      throw VaultError.invalid(problem: "the grant would allow nothing")
    }
    var act = Act("agent.grant", tenant: tenant, object: name.text)
    act.details = [
      "pattern": request.pattern.text, "capabilities": request.capabilities.text,
    ]
    act.details["expires"] = request.expires?.text
    act.details["uses"] = request.uses.map(String.init)
    if !request.context.isEmpty { act.details["context"] = request.context.json.canonicalText }
    return try changeAgent(act, name, tenant, by: requester) { agent, _ in
      let number = agent.nextItem
      agent.nextItem += 1
      agent.grants.append(
        Grant(
          number: number, pattern: request.pattern, capabilities: request.capabilities,
          expires: request.expires, uses: request.uses, context: request.context))
      return number
    }
  }

  /// Takes a grant back, from the next request on.
  ///
  /// - Throws: `VaultError.unknown`.
  package func ungrant(
    _ number: UInt64, from name: Name, of tenant: Name, by requester: Requester
  ) throws {
    var act = Act("agent.ungrant", tenant: tenant, object: name.text)
    act.details["number"] = String(number)
    try changeAgent(act, name, tenant, by: requester) { agent, _ in
      guard let index = agent.grants.firstIndex(where: { $0.number == number }) else {
        throw VaultError.unknown(kind: "grant", name: String(number))
      }
      agent.grants.remove(at: index)
    }
  }

  /// Switches an agent off, with all of its tokens, or on again.
  package func setEnabled(
    _ isEnabled: Bool, _ name: Name, of tenant: Name, by requester: Requester
  ) throws {
    let operation = isEnabled ? "agent.enable" : "agent.disable"
    let act = Act(operation, tenant: tenant, object: name.text)
    try changeAgent(act, name, tenant, by: requester) { agent, _ in
      agent.isEnabled = isEnabled
      // Who switches an agent on again shall hand out new tokens.
      if !isEnabled { agent.tokens = [] }
    }
  }

  /// Makes a token by which the agent shows who it is; the vault keeps only its hash.
  ///
  /// - Returns: the token, which cannot be shown again.
  package func makeToken(
    for name: Name, of tenant: Name, seconds: Int64 = tokenSeconds, by requester: Requester
  ) throws -> AgentToken {
    guard (1...(10 * 366 * 86400)).contains(seconds) else {
      throw VaultError.invalid(problem: "a token serves for at least a second and at most 10 years")
    }
    let token = try Self.explaining { try AgentToken.random() }
    let act = Act("agent.token", tenant: tenant, object: name.text)
    try changeAgent(act, name, tenant, by: requester) { agent, operation in
      guard agent.kind == .agent else {
        throw VaultError.invalid(problem: "'\(name.text)' is a role: its members have tokens")
      }
      guard agent.isEnabled else {
        throw VaultError.denied(reason: "agent '\(name.text)' is disabled")
      }
      agent.tokens.removeAll { $0.facts.expires <= operation.time }
      agent.tokens.append(
        StoredAgent.Token(
          facts: AgentRecord.Token(
            number: agent.nextItem, created: operation.time,
            expires: operation.time.advanced(bySeconds: seconds)),
          hash: token.hash))
      agent.nextItem += 1
    }
    return token
  }

  /// Takes one token back.
  ///
  /// - Throws: `VaultError.unknown`.
  package func revokeToken(
    _ number: UInt64, of name: Name, of tenant: Name, by requester: Requester
  ) throws {
    var act = Act("agent.revoke-token", tenant: tenant, object: name.text)
    act.details["number"] = String(number)
    try changeAgent(act, name, tenant, by: requester) { agent, _ in
      guard let index = agent.tokens.firstIndex(where: { $0.facts.number == number }) else {
        throw VaultError.unknown(kind: "token", name: String(number))
      }
      agent.tokens.remove(at: index)
    }
  }

  /// Whose token that is; a token that does not serve goes on record.
  ///
  /// - Throws: `VaultError.tokenRejected`.
  package func principal(
    token: AgentToken, by requester: Requester
  ) throws -> Requester.Principal {
    _ = try keyring()
    return try perform(Act("agent.authenticate"), by: requester) { operation, act in
      guard let holder = try operation.transaction.holder(ofTokenHash: token.hash) else {
        throw VaultError.tokenRejected(reason: "it is unknown, or was revoked")
      }
      let name = try Name(holder.agent, kind: "agent")
      let tenantName = try Name(holder.tenant, kind: "tenant")
      act.tenant = tenantName
      act.object = name.text
      let tenant = try operation.transaction.tenant(tenantName)
      let agent = try checkedAgent(name, of: tenant.id, operation.transaction)
      guard let agent, agent.isEnabled,
        let found = agent.tokens.first(where: { $0.hash == token.hash })
      else { throw VaultError.tokenRejected(reason: "its agent is disabled") }
      guard operation.time < found.facts.expires else {
        throw VaultError.tokenRejected(reason: "it expired at \(found.facts.expires.text)")
      }
      return .agent(name, tenant: tenantName)
    }
  }

  /// Whether an agent could do something now, and why; counts no use.
  package func canAgent(
    _ name: Name, _ capability: Capability, _ path: SecretPath, of tenant: Name,
    by requester: Requester
  ) throws -> AccessPolicy.Decision {
    _ = try keyring()
    var act = Act("agent.can", tenant: tenant, object: name.text)
    act.details = ["capability": capability.rawValue, "path": path.text]
    return try perform(act, by: requester) { operation, _ in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(tenant)
      guard let agent = try checkedAgent(name, of: tenant.id, operation.transaction),
        agent.kind == .agent
      else { throw VaultError.unknown(kind: "agent", name: name.text) }
      return AccessPolicy.decide(
        AccessPolicy.Wish(
          capability, path, context: operation.requester.context, at: operation.time),
        for: agent.record,
        roles: try checkedRoles(of: agent, operation.transaction).map(\.record))
    }
  }

  @discardableResult
  private func changeAgent<Result>(
    _ act: Act, _ name: Name, _ tenant: Name, by requester: Requester,
    _ body: (inout StoredAgent, Operation) throws -> Result
  ) throws -> Result {
    _ = try keyring()
    return try perform(act, by: requester) { operation, act in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(tenant)
      guard var agent = try checkedAgent(name, of: tenant.id, operation.transaction) else {
        throw VaultError.unknown(kind: "agent", name: name.text)
      }
      let result = try body(&agent, operation)
      try put(&agent, operation)
      act.subjects.insert(agent.subject)
      return result
    }
  }
}

/// What an agent shows to say who it is: `sluice_agent_` and 64 hexadecimal digits.
package final class AgentToken: Sendable {
  package let bytes: SecretBytes

  package init(_ bytes: consuming SecretBytes) {
    self.bytes = bytes
  }

  static func random() throws(CryptoError) -> AgentToken {
    let random = try SecureRandom.secret(32)
    return AgentToken(random.hexadecimal(prefix: "sluice_agent_"))
  }

  /// A token has 256 random bits: a plain hash tells nothing about it.
  var hash: [UInt8] {
    bytes.withBytes { SHA256.digest(of: $0).bytes }
  }
}
