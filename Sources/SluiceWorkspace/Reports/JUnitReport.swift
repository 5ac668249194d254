internal import SluiceRules

/// Findings as failed test cases, for build servers: a suite for each file.
struct JUnitReport {
  let report: ScanReport

  var text: String {
    let findings = report.totals.findings
    var output = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    // A report without a case counts as broken with some servers.
    let tests = max(findings.count, 1)
    output +=
      "<testsuites name=\"sluice\" tests=\"\(tests)\" failures=\"\(findings.count)\" errors=\"0\">\n"
    if findings.isEmpty {
      output += """
          <testsuite name="sluice" tests="1" failures="0" errors="0">
            <testcase classname="sluice" name="no secrets"/>
          </testsuite>

        """
    }
    var rest = findings[...]
    while let first = rest.first {
      let group = rest.prefix { $0.path == first.path }
      rest = rest.dropFirst(group.count)
      output +=
        "  <testsuite name=\"\(escaped(first.path.text))\" tests=\"\(group.count)\" "
        + "failures=\"\(group.count)\" errors=\"0\">\n"
      for finding in group { output += testCase(finding) }
      output += "  </testsuite>\n"
    }
    return output + "</testsuites>\n"
  }

  private func testCase(_ finding: ScanFinding) -> String {
    let rule = report.rule(of: finding)
    let name = "\(rule.id) at \(finding.line):\(finding.column)"
    let commit = finding.commit.map { "\ncommit \($0.id) \($0.author) \($0.date)" } ?? ""
    return """
          <testcase classname="\(escaped(finding.path.text))" name="\(escaped(name))">
            <failure type="\(escaped(rule.severity.rawValue))" message="\(escaped(rule.name))">\
      \(escaped("\(finding.excerpt)\n\(rule.remediation)\(commit)"))</failure>
          </testcase>

      """
  }

  /// Text for XML 1.0, which has no place for most control characters.
  private func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      case "\n": output += "&#10;"
      case "\t", "\u{20}"..."\u{7E}", "\u{A0}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        output.unicodeScalars.append(scalar)
      default: output += "\u{FFFD}"
      }
    }
    return output
  }
}
