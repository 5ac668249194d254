package import SluiceRules

/// The formats of a report.
package enum ReportFormat: String, Sendable, CaseIterable {
  case text, json, jsonl, sarif, csv, junit, github, html
}

/// What a scan found, ready to be written; holds no secret (G3).
package struct ScanReport: Sendable {
  package let totals: ScanTotals
  /// The rules that findings name, by id.
  package let rules: [String: Rule]
  /// The release of the program that writes it.
  package let version: String
  /// Whether colours may be used.
  package var isColored = false

  package init(totals: ScanTotals, rules: [Rule], version: String) {
    self.totals = totals
    self.version = version
    let named = Set(totals.findings.map(\.ruleID))
    var byID: [String: Rule] = [:]
    for rule in rules where named.contains(rule.id) { byID[rule.id] = rule }
    self.rules = byID
  }

  /// The whole report.
  ///
  /// - Parameter format: how it is written.
  /// - Returns: text that ends with a line end, or nothing.
  /// - Throws: what Foundation's encoder throws.
  package func text(as format: ReportFormat) throws -> String {
    switch format {
    case .text: TextReport(report: self).text
    case .json: try JSONReport(report: self).document()
    case .jsonl: try JSONReport(report: self).lines()
    case .sarif: try SARIFReport(report: self).text()
    case .csv: CSVReport(report: self).text
    case .junit: JUnitReport(report: self).text
    case .github: GitHubReport(report: self).text
    case .html: HTMLReport(report: self).text
    }
  }

  /// The rule of a finding.
  func rule(of finding: ScanFinding) -> Rule {
    guard let rule = rules[finding.ruleID] else {
      preconditionFailure("a finding names a rule that is not there")
    }
    return rule
  }
}

/// Text from a scanned file, made safe for a terminal or a line of a report.
///
/// Control characters could move the cursor or forge a line, and characters that turn the writing
/// direction could make a path look like another one.
func printable(_ text: String) -> String {
  var output = ""
  for scalar in text.unicodeScalars {
    switch scalar.value {
    case 0x09: output += " "
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      output += "\\u{\(String(scalar.value, radix: 16))}"
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output
}
