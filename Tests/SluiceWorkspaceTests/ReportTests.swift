import Foundation
import FoundationXML
import SluiceRules
import Testing
import TestSupport

@testable import SluiceWorkspace

@Suite("Reports")
struct ReportTests {
  /// Every example of every rule in one folder, scanned with a key.
  struct Everything: Sendable {
    let report: ScanReport
    let planted: [Planted]
  }

  private static let scan = Task { try await scanEverything() }

  static func everything() async throws -> Everything { try await scan.value }

  private static func scanEverything() async throws -> Everything {
    let folder = try Folder()
    let examples = RuleExamples.text(of: TestRules.all)
    let log = AgentPlatformLog(rules: TestRules.all)
    try folder.write("examples.txt", examples.text)
    try folder.write("sub dir/log \"ü\" %.txt", log.text)
    var totals = try await TestRules.workspace(hasKey: true) { $0.includesBinary = true }
      .scan([folder.root])
    for index in totals.findings.indices {
      let path = totals.findings[index].path.bytes.dropFirst(folder.path.utf8.count + 1)
      totals.findings[index].path = WorkspacePath(bytes: Array(path))
    }
    return Everything(
      report: ScanReport(totals: totals, rules: TestRules.all.map(\.rule), version: "0.1.0"),
      planted: examples.planted + log.planted)
  }

  @Test("G3: no report holds a secret; each is what its format says")
  func formats() async throws {
    let everything = try await Self.everything()
    let report = everything.report
    let search = LeakSearch(everything.planted)
    #expect(report.totals.findings.count > 3000)
    for format in ReportFormat.allCases {
      let text = try report.text(as: format)
      let leaks = search.leaks(in: Array(text.utf8))
      #expect(leaks.isEmpty, "\(format): \(Set(leaks.map(\.rule)).sorted())")
      #expect(text.utf8.last == UInt8(ascii: "\n"))
    }
    #expect(!search.leaks(in: everything.planted.flatMap { $0.secret + [10] }).isEmpty, "control")
  }

  @Test("JSON lines have the fields of a finding, each on one line")
  func jsonLines() async throws {
    let report = try await Self.everything().report
    let lines = try report.text(as: .jsonl).split(separator: "\n").map(String.init)
    #expect(lines.count == report.totals.findings.count)
    for (line, finding) in zip(try ReportedFinding.all(in: lines), report.totals.findings) {
      #expect(line.rule == finding.ruleID)
      #expect(line.line == finding.line && line.column == finding.column)
      #expect(line.range.lowerBound == finding.range.map { Int($0.lowerBound) })
    }
  }

  @Test("JUnit is XML with a failed case for each finding, and one that passes if there is none")
  func junit() async throws {
    let report = try await Self.everything().report
    let document = try XMLDocument(xmlString: report.text(as: .junit))
    let failures = try document.nodes(forXPath: "/testsuites/testsuite/testcase/failure")
    #expect(failures.count == report.totals.findings.count)
    let empty = try XMLDocument(
      xmlString: ScanReport(totals: ScanTotals(), rules: [], version: "0").text(as: .junit))
    #expect(try empty.nodes(forXPath: "//testcase").count == 1)
    #expect(try empty.nodes(forXPath: "//failure").isEmpty)
  }

  @Test("CSV has a row for each finding, and annotations have a line")
  func rows() async throws {
    let report = try await Self.everything().report
    let count = report.totals.findings.count
    #expect(try report.text(as: .csv).components(separatedBy: "\r\n").count == count + 2)
    let annotations = try report.text(as: .github).split(separator: "\n")
    #expect(annotations.count == count)
    #expect(
      annotations.allSatisfy { $0.hasPrefix("::error file=") || $0.hasPrefix("::warning file=") })
    #expect(annotations.contains { $0.contains("file=sub dir/log \"ü\" %25.txt,line=") })
  }

  @Test("the text report names place, severity, rule, masked excerpt, reason and way to fix")
  func text() async throws {
    let folder = try Folder()
    try folder.write("a.env", "TOKEN=\(try TestRules.secret(seed: 1))\n")
    let totals = try await TestRules.workspace().scan([folder.root])
    var report = ScanReport(totals: totals, rules: TestRules.all.map(\.rule), version: "0")
    let text = try report.text(as: .text)
    for part in [
      "a.env\n", "1:7", "[github-pat]", "TOKEN=[REDACTED:github-pat]\n", "why  ", "fix  ",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
    #expect(!text.contains("\u{1B}"))
    report.isColored = true
    #expect(try report.text(as: .text).contains("\u{1B}["))
  }
}
