internal import GRDB
internal import SluiceAudit
internal import SluiceCrypto

/// The lines of an export, one after the other, while a transaction lasts.
struct LogLines {
  private let rows: RowCursor
  /// Nil for all: then no entry has to be understood.
  private let isSelected: ((AuditEntry) -> Bool)?
  /// What stands in front of the rows.
  let header: LogExport.Header
  private var isBegun = false
  /// Entries below it were removed by retention.
  private let expired: UInt64

  /// - Parameters:
  ///   - transaction: lasts as long as this.
  ///   - range: which entries; clamped to what there is. Nil for all.
  ///   - newest: the newest checkpoint.
  ///   - names: what to disclose.
  ///   - isSelected: of the others only the hash is written; nil for all.
  /// - Throws: `VaultError`.
  init(
    _ transaction: StoreTransaction, _ range: Range<UInt64>?,
    checkpoint newest: (size: UInt64, note: SignedNote), names: AuditNames = AuditNames(),
    where isSelected: ((AuditEntry) -> Bool)?
  ) throws {
    // What the checkpoint covers and the store lacks was removed: the verifier shall see a gap.
    let all = 0..<max(try transaction.auditSize(), newest.size)
    let range = (range ?? all).clamped(to: all)
    guard range.isEmpty || range.lowerBound < newest.size else {
      throw VaultError.invalid(problem: "no checkpoint covers these entries yet")
    }
    let history = try transaction.checkpoints().dropLast().map {
      try SignedNote(parsing: Array($0.note.utf8))
    }
    expired = try transaction.expired()?.upTo ?? 0
    header =
      LogExport.Header(
        range: range, checkpoint: newest.note, history: history,
        outside: try MerkleProver(transaction).outside(
          range.clamped(to: 0..<newest.size), ofSize: newest.size),
        expired: expired, names: names)
    rows = try transaction.auditRows(range)
    self.isSelected = isSelected
  }

  /// The next row, unparsed; nil behind the last one.
  private func nextStored() throws -> (sequence: UInt64, entry: [UInt8], leaf: Digest)? {
    guard let row = try rows.next() else { return nil }
    let sequence = row.number("sequence")
    return (sequence, row.bytes("entry"), try StoreTransaction.leaf(row, of: sequence))
  }

  private func isExpired(_ sequence: UInt64, _ stored: [UInt8]) -> Bool {
    stored.isEmpty && sequence < expired
  }

  /// The next row for a verifier, which needs no line; the selection does not count.
  func nextRow() throws -> LogExport.Row? {
    guard let (sequence, stored, leaf) = try nextStored() else { return nil }
    return isExpired(sequence, stored)
      ? LogExport.Row(withheld: sequence, leaf: leaf)
      : try LogExport.Row(stored: stored, at: sequence, leaf: leaf)
  }

  /// The next line without its end; nil behind the last one.
  mutating func next() throws -> [UInt8]? {
    guard isBegun else {
      isBegun = true
      return header.line
    }
    guard let (sequence, stored, leaf) = try nextStored() else { return nil }
    let isWanted =
      isSelected == nil
      || (try? JSONValue(parsing: stored)).flatMap(AuditEntry.init).map { isSelected?($0) == true }
        ?? true
    return isExpired(sequence, stored) || !isWanted
      ? LogExport.line(withheld: sequence, leaf: leaf)
      : LogExport.line(stored: stored, at: sequence, leaf: leaf)
  }
}
