internal import Foundation
internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

extension StoreTransaction {
  func agent(_ name: Name, of tenant: TenantID) throws -> StoredAgent? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM agents WHERE tenant = ? AND name = ?",
      arguments: [Data(tenant.bytes), name.text]
    ).map(agent)
  }

  func agents(of tenant: TenantID) throws -> [StoredAgent] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM agents WHERE tenant = ? ORDER BY name",
      arguments: [Data(tenant.bytes)]
    ).map(agent)
  }

  /// The names of agent and tenant that a token belongs to.
  func holder(ofTokenHash hash: [UInt8]) throws -> (agent: String, tenant: String)? {
    try Row.fetchOne(
      database,
      sql: """
        SELECT agents.name AS agent, tenants.name AS tenant FROM tokens
        JOIN agents ON agent = agents.id JOIN tenants ON tenant = tenants.id
        WHERE hash = ? AND destroyed IS NULL
        """,
      arguments: [Data(hash)]
    ).map { ($0["agent"], $0["tenant"]) }
  }

  private func agent(_ row: Row) throws -> StoredAgent {
    let id: Int64 = row["id"]
    let name: String = row["name"]
    let damage = VaultError.damaged(what: "agent '\(name)'")
    let grants = try Row.fetchAll(
      database, sql: "SELECT * FROM grants WHERE agent = ? ORDER BY number", arguments: [id]
    ).map { row in
      let text: String = row["context"]
      guard let capabilities = Set<Capability>(text: row["capabilities"]),
        let json = try? JSONValue(parsing: Array(text.utf8)), let context = [String: String](json)
      else { throw damage }
      return Grant(
        number: row.number("number"), pattern: try PathPattern(row["pattern"]),
        capabilities: capabilities,
        expires: (row["expires"] as Int64?).map(UTCTime.init(microseconds:)),
        uses: (row["uses"] as Int64?).map { UInt64($0) }, context: context)
    }
    let tokens = try Row.fetchAll(
      database, sql: "SELECT * FROM tokens WHERE agent = ? ORDER BY number", arguments: [id]
    ).map { row in
      StoredAgent.Token(
        facts: AgentRecord.Token(
          number: row.number("number"), created: row.time("created"),
          expires: row.time("expires")),
        hash: row.bytes("hash"))
    }
    let roles = try String.fetchAll(
      database, sql: "SELECT role FROM memberships WHERE agent = ? ORDER BY role", arguments: [id]
    ).map { try Name($0, kind: "role") }
    guard let kind = AgentRecord.Kind(rawValue: row["kind"]) else { throw damage }
    return StoredAgent(
      id: id, tenant: TenantID(bytes: row.bytes("tenant")), kind: kind,
      name: try Name(name, kind: kind.rawValue), isEnabled: row["enabled"],
      created: row.time("created"), nextItem: row.number("next_item"),
      changed: row.number("changed"), roles: roles, grants: grants, tokens: tokens,
      authenticatorTerm: row.number("mac_term"), authenticator: row.bytes("mac"))
  }

  /// The id for an agent that is not stored yet.
  func newAgentID() throws -> Int64 {
    (try Int64.fetchOne(database, sql: "SELECT max(id) FROM agents") ?? 0) + 1
  }

  /// Some agents whose authenticator is of a term before this one.
  func agents(of tenant: TenantID, before term: UInt64, limit: Int) throws -> [StoredAgent] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM agents WHERE tenant = ? AND mac_term < ? LIMIT ?",
      arguments: [Data(tenant.bytes), Int64(term), limit]
    ).map(agent)
  }

  /// Writes the agent with exactly the grants and tokens that are given.
  func put(_ agent: StoredAgent) throws {
    try database.execute(
      sql: """
        INSERT INTO agents (id, tenant, name, enabled, created, next_item, changed, mac_term, mac,
          kind) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET enabled = excluded.enabled,
          next_item = excluded.next_item, changed = excluded.changed,
          mac_term = excluded.mac_term, mac = excluded.mac
        """,
      arguments: [
        agent.id, Data(agent.tenant.bytes), agent.name.text, agent.isEnabled,
        agent.created.microseconds, Int64(agent.nextItem), Int64(agent.changed),
        Int64(agent.authenticatorTerm), Data(agent.authenticator), agent.kind.rawValue,
      ])
    try database.execute(
      sql: "DELETE FROM memberships WHERE agent = ?", arguments: [agent.id])
    for role in agent.roles {
      try database.execute(
        sql: "INSERT INTO memberships VALUES (?, ?)", arguments: [agent.id, role.text])
    }
    try database.execute(sql: "DELETE FROM grants WHERE agent = ?", arguments: [agent.id])
    for grant in agent.grants {
      try database.execute(
        sql: "INSERT INTO grants VALUES (?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          agent.id, Int64(grant.number), grant.pattern.text, grant.capabilities.text,
          grant.expires?.microseconds, grant.uses.map { Int64($0) },
          grant.context.json.canonicalText,
        ])
    }
    try database.execute(sql: "DELETE FROM tokens WHERE agent = ?", arguments: [agent.id])
    for token in agent.tokens {
      try database.execute(
        sql: "INSERT INTO tokens VALUES (?, ?, ?, ?, ?)",
        arguments: [
          Data(token.hash), agent.id, Int64(token.facts.number), token.facts.created.microseconds,
          token.facts.expires.microseconds,
        ])
    }
  }
}
