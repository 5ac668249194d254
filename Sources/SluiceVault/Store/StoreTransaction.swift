internal import Foundation
internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

/// What the vault reads and writes in one transaction, in words of the vault.
struct StoreTransaction {
  let database: Database
  let state = TransactionState()

  init(_ database: Database) {
    self.database = database
  }

  /// Runs `body`; if it throws, what it wrote is undone, and the transaction goes on.
  func attempt<Result>(_ body: () throws -> Result) throws -> Result {
    let (head, hasAppended) = (state.head, state.hasAppended)
    var result: Result?
    do {
      try database.inSavepoint {
        result = try body()
        return .commit
      }
    } catch {
      (state.head, state.hasAppended, state.policy) = (head, hasAppended, nil)
      throw error
    }
    guard let result else { preconditionFailure("a savepoint without a result") }
    return result
  }
}

// MARK: - Facts about the vault

extension StoreTransaction {
  func fact(_ name: String) throws -> [UInt8]? {
    try Data.fetchOne(
      database.cachedStatement(sql: "SELECT value FROM meta WHERE name = ?"), arguments: [name]
    ).map(Array.init)
  }

  func setFact(_ name: String, _ value: [UInt8]) throws {
    try database.execute(
      sql: "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      arguments: [name, Data(value)])
  }

  func removeFact(_ name: String) throws {
    try database.execute(sql: "DELETE FROM meta WHERE name = ?", arguments: [name])
  }
}

// MARK: - Root keys and tenants

/// A root key at rest.
struct SealedRoot {
  let term: UInt64
  let sealed: [UInt8]
  /// The term of the root key that seals it; nil if the sealer does.
  let sealedBy: UInt64?
}

/// A tenant's salt for one term.
struct TenantKeyRow {
  let term: UInt64
  let rootTerm: UInt64
  let salt: [UInt8]
}

struct TenantRow {
  let id: TenantID
  let name: String
  let created: UTCTime
}

extension StoreTransaction {
  /// The newest first.
  func roots() throws -> [SealedRoot] {
    try Row.fetchAll(database, sql: "SELECT * FROM roots ORDER BY term DESC").map { row in
      SealedRoot(
        term: row.number("term"), sealed: row.bytes("sealed"),
        sealedBy: (row["sealed_by"] as Int64?).map { UInt64($0) })
    }
  }

  func put(_ root: SealedRoot) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO roots VALUES (?, ?, ?)",
      arguments: [Int64(root.term), Data(root.sealed), root.sealedBy.map { Int64($0) }])
  }

  func removeRoots(before term: UInt64) throws {
    try database.execute(sql: "DELETE FROM roots WHERE term < ?", arguments: [Int64(term)])
  }

  func tenants() throws -> [TenantRow] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM tenants WHERE destroyed IS NULL ORDER BY name"
    ).map(Self.tenant)
  }

  /// - Throws: `VaultError.unknown`.
  func tenant(_ name: Name) throws -> TenantRow {
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM tenants WHERE name = ? AND destroyed IS NULL",
      arguments: [name.text])
    guard let row else { throw VaultError.unknown(kind: "tenant", name: name.text) }
    return Self.tenant(row)
  }

  private static func tenant(_ row: Row) -> TenantRow {
    TenantRow(id: TenantID(bytes: row.bytes("id")), name: row["name"], created: row.time("created"))
  }

  func insert(_ tenant: TenantRow) throws {
    try database.execute(
      sql: "INSERT INTO tenants VALUES (?, ?, ?, NULL)",
      arguments: [Data(tenant.id.bytes), tenant.name, tenant.created.microseconds])
  }

  func tenantKeys(_ tenant: TenantID) throws -> [TenantKeyRow] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM tenant_keys WHERE tenant = ? ORDER BY term DESC",
      arguments: [Data(tenant.bytes)]
    ).map { row in
      TenantKeyRow(
        term: row.number("term"), rootTerm: row.number("root_term"), salt: row.bytes("salt"))
    }
  }

  func insert(_ key: TenantKeyRow, of tenant: TenantID) throws {
    try database.execute(
      sql: "INSERT INTO tenant_keys VALUES (?, ?, ?, ?)",
      arguments: [
        Data(tenant.bytes), Int64(key.term), Int64(key.rootTerm), Data(key.salt),
      ])
  }

  func removeTenantKeys(of tenant: TenantID, before term: UInt64) throws {
    try database.execute(
      sql: "DELETE FROM tenant_keys WHERE tenant = ? AND term < ?",
      arguments: [Data(tenant.bytes), Int64(term)])
  }

  /// Removes all that could open the tenant's values, and the values.
  func destroy(_ tenant: TenantID, at time: UTCTime) throws {
    let id = Data(tenant.bytes)
    for sql in [
      "DELETE FROM tenant_keys WHERE tenant = ?",
      "DELETE FROM marks WHERE secret IN (SELECT id FROM secrets WHERE tenant = ?)",
      "DELETE FROM parts WHERE secret IN (SELECT id FROM secrets WHERE tenant = ?)",
      "DELETE FROM versions WHERE secret IN (SELECT id FROM secrets WHERE tenant = ?)",
      "DELETE FROM secrets WHERE tenant = ?",
      "DELETE FROM tokens WHERE agent IN (SELECT id FROM agents WHERE tenant = ?)",
      "DELETE FROM grants WHERE agent IN (SELECT id FROM agents WHERE tenant = ?)",
      "DELETE FROM memberships WHERE agent IN (SELECT id FROM agents WHERE tenant = ?)",
      "DELETE FROM agents WHERE tenant = ?",
      "DELETE FROM actions WHERE tenant = ?",
    ] {
      try database.execute(sql: sql, arguments: [id])
    }
    try database.execute(
      sql: "UPDATE tenants SET destroyed = ? WHERE id = ?", arguments: [time.microseconds, id])
  }
}

extension Row {
  func bytes(_ column: String) -> [UInt8] { Array(self[column] as Data) }
  func number(_ column: String) -> UInt64 { UInt64(bitPattern: self[column] as Int64) }
  func time(_ column: String) -> UTCTime { UTCTime(microseconds: self[column]) }
}
