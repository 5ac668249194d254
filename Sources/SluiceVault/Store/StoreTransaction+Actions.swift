internal import Foundation
internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

extension Schema {
  /// What those who act on secrets keep: see `ActionRecord`.
  static let actions = """
    CREATE TABLE actions (
      tenant BLOB NOT NULL REFERENCES tenants (id), kind TEXT NOT NULL, name TEXT NOT NULL,
      open INTEGER NOT NULL, body TEXT NOT NULL, revision INTEGER NOT NULL,
      changed INTEGER NOT NULL, mac_term INTEGER NOT NULL, mac BLOB NOT NULL,
      PRIMARY KEY (tenant, kind, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX actions_by_kind ON actions (kind, open);
    """

  /// Keyed fingerprints of the secrets in values that hold more than one text.
  ///
  /// They lead to a version; whoever acts on that checks it against the value itself.
  static let parts = """
    CREATE TABLE parts (
      fingerprint TEXT NOT NULL, secret INTEGER NOT NULL, number INTEGER NOT NULL,
      PRIMARY KEY (fingerprint, secret, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX parts_by_version ON parts (secret, number);
    """
}

extension StoreTransaction {
  func put(part fingerprint: String, of secret: Int64, version: UInt64) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO parts VALUES (?, ?, ?)",
      arguments: [fingerprint, secret, Int64(version)])
  }

  func removeParts(of secret: Int64, version: UInt64) throws {
    try database.execute(
      sql: "DELETE FROM parts WHERE secret = ? AND number = ?", arguments: [secret, Int64(version)])
  }

  func action(
    _ kind: ActionRecord.Kind, _ name: String, of tenant: TenantID
  ) throws -> StoredAction? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM actions WHERE tenant = ? AND kind = ? AND name = ?",
      arguments: [Data(tenant.bytes), kind.rawValue, name]
    ).map(action)
  }

  /// All of a kind, by name.
  func actions(
    _ kind: ActionRecord.Kind, of tenant: TenantID, openOnly: Bool
  ) throws -> [StoredAction] {
    try Row.fetchAll(
      database,
      sql: "SELECT * FROM actions WHERE tenant = ? AND kind = ? AND open >= ? ORDER BY name",
      arguments: [Data(tenant.bytes), kind.rawValue, openOnly ? 1 : 0]
    ).map(action)
  }

  /// Some records whose authenticator is of a term before this one.
  func actions(of tenant: TenantID, before term: UInt64, limit: Int) throws -> [StoredAction] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM actions WHERE tenant = ? AND mac_term < ? LIMIT ?",
      arguments: [Data(tenant.bytes), Int64(term), limit]
    ).map(action)
  }

  private func action(_ row: Row) throws -> StoredAction {
    let name: String = row["name"]
    let body: String = row["body"]
    guard let kind = ActionRecord.Kind(rawValue: row["kind"]),
      let json = try? JSONValue(parsing: Array(body.utf8))
    else { throw VaultError.damaged(what: "the record '\(name)'") }
    return StoredAction(
      kind: kind, tenant: TenantID(bytes: row.bytes("tenant")), name: name, isOpen: row["open"],
      body: json, revision: row.number("revision"), changed: row.number("changed"),
      authenticatorTerm: row.number("mac_term"), authenticator: row.bytes("mac"))
  }

  func put(_ action: StoredAction) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO actions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        Data(action.tenant.bytes), action.kind.rawValue, action.name, action.isOpen,
        action.body.canonicalText, Int64(action.revision), Int64(action.changed),
        Int64(action.authenticatorTerm), Data(action.authenticator),
      ])
  }

  func removeAction(_ kind: ActionRecord.Kind, _ name: String, of tenant: TenantID) throws {
    try database.execute(
      sql: "DELETE FROM actions WHERE tenant = ? AND kind = ? AND name = ?",
      arguments: [Data(tenant.bytes), kind.rawValue, name])
  }
}
