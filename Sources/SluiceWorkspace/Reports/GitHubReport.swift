internal import SluiceRules

/// Findings as workflow commands, which GitHub Actions shows beside the lines.
struct GitHubReport {
  let report: ScanReport

  var text: String {
    report.totals.findings.map { finding in
      let rule = report.rule(of: finding)
      let command = rule.severity == .low || rule.severity == .medium ? "warning" : "error"
      var properties = [("file", finding.file.text)]
      // What lies in an archive has no line that could be shown.
      if finding.archive == nil {
        properties += [
          ("line", String(finding.line)), ("endLine", String(finding.endLine)),
          ("col", String(finding.characterColumn)),
        ]
      }
      if finding.endLine == finding.line, finding.archive == nil {
        properties.append(("endColumn", String(finding.endCharacterColumn)))
      }
      properties.append(("title", rule.name))
      let list = properties.map { "\($0)=\(property($1))" }.joined(separator: ",")
      let place = finding.archive.map { _ in "\(finding.path.text):\(finding.line): " } ?? ""
      let message = "\(place)\(finding.redacted) \(rule.remediation)"
      return "::\(command) \(list)::\(data(message))\n"
    }.joined()
  }

  private func data(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  private func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
