package import SluiceAudit
internal import SluiceCrypto

extension Vault {
  /// The key that the log's checkpoints are checked with, as others keep it.
  ///
  /// - Throws: `VaultError.damaged` if the vault is open and it is not its own.
  package func auditKey() throws -> NoteVerifier {
    let text = try store.read { try $0.fact(Keyring.publicKeyFact) } ?? []
    let damage = VaultError.damaged(what: "the public key of the audit log")
    guard let key = NoteVerifier(String(decoding: text, as: UTF8.self)) else { throw damage }
    // Who rewrites the log signs it with another key: an open vault knows its own.
    if let keyring = try? keyring() {
      let own = NoteVerifier(name: keyring.origin, key: keyring.signing.verifyingKey)
      guard own == key else { throw damage }
    }
    return key
  }

  package func auditSize() throws -> UInt64 {
    try store.read { try $0.auditSize() }
  }

  /// Reads entries, the oldest first, without putting that on record.
  ///
  /// - Parameters:
  ///   - range: clamped to what there is.
  ///   - body: gets each; false ends it.
  /// - Throws: `VaultError`, or what `body` throws.
  package func forEachEntry(
    in range: Range<UInt64>, _ body: (AuditEntry) throws -> Bool
  ) throws {
    try store.read { transaction in
      for sequence in range.clamped(to: 0..<(try transaction.auditSize())) {
        guard try body(try Self.entry(sequence, in: transaction)) else { return }
      }
    }
  }

  /// Puts something about the log itself on record: that it was listed, exported, proved.
  package func recordAudit(
    _ operation: String, details: [String: String] = [:], by requester: Requester
  ) throws {
    var act = Act("audit.\(operation)")
    act.details = details
    try perform(act, by: requester) { operation, _ in try operation.requireOperator() }
  }

  /// Signs the log as it is, for keeping outside.
  ///
  /// - Throws: `VaultError.isSealed`.
  package func checkpoint(by requester: Requester) throws -> SignedNote {
    let keyring = try keyring()
    try perform(Act("audit.checkpoint"), by: requester) { operation, _ in
      try operation.requireOperator()
    }
    return try store.write { transaction in
      let tree = try transaction.auditTree(size: transaction.auditSize())
      try sign(tree, keyring, at: now(), isKept: true, in: transaction)
      return try Self.newestCheckpoint(transaction).note
    }
  }

  private static func newestCheckpoint(
    _ transaction: StoreTransaction
  ) throws -> (size: UInt64, note: SignedNote) {
    guard let newest = try transaction.checkpoints().last,
      let note = try? SignedNote(parsing: Array(newest.note.utf8))
    else { throw VaultError.damaged(what: "the newest checkpoint of the audit log") }
    return (newest.size, note)
  }

  /// That an entry is in the log, in one file.
  ///
  /// - Throws: `VaultError.unknown` for an entry that the newest checkpoint does not cover.
  package func proof(of sequence: UInt64) throws -> ProofFile {
    try store.read { transaction in
      let newest = try Self.newestCheckpoint(transaction)
      guard sequence < newest.size else {
        throw VaultError.unknown(kind: "signed entry", name: String(sequence))
      }
      return ProofFile(
        entry: try Self.entry(sequence, in: transaction),
        hashes: try MerkleProver(transaction).inclusion(of: sequence, inSize: newest.size),
        checkpoint: newest.note)
    }
  }

  /// Writes the log, or a part of it, so that `LogVerifier` can check it.
  ///
  /// - Parameters:
  ///   - range: which entries; clamped to what there is. Nil for all.
  ///   - isSelected: of the others only the hash is written.
  ///   - emit: gets line by line, without line ends.
  /// - Throws: `VaultError`, or what `emit` throws. An entry that was changed in the store is written
  ///   as it is, with the hash that it had: the verifier names it.
  package func export(
    _ range: Range<UInt64>? = nil, where isSelected: (AuditEntry) -> Bool = { _ in true },
    emit: ([UInt8]) throws -> Void
  ) throws {
    try store.read { transaction in
      let size = try transaction.auditSize()
      let newest = try Self.newestCheckpoint(transaction)
      // What the checkpoint covers and the store lacks was removed: the verifier shall see a gap.
      let all = 0..<max(size, newest.size)
      let range = (range ?? all).clamped(to: all)
      guard range.isEmpty || range.lowerBound < newest.size else {
        throw VaultError.invalid(problem: "no checkpoint covers these entries yet")
      }
      let history = try transaction.checkpoints().dropLast().map {
        try SignedNote(parsing: Array($0.note.utf8))
      }
      let outside = try MerkleProver(transaction).outside(
        range.clamped(to: 0..<newest.size), ofSize: newest.size)
      try emit(
        LogExport.Header(
          range: range, checkpoint: newest.note, history: history, outside: outside
        ).line)
      for sequence in range {
        guard let row = try transaction.auditRow(sequence) else { continue }
        let entry = (try? JSONValue(parsing: row.entry)).flatMap(AuditEntry.init)
        if let entry, !isSelected(entry) {
          try emit(LogExport.line(withheld: sequence, leaf: row.leaf))
        } else {
          try emit(LogExport.line(stored: row.entry, at: sequence, leaf: row.leaf))
        }
      }
    }
  }

  /// Checks the log as the store holds it.
  ///
  /// - Throws: `LogDamage`.
  package func verifyLog(earlier: [SignedNote] = []) throws -> LogVerifier.Report {
    try verifyLog(with: LogVerifier(key: try auditKey(), earlier: earlier))
  }

  /// Checks the log as the store holds it.
  ///
  /// - Throws: `LogDamage`.
  package func verifyLog(with verifier: LogVerifier) throws -> LogVerifier.Report {
    var lines: [[UInt8]] = []
    try export { lines.append($0) }
    var rest = lines[...]
    return try verifier.verify { rest.popFirst() }
  }
}
