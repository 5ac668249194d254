internal import Foundation
internal import SluiceRules

/// Findings as JSON: one document, or a line for each (SPEC's schema).
struct JSONReport {
  private struct Fields: Encodable {
    let rule: String
    let name: String
    let severity: String
    let confidence: String
    let path: String?
    let line: Int
    let column: Int
    let start: UInt64?
    let end: UInt64?
    let fingerprint: String?
    let redacted: String
    let excerpt: String
    let decoded: [String]?
    let structuralPath: String?
    let definition: String?
    let archive: String?
    let commit: String?
    let author: String?
    let date: String?
    let actions: [String]
  }

  private struct Summary: Encodable {
    let documents: Int
    let bytes: UInt64
    let findings: Int
    let allowed: Int
    let allowedBySettings: Int
    let baselined: Int
    let uncollected: Int
    let unparsed: Int
    let skipped: [String: Int]
    let problems: [String]
  }

  private struct Document: Encodable {
    let version: String
    let findings: [Fields]
    let summary: Summary
  }

  let report: ScanReport

  /// A line for each finding; nothing if there is none.
  func lines() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var output = ""
    for finding in report.totals.findings {
      output += String(decoding: try encoder.encode(fields(of: finding)), as: UTF8.self) + "\n"
    }
    return output
  }

  /// One object: `version`, `findings` and `summary`.
  func document() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let totals = report.totals
    let document = Document(
      version: report.version, findings: totals.findings.map(fields),
      summary: Summary(
        documents: totals.documents, bytes: totals.bytes, findings: totals.findings.count,
        allowed: totals.allowed, allowedBySettings: totals.allowedBySettings,
        baselined: totals.baselined, uncollected: totals.uncollected,
        unparsed: totals.unparsedCount,
        skipped: Dictionary(
          uniqueKeysWithValues: totals.skipCounts.map { ("\($0.key)", $0.value) }),
        problems: totals.problems.map(\.problem)))
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private func fields(of finding: ScanFinding) -> Fields {
    let rule = report.rule(of: finding)
    return Fields(
      rule: rule.id, name: rule.name, severity: rule.severity.rawValue,
      confidence: rule.confidence.rawValue,
      path: finding.path == .standardInput ? nil : finding.path.text, line: finding.line,
      column: finding.column, start: finding.range?.lowerBound, end: finding.range?.upperBound,
      fingerprint: finding.fingerprint, redacted: finding.redacted, excerpt: finding.excerpt,
      decoded: finding.decoded.isEmpty ? nil : finding.decoded,
      structuralPath: finding.structuralPath, definition: finding.definition?.rawValue,
      archive: finding.archive?.text, commit: finding.commit?.id,
      author: finding.commit?.author, date: finding.commit?.date, actions: ["report"])
  }
}
