internal import SluiceCrypto

extension HitDescriber {
  /// Describes a literal value of a sensitive key.
  ///
  /// - Parameters:
  ///   - literal: the value and the rule it breaks.
  ///   - bytes: the document.
  ///   - fingerprint: of the value.
  /// - Returns: the finding, without a path. Its excerpt is the key alone: what else stands on the
  ///   line may be a secret too.
  func finding(
    of literal: StructureAnalysis.Literal, in bytes: [UInt8], fingerprint: Fingerprint?
  ) -> ScanFinding {
    let range = literal.value.range
    let start = place(of: range.lowerBound, in: bytes)
    let end = place(of: range.upperBound, in: bytes)
    var label = "[REDACTED:\(literal.ruleID)"
    if let fingerprint { label += ":\(fingerprint.hex.prefix(8))" }
    label += "]"
    var hash = StableHash()
    hash.combine(literal.ruleID.utf8)
    hash.combine(0)
    hash.combine(literal.value.path.utf8)
    var finding = ScanFinding(
      ruleID: literal.ruleID, line: start.line, column: range.lowerBound - start.lineStart + 1,
      endLine: end.line, endColumn: range.upperBound - end.lineStart + 1,
      range: UInt64(range.lowerBound)..<UInt64(range.upperBound), fingerprint: fingerprint?.hex,
      redacted: label, excerpt: "\(literal.value.key ?? ""): \(label)", locationHash: hash.value)
    finding.characterColumn = 1 + characterCount(bytes[start.lineStart..<range.lowerBound])
    finding.endCharacterColumn = 1 + characterCount(bytes[end.lineStart..<range.upperBound])
    finding.structuralPath = literal.value.path
    finding.definition = literal.definition
    let lineEnd = bytes[range.upperBound...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    finding.isAllowed = isAllowed(
      rule: literal.ruleID, in: bytes.span.extracting(start.lineStart..<lineEnd))
    return finding
  }

  /// A finding of a decoded part of a document, at its place in the document itself.
  func moved(_ finding: ScanFinding, to range: Range<Int>, in bytes: [UInt8]) -> ScanFinding {
    let start = place(of: range.lowerBound, in: bytes)
    let end = place(of: range.upperBound, in: bytes)
    var finding = finding
    finding.range = UInt64(range.lowerBound)..<UInt64(range.upperBound)
    (finding.line, finding.endLine) = (start.line, end.line)
    finding.column = range.lowerBound - start.lineStart + 1
    finding.endColumn = range.upperBound - end.lineStart + 1
    finding.characterColumn = 1 + characterCount(bytes[start.lineStart..<range.lowerBound])
    finding.endCharacterColumn = 1 + characterCount(bytes[end.lineStart..<range.upperBound])
    return finding
  }

  private func place(of offset: Int, in bytes: [UInt8]) -> (line: Int, lineStart: Int) {
    let before = bytes[..<offset]
    let newline = UInt8(ascii: "\n")
    return (before.count { $0 == newline } + 1, before.lastIndex(of: newline).map { $0 + 1 } ?? 0)
  }

  private func characterCount(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 & 0xC0 != 0x80 }
  }
}
