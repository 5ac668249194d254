internal import SluiceAudit
internal import SluiceEvidence
internal import SluiceVault

/// An export in the format of another program; the same bytes however often it is written.
struct AuditTextExport {
  private let vault: Vault
  private let range: Range<UInt64>
  private let format: AuditExport.Format
  private let names: AuditNames
  private let isSelected: (AuditEntry) -> Bool
  private let document: OSCALLogDocument?

  init(
    vault: Vault, range: Range<UInt64>, format: AuditExport.Format, names: AuditNames,
    isSelected: @escaping (AuditEntry) -> Bool
  ) throws {
    self.vault = vault
    self.range = range
    self.format = format
    self.names = names
    self.isSelected = isSelected
    document =
      format == .oscal
      ? try OSCALLogDocument(
        title: "Entries \(range.lowerBound) to \(range.upperBound) of the audit log",
        checkpoint: vault.newestCheckpoint(), made: Vault.systemClock()) : nil
  }

  /// - Returns: how many entries it holds.
  func write(_ emit: ([UInt8]) throws -> Void) throws -> Int {
    func line(_ text: String) throws { try emit(Array((text + "\n").utf8)) }
    if format == .csv { try line(AuditText.csvHeader) }
    if let document { try line(document.head) }
    var count = 0
    try vault.forEachEntry(in: range) { entry in
      guard isSelected(entry) else { return true }
      let named = names.named(entry)
      switch format {
      case .jsonl: preconditionFailure("jsonl is written by the vault")
      case .csv: try line(AuditText.csv(named))
      case .cef: try line(AuditText.cef(named))
      case .oscal:
        if let document { try line(document.separator(isFirst: count == 0) + document.line(entry)) }
      }
      count += 1
      return true
    }
    if let document { try line(document.tail(isEmpty: count == 0)) }
    return count
  }
}
