internal import SluiceRules

/// Findings as comma-separated values (RFC 4180), with a heading.
struct CSVReport {
  private static let heading = [
    "path", "line", "column", "rule", "name", "severity", "confidence", "excerpt", "fingerprint",
    "structural path", "commit", "author", "date",
  ]

  let report: ScanReport

  var text: String {
    let rows = report.totals.findings.map { finding in
      let rule = report.rule(of: finding)
      return [
        finding.path.text, String(finding.line), String(finding.column), rule.id, rule.name,
        rule.severity.rawValue, rule.confidence.rawValue, finding.excerpt,
        finding.fingerprint ?? "", finding.structuralPath ?? "", finding.commit?.id ?? "",
        finding.commit?.author ?? "", finding.commit?.date ?? "",
      ]
    }
    return ([Self.heading] + rows).map { row in
      row.map(field).joined(separator: ",") + "\r\n"
    }.joined()
  }

  private func field(_ text: String) -> String {
    let safe = printable(text)
    guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }
}
