internal import SluiceCrypto
internal import SluiceRules

/// Findings as one page that needs nothing else: no network, no server, and scripts only to filter.
///
/// Everything is in the page as it is sent; the policy in its head names style and script by their
/// hashes, so that nothing out of a scanned file can become either.
struct HTMLReport {
  /// Bars in each chart.
  private static let mostBars = 8

  let report: ScanReport

  var text: String {
    let totals = report.totals
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="robots" content="noindex">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src '\(hash(HTMLStyle.text))'; script-src '\(hash(HTMLScript.text))'; \
      base-uri 'none'; form-action 'none'">
      <title>\(title)</title>
      <style>\(HTMLStyle.text)</style>
      </head>
      <body>
      <header class="top">
      <p class="brand">sluice scan</p>
      <h1>\(title)</h1>
      <p class="lead">\(lead)</p>
      </header>
      <main>
      \(totals.findings.isEmpty ? "" : overview + filters + groups)\
      \(notes)</main>
      <footer><p>Written by sluice \(escaped(report.version)). Secrets are masked; nothing in \
      this page can be turned back into one.</p></footer>
      <script>\(HTMLScript.text)</script>
      </body>
      </html>

      """
  }

  private var title: String {
    let count = report.totals.findings.count
    return count == 0 ? "No secrets found" : "\(count) secret\(count == 1 ? "" : "s") found"
  }

  private var lead: String {
    let totals = report.totals
    let files = Set(totals.findings.map(\.file)).count
    var parts = [
      "\(grouped(totals.documents)) files and \(size(totals.bytes)) scanned"
    ]
    if files > 0 { parts.insert("in \(grouped(files)) file\(files == 1 ? "" : "s")", at: 0) }
    return parts.joined(separator: " · ")
  }

  // MARK: - Overview

  private var overview: String {
    let findings = report.totals.findings
    let severities = Rule.Severity.allCases.reversed().map { severity in
      (severity, findings.count { report.rule(of: $0).severity == severity })
    }
    var output = "<section class=\"overview\" aria-label=\"Overview\">\n<div class=\"card wide\">\n"
    output += "<h2>By severity</h2>\n"
    output += stack(severities.map { ($0.0.rawValue, $0.1) })
    output += "<ul class=\"tiles\">\n"
    for (severity, count) in severities {
      output +=
        "<li class=\"tile \(severity.rawValue)\"><button type=\"button\" data-severity="
        + "\"\(severity.rawValue)\" aria-pressed=\"false\"><b>\(grouped(count))</b>"
        + "<span>\(severity.rawValue)</span></button></li>\n"
    }
    output += "</ul>\n</div>\n"
    output += bars("By rule", field: "rule", counts: counted(findings.map(\.ruleID)))
    output += bars(
      "By path", field: "path", counts: counted(findings.map { printable($0.path.text) }))
    return output + "</section>\n"
  }

  /// One bar, each severity a part of it.
  private func stack(_ counts: [(name: String, count: Int)]) -> String {
    let all = max(1, counts.reduce(0) { $0 + $1.count })
    let label = counts.map { "\($0.count) \($0.name)" }.joined(separator: ", ")
    var output =
      "<svg class=\"stack\" role=\"img\" aria-label=\"\(label)\" viewBox=\"0 0 1000 14\" "
      + "preserveAspectRatio=\"none\">"
    var start = 0.0
    for (name, count) in counts where count > 0 {
      let width = 1000 * Double(count) / Double(all)
      output +=
        "<rect class=\"\(name)\" x=\"\(tenths(start))\" y=\"0\" "
        + "width=\"\(tenths(max(width - 3, 1)))\" height=\"14\"/>"
      start += width
    }
    return output + "</svg>\n"
  }

  private func bars(_ title: String, field: String, counts: [(name: String, count: Int)]) -> String
  {
    let most = max(1, counts.first?.count ?? 1)
    var output = "<div class=\"card\">\n<h2>\(title)</h2>\n<ol class=\"bars\">\n"
    for (name, count) in counts.prefix(Self.mostBars) {
      let width = tenths(100 * Double(count) / Double(most))
      output +=
        "<li><button type=\"button\" data-\(field)=\"\(escaped(name))\" aria-pressed=\"false\">"
        + "<span class=\"name\">\(escaped(name))</span><b>\(grouped(count))</b>"
        + "<svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 100 6\" "
        + "preserveAspectRatio=\"none\"><rect width=\"\(width)\" height=\"6\"/></svg>"
        + "</button></li>\n"
    }
    output += "</ol>\n"
    if counts.count > Self.mostBars {
      output += "<p class=\"more\">and \(grouped(counts.count - Self.mostBars)) more</p>\n"
    }
    return output + "</div>\n"
  }

  private func counted(_ names: [String]) -> [(name: String, count: Int)] {
    var counts: [String: Int] = [:]
    for name in names { counts[name, default: 0] += 1 }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { (name: $0.key, count: $0.value) }
  }

  // MARK: - Findings

  private var filters: String {
    let rules = counted(report.totals.findings.map(\.ruleID)).map(\.name).sorted()
    let options = rules.map { "<option>\(escaped($0))</option>" }.joined()
    return """
      <form class="filters" id="filters" role="search" hidden>
      <label class="search"><span>Search</span><input type="search" id="search" \
      placeholder="path, rule, text" autocomplete="off"></label>
      <label><span>Rule</span><select id="rule"><option value="">all</option>\(options)</select>\
      </label>
      <label><span>Severity</span><select id="severity"><option value="">all</option>\
      <option>critical</option><option>high</option><option>medium</option><option>low</option>\
      </select></label>
      <label><span>Confidence</span><select id="confidence"><option value="">all</option>\
      <option>high</option><option>medium</option><option>low</option></select></label>
      <p class="shown" aria-live="polite"><output id="shown"></output> \
      <button type="reset" id="reset">Reset</button></p>
      </form>

      """
  }

  private var groups: String {
    var output = "<section class=\"findings\" aria-label=\"Findings\">\n"
    var rest = report.totals.findings[...]
    while let first = rest.first {
      let group = rest.prefix { $0.path == first.path && $0.commit == first.commit }
      rest = rest.dropFirst(group.count)
      output += "<article class=\"file\">\n<h2>\(heading(of: first))</h2>\n<ul>\n"
      for finding in group { output += item(finding) }
      output += "</ul>\n</article>\n"
    }
    return output + "<p class=\"none\" id=\"none\" hidden>No finding fits these filters.</p>\n"
      + "</section>\n"
  }

  private func heading(of finding: ScanFinding) -> String {
    let name = finding.path == .standardInput ? "standard input" : printable(finding.path.text)
    var output = "<span class=\"path\">\(escaped(name))</span>"
    if let definition = finding.definition {
      output += " <span class=\"kind\">\(escaped(definition.rawValue))</span>"
    }
    if let commit = finding.commit {
      output +=
        " <span class=\"commit\"><code>\(escaped(String(commit.id.prefix(12))))</code> "
        + "\(escaped(printable(commit.author))) · \(escaped(printable(commit.date)))</span>"
    }
    return output
  }

  private func item(_ finding: ScanFinding) -> String {
    let rule = report.rule(of: finding)
    let label = escaped(printable(finding.redacted))
    let excerpt = escaped(printable(finding.excerpt))
      .replacing(label, with: "<mark>\(label)</mark>")
    var facts = [("confidence", rule.confidence.rawValue)]
    if let place = finding.structuralPath { facts.append(("at", printable(place))) }
    if let fingerprint = finding.fingerprint { facts.append(("fingerprint", fingerprint)) }
    var output =
      "<li class=\"finding\" data-severity=\"\(rule.severity.rawValue)\" "
      + "data-confidence=\"\(rule.confidence.rawValue)\" data-rule=\"\(escaped(rule.id))\" "
      + "data-path=\"\(escaped(printable(finding.path.text)))\">\n"
      + "<p class=\"what\"><span class=\"pill \(rule.severity.rawValue)\">"
      + "\(rule.severity.rawValue)</span> <b>\(escaped(rule.name))</b> "
      + "<code>\(escaped(rule.id))</code> "
      + "<span class=\"place\">line \(finding.line), column \(finding.column)</span></p>\n"
      + "<pre>\(excerpt)</pre>\n<p class=\"facts\">"
    output += facts.map { "<span>\($0.0) <code>\(escaped($0.1))</code></span>" }
      .joined(separator: " ")
    output += "</p>\n"
    if !rule.remediation.isEmpty {
      output += "<p class=\"fix\"><b>Fix</b> \(escaped(rule.remediation))"
      if rule.docs.hasPrefix("https://") {
        output += " <a href=\"\(escaped(rule.docs))\" rel=\"noreferrer\">Documentation</a>"
      }
      output += "</p>\n"
    }
    return output + "</li>\n"
  }

  // MARK: - What was not scanned

  private var notes: String {
    let totals = report.totals
    var lines: [(String, Int)] = [
      ("allowed by a comment", totals.allowed),
      ("allowed by the settings", totals.allowedBySettings),
      ("in the baseline", totals.baselined),
      ("more findings that are not listed", totals.uncollected),
      ("files that are not what their name says, scanned as text", totals.unparsedCount),
      ("not readable", totals.problemCount),
    ]
    lines += ScanTotals.SkipReason.allCases.map {
      ("skipped: \($0.rawValue)", totals.skipCounts[$0] ?? 0)
    }
    lines.removeAll { $0.1 == 0 }
    guard !lines.isEmpty else { return "" }
    var output = "<section class=\"notes card\">\n<h2>Not in the list above</h2>\n<ul>\n"
    for (what, count) in lines { output += "<li><b>\(grouped(count))</b> \(what)</li>\n" }
    output += "</ul>\n"
    if !totals.problems.isEmpty {
      output += "<details><summary>What could not be read</summary>\n<ul>\n"
      for problem in totals.problems.prefix(1000) {
        output += "<li>\(escaped(printable(problem.problem)))</li>\n"
      }
      output += "</ul>\n</details>\n"
    }
    return output + "</section>\n"
  }

  // MARK: - Text

  /// The source expression of a policy that allows this text and no other.
  private func hash(_ text: String) -> String {
    "sha256-\(Base64.text(of: SHA256.digest(of: Array(text.utf8)).bytes))"
  }

  private func escaped(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": output += "&amp;"
      case "<": output += "&lt;"
      case ">": output += "&gt;"
      case "\"": output += "&quot;"
      case "'": output += "&#39;"
      default: output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }

  /// `12 345`, with narrow blanks.
  private func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var index = digits.count - 3
    while index > 0 {
      digits.insert("\u{202F}", at: index)
      index -= 3
    }
    return String(digits)
  }

  private func size(_ bytes: UInt64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"]
    var (number, unit) = (Double(bytes), 0)
    while number >= 1000, unit < units.count - 1 { (number, unit) = (number / 1000, unit + 1) }
    return unit == 0 ? "\(bytes) bytes" : "\(tenths(number)) \(units[unit])"
  }
}
