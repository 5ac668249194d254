internal import Foundation
internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

extension StoreTransaction {
  /// The secret with all its versions; nil if there never was one at that path.
  func secret(_ path: SecretPath, of tenant: TenantID) throws -> StoredSecret? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM secrets WHERE tenant = ? AND path = ?",
      arguments: [Data(tenant.bytes), path.text]
    ).map(secret)
  }

  /// All secrets of a tenant, by path.
  func secrets(of tenant: TenantID) throws -> [StoredSecret] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM secrets WHERE tenant = ? ORDER BY path",
      arguments: [Data(tenant.bytes)]
    ).map(secret)
  }

  /// Some secrets with a version, or an authenticator, that a term before this one sealed.
  func secrets(of tenant: TenantID, before term: UInt64, limit: Int) throws -> [StoredSecret] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM secrets WHERE tenant = ?1 AND (mac_term < ?2 OR EXISTS (
          SELECT 1 FROM versions WHERE secret = secrets.id AND term < ?2)) LIMIT ?3
        """,
      arguments: [Data(tenant.bytes), Int64(term), limit]
    ).map(secret)
  }

  /// Paths, with tenant, of the versions whose fingerprint begins so.
  func versions(
    fingerprint prefix: String
  ) throws -> [(tenant: String, path: String, version: UInt64)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT tenants.name, path, number FROM (
          SELECT secret, number FROM versions WHERE fingerprint >= ?1 AND fingerprint < ?2
          UNION ALL
          SELECT secret, number FROM parts WHERE fingerprint >= ?1 AND fingerprint < ?2)
        JOIN secrets ON secret = secrets.id JOIN tenants ON tenant = tenants.id
        ORDER BY tenants.name, path, number
        """,
      // Digits end before "g": a range can use the index.
      arguments: [prefix, prefix + "g"]
    ).map { ($0["name"], $0["path"], $0.number("number")) }
  }

  private func secret(_ row: Row) throws -> StoredSecret {
    let id: Int64 = row["id"]
    let path: String = row["path"]
    let versions = try Row.fetchAll(
      database, sql: "SELECT * FROM versions WHERE secret = ? ORDER BY number", arguments: [id]
    ).map { row in
      guard let stage = Stage(rawValue: row["stage"]) else {
        throw VaultError.damaged(what: "secret '\(path)'")
      }
      return StoredSecret.Version(
        facts: SecretRecord.Version(
          number: row.number("number"), stage: stage, created: row.time("created"),
          fingerprint: row["fingerprint"]),
        sealed: SealedValue(
          term: row.number("term"), wrappedKey: row.bytes("wrapped_key"),
          value: row.bytes("value")))
    }
    return StoredSecret(
      id: id, tenant: TenantID(bytes: row.bytes("tenant")), path: try SecretPath(path),
      attributes: SecretAttributes(
        type: row["type"], owner: row["owner"], tier: row["tier"], target: row["target"],
        policy: row["policy"]),
      created: row.time("created"), nextVersion: row.number("next_version"),
      changed: row.number("changed"), versions: versions,
      authenticatorTerm: row.number("mac_term"), authenticator: row.bytes("mac"))
  }

  /// The id for a secret that is not stored yet.
  func newSecretID() throws -> Int64 {
    (try Int64.fetchOne(database, sql: "SELECT max(id) FROM secrets") ?? 0) + 1
  }

  /// Writes the secret and its versions as they are given.
  func put(_ secret: StoredSecret) throws {
    let attributes = secret.attributes
    try database.execute(
      sql: """
        INSERT INTO secrets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET type = excluded.type, owner = excluded.owner,
          tier = excluded.tier, target = excluded.target, policy = excluded.policy,
          next_version = excluded.next_version, changed = excluded.changed,
          mac_term = excluded.mac_term, mac = excluded.mac
        """,
      arguments: [
        secret.id, Data(secret.tenant.bytes), secret.path.text, attributes.type, attributes.owner,
        attributes.tier, attributes.target, attributes.policy, secret.created.microseconds,
        Int64(secret.nextVersion), Int64(secret.changed), Int64(secret.authenticatorTerm),
        Data(secret.authenticator),
      ])
    for version in secret.versions {
      if version.facts.stage == .destroyed {
        try removeParts(of: secret.id, version: version.facts.number)
        try removeMarks(of: secret.id, version: version.facts.number)
      }
      try database.execute(
        sql: """
          INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (secret, number) DO UPDATE SET stage = excluded.stage, term = excluded.term,
            wrapped_key = excluded.wrapped_key, value = excluded.value,
            fingerprint = excluded.fingerprint
          """,
        arguments: [
          secret.id, Int64(version.facts.number), version.facts.stage.rawValue,
          version.facts.created.microseconds, Int64(version.sealed.term),
          Data(version.sealed.wrappedKey), Data(version.sealed.value), version.facts.fingerprint,
        ])
    }
  }
}
