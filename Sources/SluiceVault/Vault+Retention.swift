internal import SluiceAudit
internal import SluiceCrypto

// Retention removes what old entries say and keeps their hashes, a segment at a time: so many
// entries that they are one complete subtree. So the log still verifies from its first entry to its
// last, proofs of entries that are left stay as long as they were, and an archived copy of a removed
// segment still fits. That entries are gone, and which, is itself an entry; without one, their
// absence is damage. What a later check of the records needs of them, the last entry that changed
// each record, is kept, and its hash stands in that entry too.
extension Vault {
  /// What retention would remove now.
  ///
  /// - Returns: whole segments from the oldest kept entry on, all older than the policy asks for and
  ///   covered by a kept checkpoint; empty if there are none, or no policy.
  package func expirable() throws -> Range<UInt64> {
    try store.read { try expirable($0) }
  }

  private func expirable(_ transaction: StoreTransaction) throws -> Range<UInt64> {
    let first = try transaction.expired()?.upTo ?? 0
    let policy = try transaction.auditPolicy()
    guard let days = policy.retentionDays, let signed = try transaction.lastKeptCheckpoint()
    else { return first..<first }
    let limit = now().advanced(bySeconds: -days * 86_400)
    var end = first
    while true {
      let next = (end / policy.segmentEntries + 1) * policy.segmentEntries
      guard next <= signed.size, try Self.entry(next - 1, in: transaction).time < limit else {
        return first..<end
      }
      end = next
    }
  }

  /// Removes what `expirable` gives, as far as `end`.
  ///
  /// - Parameters:
  ///   - end: where what was archived ends; nothing behind it is removed.
  ///   - requester: an operator.
  /// - Returns: the entries that are gone.
  /// - Throws: `VaultError.invalid` without a policy.
  @discardableResult
  package func expire(upTo end: UInt64, by requester: Requester) throws -> Range<UInt64> {
    let removed = try perform(Act(AuditEntry.expiryOperation), by: requester) { operation, act in
      try operation.requireOperator()
      let transaction = operation.transaction
      guard try transaction.auditPolicy().retentionDays != nil else {
        throw VaultError.invalid(problem: "the audit policy sets no retention")
      }
      let all = try expirable(transaction)
      let range = all.lowerBound..<max(all.lowerBound, min(all.upperBound, end))
      guard !range.isEmpty else {
        throw VaultError.invalid(problem: "no whole segment is older than the policy asks for")
      }
      var changes = try transaction.expired().map(LastChanges.init) ?? LastChanges()
      try transaction.forEachEntry(in: range) { entry in
        changes.follow(entry)
        return true
      }
      let records = changes.canonicalBytes
      try transaction.expire(range, records: records, at: operation.time)
      act.details = [
        "from": String(range.lowerBound), "upTo": String(range.upperBound),
        "records": LastChanges.digest(of: records),
      ]
      return range
    }
    try store.truncateLog()
    return removed
  }
}
