internal import Foundation
internal import SluiceRules

/// Findings as SARIF 2.1.0, with what GitHub's code scanning asks for.
struct SARIFReport {
  /// Results that code scanning takes in a run; it refuses a file with more.
  static let mostResults = 25_000

  let report: ScanReport

  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(log), as: UTF8.self) + "\n"
  }

  private var log: SARIF.Log {
    let rules = report.rules.values.sorted { $0.id < $1.id }
    let positions = Dictionary(
      uniqueKeysWithValues: rules.enumerated().map { ($1.id, $0) })
    let driver = SARIF.Driver(
      name: "sluice", version: report.version, semanticVersion: report.version,
      rules: rules.map(descriptor))
    let problems = report.totals.problems.prefix(1000).map { problem in
      SARIF.Notification(level: "error", message: SARIF.Text(text: problem.problem))
    }
    let findings = listed
    var notifications = problems
    let unlisted = report.totals.findings.count - findings.count + report.totals.uncollected
    if unlisted > 0 {
      notifications.append(
        SARIF.Notification(
          level: "warning",
          message: SARIF.Text(text: "\(unlisted) more findings are not listed in this report")))
    }
    return SARIF.Log(
      runs: [
        SARIF.Run(
          tool: SARIF.Tool(driver: driver),
          invocations: [
            SARIF.Invocation(
              executionSuccessful: problems.isEmpty,
              toolExecutionNotifications: notifications.isEmpty ? nil : notifications)
          ],
          results: findings.map { result($0, ruleIndex: positions[$0.ruleID] ?? -1) })
      ])
  }

  /// All findings, or of more than code scanning takes the most severe ones, in order.
  private var listed: [ScanFinding] {
    let findings = report.totals.findings
    guard findings.count > Self.mostResults else { return findings }
    let severities: [Rule.Severity] = [.critical, .high, .medium, .low]
    var kept: [ScanFinding] = []
    for severity in severities {
      kept += findings.filter { report.rule(of: $0).severity == severity }
        .prefix(Self.mostResults - kept.count)
    }
    return kept.sorted(by: ScanFinding.inOrder)
  }

  private func descriptor(_ rule: Rule) -> SARIF.Descriptor {
    let remedy = rule.remediation.isEmpty ? "Revoke the secret." : rule.remediation
    let more = rule.docs.isEmpty ? "" : "\n\nFormat: \(rule.docs)"
    return SARIF.Descriptor(
      id: rule.id, name: rule.name, shortDescription: SARIF.Text(text: rule.name),
      fullDescription: SARIF.Text(text: "\(rule.name) in the open (rule \(rule.id))."),
      help: SARIF.Text(text: remedy + more), helpUri: uri(rule.docs),
      defaultConfiguration: SARIF.Configuration(level: level(rule)),
      properties: SARIF.RuleProperties(
        tags: ["security", "secret"]
          + rule.tags.filter { $0 != "security" && $0 != "secret" }
          .prefix(18),
        precision: precision(rule), securitySeverity: securitySeverity(rule)))
  }

  private func result(_ finding: ScanFinding, ruleIndex: Int) -> SARIF.Result {
    let rule = report.rule(of: finding)
    var message = "\(rule.name): \(finding.redacted)"
    if let commit = finding.commit {
      message += " in commit \(commit.id.prefix(12)) of \(commit.date)"
    }
    var place = finding.structuralPath.map {
      [SARIF.LogicalLocation(fullyQualifiedName: $0, kind: "member")]
    }
    var region = SARIF.Region(
      startLine: finding.line, startColumn: finding.characterColumn, endLine: finding.endLine,
      endColumn: finding.endCharacterColumn, byteOffset: finding.range?.lowerBound,
      byteLength: finding.range.map { $0.upperBound - $0.lowerBound })
    if finding.archive != nil {
      // Viewers know the archive only, and show its beginning.
      let inner = "\(finding.path.text):\(finding.line):\(finding.characterColumn)"
      message += " in \(printable(inner))"
      place = [SARIF.LogicalLocation(fullyQualifiedName: inner, kind: "resource")] + (place ?? [])
      region = SARIF.Region(
        startLine: 1, startColumn: 1, endLine: 1, endColumn: 1, byteOffset: nil, byteLength: nil)
    }
    var fingerprints = ["primaryLocationLineHash": identity(of: finding)]
    fingerprints["sluiceSecret/v1"] = finding.fingerprint
    return SARIF.Result(
      ruleId: finding.ruleID, ruleIndex: ruleIndex, level: level(rule),
      message: SARIF.Text(text: message),
      locations: [
        SARIF.Location(
          physicalLocation: SARIF.PhysicalLocation(
            artifactLocation: artifact(finding.file), region: region),
          logicalLocations: place)
      ],
      partialFingerprints: fingerprints)
  }

  /// The same in every scan; for what lies in an archive also by where it lies there.
  private func identity(of finding: ScanFinding) -> String {
    guard finding.archive != nil else { return finding.locationFingerprint }
    var hash = StableHash()
    hash.combine(finding.path.bytes)
    hash.combine(finding.locationFingerprint.utf8)
    return "\(hexadecimal(hash.value)):\(finding.occurrence)"
  }

  /// Relative to the root of the sources, as long as the path is.
  private func artifact(_ path: WorkspacePath) -> SARIF.ArtifactLocation {
    let isAbsolute = path.bytes.first == UInt8(ascii: "/")
    var uri = isAbsolute ? "file://" : ""
    for byte in path.bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        uri.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        uri += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return SARIF.ArtifactLocation(uri: uri, uriBaseId: isAbsolute ? nil : "%SRCROOT%")
  }

  private func uri(_ docs: String) -> String? {
    docs.hasPrefix("https://") && !docs.contains(" ") ? docs : nil
  }

  private func level(_ rule: Rule) -> String {
    switch rule.severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low: "note"
    }
  }

  private func precision(_ rule: Rule) -> String {
    switch rule.confidence {
    case .high: "very-high"
    case .medium: "high"
    case .low: "medium"
    }
  }

  private func securitySeverity(_ rule: Rule) -> String {
    switch rule.severity {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "2.5"
    }
  }
}
