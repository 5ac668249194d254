internal import GRDB

/// The tables, and how older ones become the newest.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { try $0.execute(sql: version1) }
    migrator.registerMigration("roles") { try $0.execute(sql: roles) }
    migrator.registerMigration("actions") { try $0.execute(sql: actions) }
    migrator.registerMigration("parts") { try $0.execute(sql: parts) }
    migrator.registerMigration("audit-retention") { try $0.execute(sql: auditRetention) }
    migrator.registerMigration("marks") { try $0.execute(sql: marks) }
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

  private static let auditRetention = """
    -- Entries that retention removed: their hashes stay. `records` says which entry was the last
    -- among them to change each record.
    CREATE TABLE audit_expired (
      upto INTEGER PRIMARY KEY, time INTEGER NOT NULL, records BLOB NOT NULL
    ) STRICT;

    -- What stands in entries for a name, until the key is destroyed.
    CREATE TABLE audit_names (
      pseudonym TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL,
      UNIQUE (kind, name)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX audit_checkpoints_to_replace ON audit_checkpoints (size) WHERE kept = 0;

    -- How far checkpoints were sent to each place outside.
    CREATE TABLE audit_sent (
      destination TEXT PRIMARY KEY, size INTEGER NOT NULL, time INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
