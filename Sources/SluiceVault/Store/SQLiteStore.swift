internal import Foundation
internal import GRDB
internal import Synchronization

/// The vault's database: one SQLite file, several processes, durable before acknowledged (G8, G9).
///
/// Plain SQL over a queue, no record types, so that a second kind of store can read alike. Writers
/// take turns by `BEGIN IMMEDIATE` and wait for each other.
final class SQLiteStore: Sendable {
  private let queue: DatabaseQueue
  /// For tests of what a crash leaves: so many more transactions succeed.
  private let remaining = Mutex<Int?>(nil)

  /// How long a writer waits for the others.
  private static let patience: TimeInterval = 30

  /// - Parameters:
  ///   - path: the database file; created if need be.
  ///   - mostPages: where the database ends, for tests of a full disk.
  /// - Throws: `VaultError.store`.
  init(path: String, mostPages: Int? = nil) throws(VaultError) {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Self.patience)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { database in
      // Not `Configuration.journalMode`: that sets synchronous to NORMAL behind our back, with
      // which a power cut loses the newest commits.
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      // FULL: a commit returns when the log is on disk. secure_delete: what was deleted is
      // overwritten, so that a destroyed key does not stay behind in a free page.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA secure_delete = ON")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      if let mostPages { try database.execute(sql: "PRAGMA max_page_count = \(mostPages)") }
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try Schema.migrator.migrate(queue)
    } catch {
      throw Self.explained(error)
    }
  }

  /// Runs `body` in one transaction: all of it is durable when this returns, or none.
  func write<Result>(
    _ body: (StoreTransaction) throws -> Result
  ) throws -> Result {
    try remaining.withLock { left throws(VaultError) in
      if left == 0 { throw .store(problem: "it was told to fail") }
      left = left.map { $0 - 1 }
    }
    do {
      return try queue.write { try body(StoreTransaction($0)) }
    } catch let error as DatabaseError {
      throw Self.explained(error)
    }
  }

  /// Runs `body` on one state of the database.
  func read<Result>(
    _ body: (StoreTransaction) throws -> Result
  ) throws -> Result {
    do {
      return try queue.read { try body(StoreTransaction($0)) }
    } catch let error as DatabaseError {
      throw Self.explained(error)
    }
  }

  /// Makes every transaction after the next few fail, as if the process had died.
  func failAfter(transactions: Int) {
    remaining.withLock { $0 = transactions }
  }

  /// Moves the write-ahead log into the database and empties it.
  ///
  /// What a transaction destroyed may still stand in the log as it was before. Another process that
  /// is reading postpones this; the next call does it then.
  func truncateLog() throws {
    do {
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    } catch let error as DatabaseError {
      throw Self.explained(error)
    }
  }

  // The message names tables and columns at most: GRDB leaves values out.
  private static func explained(_ error: any Error) -> VaultError {
    guard let error = error as? DatabaseError else {
      return .store(problem: String(describing: type(of: error)))
    }
    return .store(
      problem: "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))")
  }
}

/// The tables, and how older ones become the newest.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("roles") { try $0.execute(sql: roles) }
    migrator.registerMigration("actions") { try $0.execute(sql: actions) }
    migrator.registerMigration("parts") { try $0.execute(sql: parts) }
    return migrator
  }

  private static let roles = """
    ALTER TABLE agents ADD COLUMN kind TEXT NOT NULL DEFAULT 'agent';

    -- By name: agents and roles share their names, and roles are not removed.
    CREATE TABLE memberships (
      agent INTEGER NOT NULL REFERENCES agents (id), role TEXT NOT NULL,
      PRIMARY KEY (agent, role)
    ) STRICT, WITHOUT ROWID;
    """

  private static let version1 = """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;

    -- The newest root key is sealed from outside, an older one, during a rekey, by the newest.
    CREATE TABLE roots (
      term INTEGER PRIMARY KEY, sealed BLOB NOT NULL, sealed_by INTEGER
    ) STRICT;

    CREATE TABLE tenants (
      id BLOB PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL, destroyed INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX tenants_by_name ON tenants (name) WHERE destroyed IS NULL;

    CREATE TABLE tenant_keys (
      tenant BLOB NOT NULL REFERENCES tenants (id), term INTEGER NOT NULL,
      root_term INTEGER NOT NULL, salt BLOB NOT NULL, PRIMARY KEY (tenant, term)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE secrets (
      id INTEGER PRIMARY KEY, tenant BLOB NOT NULL REFERENCES tenants (id), path TEXT NOT NULL,
      type TEXT NOT NULL, owner TEXT NOT NULL, tier TEXT NOT NULL, target TEXT NOT NULL,
      policy TEXT NOT NULL, created INTEGER NOT NULL, next_version INTEGER NOT NULL,
      changed INTEGER NOT NULL, mac_term INTEGER NOT NULL, mac BLOB NOT NULL,
      UNIQUE (tenant, path)
    ) STRICT;

    CREATE TABLE versions (
      secret INTEGER NOT NULL REFERENCES secrets (id), number INTEGER NOT NULL,
      stage TEXT NOT NULL, created INTEGER NOT NULL, term INTEGER NOT NULL,
      wrapped_key BLOB NOT NULL, value BLOB NOT NULL, fingerprint TEXT NOT NULL,
      PRIMARY KEY (secret, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX versions_by_fingerprint ON versions (fingerprint);

    CREATE TABLE agents (
      id INTEGER PRIMARY KEY, tenant BLOB NOT NULL REFERENCES tenants (id), name TEXT NOT NULL,
      enabled INTEGER NOT NULL, created INTEGER NOT NULL, next_item INTEGER NOT NULL,
      changed INTEGER NOT NULL, mac_term INTEGER NOT NULL, mac BLOB NOT NULL,
      UNIQUE (tenant, name)
    ) STRICT;

    CREATE TABLE grants (
      agent INTEGER NOT NULL REFERENCES agents (id), number INTEGER NOT NULL,
      pattern TEXT NOT NULL, capabilities TEXT NOT NULL, expires INTEGER, uses INTEGER,
      context TEXT NOT NULL, PRIMARY KEY (agent, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tokens (
      hash BLOB PRIMARY KEY, agent INTEGER NOT NULL REFERENCES agents (id),
      number INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit_entries (
      sequence INTEGER PRIMARY KEY, entry BLOB NOT NULL, leaf BLOB NOT NULL
    ) STRICT;

    -- Which records an entry changed.
    CREATE TABLE audit_subjects (
      subject TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (subject, sequence)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit_nodes (
      level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,
      PRIMARY KEY (level, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit_checkpoints (
      size INTEGER PRIMARY KEY, note TEXT NOT NULL, kept INTEGER NOT NULL, time INTEGER NOT NULL
    ) STRICT;
    """
}
