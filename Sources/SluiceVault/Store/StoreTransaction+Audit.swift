internal import Foundation
internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

extension StoreTransaction: MerkleNodes {
  func digest(level: Int, index: UInt64) throws -> Digest {
    let bytes = try Data.fetchOne(
      database.cachedStatement(sql: "SELECT hash FROM audit_nodes WHERE level = ? AND number = ?"),
      arguments: [level, Int64(index)])
    guard let bytes, let digest = Digest(Array(bytes).span) else {
      throw VaultError.damaged(what: "the audit log")
    }
    return digest
  }

  /// The number of entries.
  func auditSize() throws -> UInt64 {
    try state.head?.tree.size ?? storedAuditSize()
  }

  func storedAuditSize() throws -> UInt64 {
    let last = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT max(sequence) FROM audit_entries"))
    return last.map { UInt64($0) + 1 } ?? 0
  }

  func auditTree(size: UInt64) throws -> MerkleTree {
    let subtrees = try MerkleTree.subtrees(ofSize: size).map {
      try digest(level: $0.level, index: $0.index)
    }
    guard let tree = MerkleTree(size: size, subtrees: subtrees) else {
      preconditionFailure("one hash for each bit of the size")
    }
    return tree
  }

  /// Appends an entry.
  ///
  /// - Parameters:
  ///   - entry: its sequence is the number of entries so far.
  ///   - subjects: name the records that the entry changes.
  /// - Returns: the tree with it.
  /// - Throws: `VaultError.invalid` for an entry that is too long, or what the database throws.
  @discardableResult
  func append(_ entry: AuditEntry, subjects: Set<String>) throws -> MerkleTree {
    let bytes = entry.canonicalBytes
    guard bytes.count <= AuditEntry.largestByteCount else {
      throw VaultError.invalid(problem: "the audit entry would be too long")
    }
    var tree = try logHead().tree
    precondition(tree.size == entry.sequence, "an entry is appended at the end")
    let leaf = entry.leaf
    try database.cachedStatement(sql: "INSERT INTO audit_entries VALUES (?, ?, ?)").execute(
      arguments: [Int64(entry.sequence), Data(bytes), Data(leaf.bytes)])
    for subject in subjects {
      try database.execute(
        sql: "INSERT INTO audit_subjects VALUES (?, ?)",
        arguments: [subject, Int64(entry.sequence)])
    }
    for node in tree.append(leaf) {
      try database.cachedStatement(sql: "INSERT INTO audit_nodes VALUES (?, ?, ?)").execute(
        arguments: [node.level, Int64(node.index), Data(node.digest.bytes)])
    }
    state.head = TransactionState.Head(tree: tree, lastTime: entry.time)
    state.hasAppended = true
    return tree
  }

  /// The sequence of the last entry that changed the record.
  func lastChange(of subject: String) throws -> UInt64? {
    try Int64.fetchOne(
      database, sql: "SELECT max(sequence) FROM audit_subjects WHERE subject = ?",
      arguments: [subject]
    ).map { UInt64($0) }
  }

  /// An entry as it is stored, and its stored hash.
  func auditRow(_ sequence: UInt64) throws -> (entry: [UInt8], leaf: Digest)? {
    let row = try Row.fetchOne(
      database.cachedStatement(sql: "SELECT entry, leaf FROM audit_entries WHERE sequence = ?"),
      arguments: [Int64(sequence)])
    return try row.map { ($0.bytes("entry"), try Self.leaf($0, of: sequence)) }
  }

  /// Entries as they are stored, in order; what is missing is left out.
  func auditRows(_ range: Range<UInt64>) throws -> RowCursor {
    try Row.fetchCursor(
      database,
      sql: """
        SELECT sequence, entry, leaf FROM audit_entries WHERE sequence >= ? AND sequence < ?
        ORDER BY sequence
        """, arguments: [Int64(range.lowerBound), Int64(range.upperBound)])
  }

  /// Reads entries in order, until `body` says false.
  func forEachEntry(
    in range: Range<UInt64>, _ body: (AuditEntry) throws -> Bool
  ) throws {
    let rows = try auditRows(range)
    while let row = try rows.next() {
      let entry = try Vault.entry(row.number("sequence"), stored: row.bytes("entry"))
      guard try body(entry) else { return }
    }
  }

  static func leaf(_ row: Row, of sequence: UInt64) throws -> Digest {
    let leaf = row.bytes("leaf")
    guard let digest = Digest(leaf.span) else {
      throw VaultError.damaged(what: "entry \(sequence) of the audit log")
    }
    return digest
  }

  /// Stores a checkpoint; those that were not to be kept give way to it.
  func put(_ note: SignedNote, size: UInt64, at time: UTCTime, isKept: Bool) throws {
    // Two statements: each has an index, both conditions in one have none.
    try database.cachedStatement(sql: "DELETE FROM audit_checkpoints WHERE kept = 0").execute()
    try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO audit_checkpoints VALUES (?, ?, ?, ?)"
    )
    .execute(arguments: [Int64(size), note.formatted, isKept, time.microseconds])
  }

  /// Stores a checkpoint for ever, beside the newest.
  func keep(_ note: SignedNote, size: UInt64, at time: UTCTime) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO audit_checkpoints VALUES (?, ?, 1, ?)",
      arguments: [Int64(size), note.formatted, time.microseconds])
  }

  func newestCheckpoint() throws -> (size: UInt64, note: String)? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT size, note FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
    ).map { ($0.number("size"), $0["note"]) }
  }

  /// The newest last.
  func checkpoints() throws -> [(size: UInt64, note: String, isKept: Bool, time: UTCTime)] {
    try Row.fetchAll(database, sql: "SELECT * FROM audit_checkpoints ORDER BY size").map {
      ($0.number("size"), $0["note"], $0["kept"], $0.time("time"))
    }
  }

  /// The size and time of the newest checkpoint that is kept for ever.
  func lastKeptCheckpoint() throws -> (size: UInt64, time: UTCTime)? {
    try Row.fetchOne(
      database.cachedStatement(
        sql: "SELECT size, time FROM audit_checkpoints WHERE kept = 1 ORDER BY size DESC LIMIT 1")
    ).map { ($0.number("size"), $0.time("time")) }
  }
}
