internal import Foundation
internal import GRDB
internal import SluiceAudit

/// Up to where retention removed entries.
struct ExpiredEntries {
  /// Entries below it are gone; their hashes are not.
  let upTo: UInt64
  /// Canonical JSON: the last of them that changed each record.
  let records: [UInt8]
}

extension StoreTransaction {
  /// The newest removal; nil if nothing was removed yet.
  func expired() throws -> ExpiredEntries? {
    try Row.fetchOne(database, sql: "SELECT * FROM audit_expired ORDER BY upto DESC LIMIT 1").map {
      ExpiredEntries(upTo: $0.number("upto"), records: $0.bytes("records"))
    }
  }

  /// Removes what entries below say, and keeps their hashes.
  func expire(_ range: Range<UInt64>, records: [UInt8], at time: UTCTime) throws {
    try database.execute(
      sql: "UPDATE audit_entries SET entry = x'' WHERE sequence >= ? AND sequence < ?",
      arguments: [Int64(range.lowerBound), Int64(range.upperBound)])
    try database.execute(sql: "DELETE FROM audit_expired")
    try database.execute(
      sql: "INSERT INTO audit_expired VALUES (?, ?, ?)",
      arguments: [Int64(range.upperBound), time.microseconds, Data(records)])
  }

  // MARK: - Names

  func storedPseudonym(for name: String, kind: String) throws -> String? {
    try String.fetchOne(
      database.cachedStatement(
        sql: "SELECT pseudonym FROM audit_names WHERE kind = ? AND name = ?"),
      arguments: [kind, name])
  }

  func insert(_ disclosure: AuditNames.Disclosure) throws {
    try database.execute(
      sql: "INSERT INTO audit_names VALUES (?, ?, ?, ?)",
      arguments: [
        disclosure.pseudonym, disclosure.kind, disclosure.name, Data(disclosure.key),
      ])
  }

  func removeDisclosure(_ pseudonym: String) throws {
    try database.execute(
      sql: "DELETE FROM audit_names WHERE pseudonym = ?", arguments: [pseudonym])
  }

  func disclosures() throws -> [AuditNames.Disclosure] {
    try Row.fetchAll(database, sql: "SELECT * FROM audit_names").map {
      AuditNames.Disclosure(kind: $0["kind"], name: $0["name"], key: $0.bytes("key"))
    }
  }

  // MARK: - Checkpoints sent outside

  func sentSize(to destination: String) throws -> UInt64? {
    try Int64.fetchOne(
      database, sql: "SELECT size FROM audit_sent WHERE destination = ?", arguments: [destination]
    ).map { UInt64($0) }
  }

  func setSent(_ size: UInt64, to destination: String, at time: UTCTime) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO audit_sent VALUES (?, ?, ?)",
      arguments: [destination, Int64(size), time.microseconds])
  }
}
