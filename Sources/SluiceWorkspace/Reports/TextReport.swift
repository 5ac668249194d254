internal import SluiceRules

/// The report for people: grouped by file, with the way to fix each finding.
struct TextReport {
  let report: ScanReport

  var text: String {
    var output = ""
    var path: WorkspacePath?
    var commit: ScanFinding.Commit?
    for finding in report.totals.findings {
      if finding.path != path || finding.commit != commit {
        if path != nil { output += "\n" }
        output += heading(of: finding)
        (path, commit) = (finding.path, finding.commit)
      }
      output += lines(of: finding)
    }
    return output
  }

  private func heading(of finding: ScanFinding) -> String {
    let name = finding.path == .standardInput ? "standard input" : printable(finding.path.text)
    var heading = styled(name, "1")
    if let commit = finding.commit {
      heading += styled(
        "  \(commit.id.prefix(12))  \(printable(commit.author))  \(printable(commit.date))", "2")
    }
    return heading + "\n"
  }

  private func lines(of finding: ScanFinding) -> String {
    let rule = report.rule(of: finding)
    let color =
      switch rule.severity {
      case .critical, .high: "31"
      case .medium: "33"
      case .low: "36"
      }
    var output =
      "  \(finding.line):\(finding.column)  \(styled(rule.severity.rawValue, color))"
      + "  \(rule.name)  \(styled("[\(rule.id)]", "2"))\n"
      + "    \(printable(String(trimmed(finding.excerpt))))\n"
    if let place = finding.structuralPath {
      let kind = finding.definition.map { "  (\($0.rawValue))" } ?? ""
      output += "    at   \(printable(place))\(kind)\n"
    }
    if !finding.decoded.isEmpty {
      output += "    in   \(finding.decoded.reversed().joined(separator: " in "))\n"
    }
    var reason = "\(rule.confidence.rawValue) confidence"
    if !rule.validators.isEmpty { reason += ", passed the rule's checks" }
    if !rule.docs.isEmpty { reason += ", see \(rule.docs)" }
    output += "    why  \(reason)\n"
    if !rule.remediation.isEmpty {
      output += "    fix  \(rule.remediation.replacing("\n", with: " "))\n"
    }
    return output
  }

  private func trimmed(_ text: String) -> Substring {
    text.drop { $0 == " " || $0 == "\t" }
  }

  private func styled(_ text: String, _ code: String) -> String {
    report.isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
