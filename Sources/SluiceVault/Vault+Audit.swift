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
      let expired = try transaction.expired()?.upTo ?? 0
      let kept = expired..<max(expired, try transaction.auditSize())
      try transaction.forEachEntry(in: range.clamped(to: kept), body)
    }
  }

  /// The first entry that is not older than a time; the size of the log if there is none.
  ///
  /// Entries that retention removed count as older than all others.
  package func firstEntry(since time: UTCTime) throws -> UInt64 {
    try store.read { transaction in
      var low = try transaction.expired()?.upTo ?? 0
      var high = max(low, try transaction.auditSize())
      while low < high {
        let middle = low + (high - low) / 2
        if try Self.entry(middle, in: transaction).time < time {
          low = middle + 1
        } else {
          high = middle
        }
      }
      return low
    }
  }

  /// Up to where retention removed entries.
  package func expiredEntries() throws -> UInt64 { try store.read { try $0.expired()?.upTo ?? 0 } }

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

  /// The newest checkpoint.
  package func newestCheckpoint() throws -> SignedNote {
    try store.read { try Self.newestCheckpoint($0).note }
  }

  /// The checkpoints that are kept, and not yet sent to a place outside, the oldest first.
  ///
  /// Of those in front of the first that was ever sent there, only the newest.
  package func unsentCheckpoints(
    to destination: String
  ) throws -> [(size: UInt64, note: SignedNote)] {
    try store.read { transaction in
      let sent = try transaction.sentSize(to: destination)
      let kept = try transaction.checkpoints().filter { $0.isKept && $0.size > sent ?? 0 }
      return try (sent == nil ? kept.suffix(1) : kept).map {
        ($0.size, try SignedNote(parsing: Array($0.note.utf8)))
      }
    }
  }

  /// Remembers that a checkpoint arrived.
  ///
  /// That is no act on secrets and gets no entry.
  package func markSent(_ size: UInt64, to destination: String) throws {
    try store.write { try $0.setSent(size, to: destination, at: now()) }
  }

  private static func newestCheckpoint(
    _ transaction: StoreTransaction
  ) throws -> (size: UInt64, note: SignedNote) {
    guard let newest = try transaction.newestCheckpoint(),
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

  /// That the log only grew since an older checkpoint.
  ///
  /// - Parameters:
  ///   - old: signed by this log.
  ///   - new: nil for the newest.
  /// - Returns: the proof, for a file.
  /// - Throws: `VaultError.unknown` for a checkpoint that the log has not reached.
  package func growthProof(
    from old: SignedNote, to new: SignedNote? = nil
  ) throws -> GrowthProofFile {
    let verifier = LogVerifier(key: try auditKey())
    return try store.read { transaction in
      let newest = try Self.newestCheckpoint(transaction)
      let new = new ?? newest.note
      let (from, to) = (try verifier.checkpoint(old).0, try verifier.checkpoint(new).0)
      guard from.size <= to.size, to.size <= newest.size else {
        throw LogDamage.rolledBack(
          size: min(to.size, newest.size), checkpoint: max(from.size, to.size))
      }
      return GrowthProofFile(
        from: old, hashes: try MerkleProver(transaction).consistency(from: from.size, to: to.size),
        to: new)
    }
  }

  /// Keeps the signatures that witnesses gave to a checkpoint of this log.
  ///
  /// - Parameters:
  ///   - note: one of this log's checkpoints, with more signatures.
  ///   - verifier: knows the witnesses' keys.
  ///   - requester: an operator.
  /// - Returns: whose signatures the checkpoint has now.
  /// - Throws: `LogDamage` for one that is forged or is of another log.
  package func addCosignatures(
    _ note: SignedNote, verifiedBy verifier: LogVerifier, by requester: Requester
  ) throws -> [String] {
    let (checkpoint, signers) = try verifier.checkpoint(note)
    var act = Act("audit.cosign")
    act.details = ["size": String(checkpoint.size), "signers": signers.joined(separator: " ")]
    return try perform(act, by: requester) { operation, _ in
      try operation.requireOperator()
      let transaction = operation.transaction
      guard checkpoint.size <= (try transaction.auditSize()),
        try MerkleProver(transaction).root(ofSize: checkpoint.size) == checkpoint.root
      else { throw VaultError.invalid(problem: "the checkpoint is not one of this log as it is") }
      var kept = note
      let stored = try transaction.checkpoints().first { $0.size == checkpoint.size }
      if let stored, var own = try? SignedNote(parsing: Array(stored.note.utf8)), own.merge(note) {
        kept = own
      }
      try transaction.keep(kept, size: checkpoint.size, at: operation.time)
      return signers
    }
  }

  /// Writes the log, or a part of it, so that `LogVerifier` can check it.
  ///
  /// - Parameters:
  ///   - range: which entries; clamped to what there is. Nil for all.
  ///   - names: which pseudonyms to explain.
  ///   - isSelected: of the others only the hash is written; nil for all.
  ///   - emit: gets line by line, without line ends.
  /// - Throws: `VaultError`, or what `emit` throws. An entry that was changed in the store is written
  ///   as it is, with the hash that it had: the verifier names it.
  package func export(
    _ range: Range<UInt64>? = nil, names: AuditNames = AuditNames(),
    where isSelected: ((AuditEntry) -> Bool)? = nil, emit: ([UInt8]) throws -> Void
  ) throws {
    try store.read { transaction in
      var lines = try LogLines(
        transaction, range, checkpoint: try Self.newestCheckpoint(transaction), names: names,
        where: isSelected)
      while let line = try lines.next() { try emit(line) }
    }
  }

  /// The current version of every secret, and what keeps it fresh.
  ///
  /// Not on record: who asks is.
  package func credentialsInUse() throws -> [(name: String, since: UTCTime, policy: String)] {
    try store.read { transaction in
      try transaction.tenants().flatMap { tenant in
        try transaction.secrets(of: tenant.id).compactMap { secret in
          secret.record.current.map {
            ("\(tenant.name)/\(secret.path.text)", $0.created, secret.attributes.policy)
          }
        }
      }
    }
  }

  /// How many tenants there are, and how many agents of theirs are enabled.
  package func population() throws -> (tenants: Int, agents: Int) {
    try store.read { transaction in
      let tenants = try transaction.tenants()
      let agents = try tenants.flatMap { try transaction.agents(of: $0.id) }
      return (tenants.count, agents.count { $0.isEnabled })
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
  package func verifyLog(
    with verifier: LogVerifier, range: Range<UInt64>? = nil
  ) throws -> LogVerifier.Report {
    try store.read { transaction in
      let lines = try LogLines(
        transaction, range, checkpoint: try Self.newestCheckpoint(transaction), where: nil)
      return try verifier.verify(lines.header) { try lines.nextRow() }
    }
  }
}
