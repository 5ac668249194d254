internal import Foundation
internal import GRDB

extension Schema {
  /// By what a stream is searched for values, see `KnownMark`; sealed.
  static let marks = """
    CREATE TABLE marks (
      secret INTEGER NOT NULL, number INTEGER NOT NULL, sealed BLOB NOT NULL,
      PRIMARY KEY (secret, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX secrets_by_change ON secrets (changed);
    """
}

/// Changes whenever a secret does.
struct VaultRevision: Equatable {
  let secrets: Int64
  let lastChange: Int64
}

/// A version, with its marks as they are stored.
struct MarkedVersionRow {
  let secret: Int64
  let tenant: String
  let tenantID: [UInt8]
  let path: String
  let version: UInt64
  let stage: Stage
  let fingerprint: String
  let sealed: [UInt8]
}

extension StoreTransaction {
  func put(marks sealed: [UInt8], of secret: Int64, version: UInt64) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO marks VALUES (?, ?, ?)",
      arguments: [secret, Int64(version), Data(sealed)])
  }

  func removeMarks(of secret: Int64, version: UInt64) throws {
    try database.execute(
      sql: "DELETE FROM marks WHERE secret = ? AND number = ?", arguments: [secret, Int64(version)])
  }

  func revision() throws -> VaultRevision {
    let row = try Row.fetchOne(
      database, sql: "SELECT count(*) AS secrets, ifnull(max(changed), 0) AS last FROM secrets")
    return VaultRevision(secrets: row?["secrets"] ?? 0, lastChange: row?["last"] ?? 0)
  }

  /// All versions whose values can still be opened.
  func markedVersions() throws -> [MarkedVersionRow] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT secrets.id AS secret, tenants.name AS tenant, tenants.id AS tenant_id, path,
          versions.number AS number, stage, fingerprint, sealed
        FROM marks
        JOIN versions ON versions.secret = marks.secret AND versions.number = marks.number
        JOIN secrets ON secrets.id = marks.secret JOIN tenants ON tenants.id = secrets.tenant
        WHERE stage != 'destroyed' ORDER BY tenants.name, path, versions.number
        """
    ).map { row in
      guard let stage = Stage(rawValue: row["stage"]) else {
        throw VaultError.damaged(what: "secret '\(row["path"] as String)'")
      }
      return MarkedVersionRow(
        secret: row["secret"], tenant: row["tenant"], tenantID: row.bytes("tenant_id"),
        path: row["path"], version: row.number("number"), stage: stage,
        fingerprint: row["fingerprint"], sealed: row.bytes("sealed"))
    }
  }

  /// Some versions that have no marks.
  func versionsWithoutMarks(
    limit: Int
  ) throws -> [(tenant: String, path: String, version: UInt64)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT tenants.name AS tenant, path, versions.number AS number
        FROM versions
        JOIN secrets ON secrets.id = versions.secret JOIN tenants ON tenants.id = secrets.tenant
        WHERE stage != 'destroyed' AND NOT EXISTS (
          SELECT 1 FROM marks WHERE secret = versions.secret AND number = versions.number)
        LIMIT ?
        """, arguments: [limit]
    ).map { ($0["tenant"], $0["path"], $0.number("number")) }
  }
}
