internal import SluiceAudit

/// What a transaction knows of the log, so that the second entry needs no look at the first.
final class TransactionState {
  /// Where the log ends.
  struct Head {
    var tree: MerkleTree
    /// Of the last entry; nil if there is none.
    var lastTime: UTCTime?
  }

  /// Nil until it is asked for.
  var head: Head?
  /// Whether the log grew, so that it is to be signed before the commit.
  var hasAppended = false
  /// Nil until it is asked for.
  var policy: AuditPolicy?
}

extension StoreTransaction {
  /// Where the log ends now.
  ///
  /// - Throws: `VaultError.damaged` if the last entry is none.
  func logHead() throws -> TransactionState.Head {
    if let head = state.head { return head }
    let size = try storedAuditSize()
    var head = TransactionState.Head(tree: try auditTree(size: size), lastTime: nil)
    if size > 0 { head.lastTime = try Vault.entry(size - 1, in: self).time }
    state.head = head
    return head
  }
}
