import Foundation
import SluiceRules
import Testing
import TestSupport

@testable import SluiceWorkspace

/// SARIF reports against the schema of SARIF 2.1.0, and against what GitHub's code scanning asks
/// for beyond it.
///
/// The schema is the file of `Fixtures/schemas`, whose README says how it differs from the one of
/// the standard with errata 1: in nothing that reports use. `JSONSchema` checks it, and where it is
/// installed the Python package `jsonschema`, which is not ours, checks the same.
@Suite("SARIF")
struct SARIFTests {
  private static let schemaPath = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Fixtures/schemas/sarif-2.1.0.json").path

  /// Makes a good report a bad one, each in one place.
  private static let damages = [
    ("\"startLine\" : ", "\"startLine\" : \"1\", \"x\" : "),
    ("\"level\" : \"error\"", "\"level\" : \"bad\""),
    ("\"driver\"", "\"drivers\""), ("\"2.1.0\"", "\"2.1.1\""),
  ]

  @Test("fits the standard's schema")
  func schema() async throws {
    let text = try await ReportTests.everything().report.text(as: .sarif)
    let schema = try JSONSchema(path: Self.schemaPath)
    #expect(try schema.violations(of: text).prefix(5) == [])
    for (right, wrong) in Self.damages {
      let broken = text.replacing(right, with: wrong, maxReplacements: 1)
      #expect(try !schema.violations(of: broken).isEmpty, "control: \(wrong)")
    }
  }

  @Test(
    "fits the standard's schema also in the eyes of another validator",
    .enabled(if: PythonSchema.isThere, "Python's jsonschema is not installed"))
  func otherValidator() async throws {
    let folder = try Folder()
    try folder.write("a.env", "TOKEN=\(try TestRules.secret(seed: 1))\n")
    let text = try await report(of: folder).text(as: .sarif)
    #expect(try PythonSchema.violations(of: text, schema: Self.schemaPath) == "")
    for (right, wrong) in Self.damages {
      let broken = text.replacing(right, with: wrong, maxReplacements: 1)
      #expect(broken != text, "control: \(right)")
      #expect(try PythonSchema.violations(of: broken, schema: Self.schemaPath) != "", "\(wrong)")
    }
  }

  /// What docs.github.com, "SARIF support for code scanning", calls required, and its limits.
  @Test("has what GitHub's code scanning requires, within its limits")
  func codeScanning() async throws {
    let report = try await ReportTests.everything().report
    let log = try object(report.text(as: .sarif))
    #expect(log["$schema"] as? String == "https://json.schemastore.org/sarif-2.1.0.json")
    #expect(log["version"] as? String == "2.1.0")
    let runs = try #require(log["runs"] as? [[String: Any]])
    try #require(runs.count == 1)
    let driver = try #require((runs[0]["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "sluice")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    for rule in rules {
      let id = try #require(rule["id"] as? String)
      for (key, most) in [("shortDescription", 1024), ("fullDescription", 1024), ("help", Int.max)]
      {
        let text = (rule[key] as? [String: String])?["text"] ?? ""
        #expect(!text.isEmpty && text.count <= most, "\(key) of \(id)")
      }
      let name = rule["name"] as? String ?? ""
      #expect(name.count <= 255, "\(id)")
      let properties = try #require(rule["properties"] as? [String: Any])
      let tags = properties["tags"] as? [String] ?? []
      #expect(tags.count <= 20, "\(id)")
      let severity = Double(properties["security-severity"] as? String ?? "") ?? 0
      #expect(severity > 0 && severity <= 10, "\(id)")
      let precision = properties["precision"] as? String
      #expect(["very-high", "high", "medium"].contains(precision), "\(id)")
    }
    let results = try #require(runs[0]["results"] as? [[String: Any]])
    #expect(results.count == report.totals.findings.count)
    var identities: Set<String> = []
    for result in results {
      let message = (result["message"] as? [String: String])?["text"] ?? ""
      #expect(!message.isEmpty)
      let index = try #require(result["ruleIndex"] as? Int)
      #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
      let locations = try #require(result["locations"] as? [[String: Any]])
      try #require(locations.count == 1)
      let place = try #require(locations[0]["physicalLocation"] as? [String: Any])
      let uri = (place["artifactLocation"] as? [String: String])?["uri"] ?? ""
      #expect(uri == "examples.txt" || uri == "sub%20dir/log%20%22%C3%BC%22%20%25.txt")
      let region = try #require(place["region"] as? [String: Any])
      for key in ["startLine", "startColumn", "endLine", "endColumn"] {
        let number = region[key] as? Int ?? 0
        #expect(number >= 1, "\(key)")
      }
      let prints = try #require(result["partialFingerprints"] as? [String: String])
      identities.insert("\(uri) \(prints["primaryLocationLineHash"] ?? "")")
    }
    #expect(identities.count == results.count, "fingerprints tell findings apart")
  }

  @Test("a fingerprint stays when lines come in above, and an absolute path is a file's URI")
  func stableFingerprints() async throws {
    let folder = try Folder()
    let line = "TOKEN=\(try TestRules.secret(seed: 1))\n"
    try folder.write("a.env", line)
    let before = try await result(report(of: folder))
    try folder.write("a.env", "# new\n\n" + line)
    let after = try await result(report(of: folder))
    #expect(before.fingerprint == after.fingerprint)
    #expect(before.line == 1 && after.line == 3)
    #expect(after.uri == "file://\(folder.path)/a.env")
  }

  @Test("more than code scanning takes are cut to the most severe, and that is said")
  func tooMany() throws {
    let (low, high) = try (rule(.low), rule(.critical))
    var totals = ScanTotals()
    for number in 1...SARIFReport.mostResults + 10 {
      let id = number.isMultiple(of: 2) ? low.id : high.id
      totals.findings.append(
        ScanFinding(
          ruleID: id, path: WorkspacePath("f"), line: number, column: 1, endLine: number,
          endColumn: 2, redacted: "[REDACTED:\(id)]", excerpt: "x", locationHash: UInt64(number)))
    }
    let log = try object(
      ScanReport(totals: totals, rules: [low, high], version: "0.1.0").text(as: .sarif))
    let run = try #require((log["runs"] as? [[String: Any]])?.first)
    let results = try #require(run["results"] as? [[String: Any]])
    #expect(results.count == SARIFReport.mostResults)
    #expect(results.count { $0["ruleId"] as? String == high.id } == SARIFReport.mostResults / 2 + 5)
    let notes = (run["invocations"] as? [[String: Any]])?.first?["toolExecutionNotifications"]
    #expect("\(notes ?? "")".contains("10 more findings"))
  }

  // MARK: - Helpers

  private func rule(_ severity: Rule.Severity) throws -> Rule {
    try #require(TestRules.all.map(\.rule).first { $0.severity == severity })
  }

  private func report(of folder: Folder) async throws -> ScanReport {
    ScanReport(
      totals: try await TestRules.workspace().scan([folder.root]),
      rules: TestRules.all.map(\.rule), version: "0.1.0")
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private struct OnlyResult {
    let uri, fingerprint: String
    let line: Int
  }

  /// The result of a report that has one.
  private func result(_ report: ScanReport) throws -> OnlyResult {
    struct Log: Decodable {
      struct Run: Decodable { let results: [Result] }
      struct Result: Decodable {
        let partialFingerprints: [String: String]
        let locations: [Location]
      }
      struct Location: Decodable { let physicalLocation: Physical }
      struct Physical: Decodable {
        let artifactLocation: [String: String]
        let region: Region
      }
      struct Region: Decodable { let startLine: Int }
      let runs: [Run]
    }
    let log = try JSONDecoder().decode(Log.self, from: Data(report.text(as: .sarif).utf8))
    let result = try #require(log.runs.first?.results.first)
    try #require(log.runs[0].results.count == 1)
    let place = try #require(result.locations.first?.physicalLocation)
    return OnlyResult(
      uri: place.artifactLocation["uri"] ?? "",
      fingerprint: result.partialFingerprints["primaryLocationLineHash"] ?? "",
      line: place.region.startLine)
  }
}

/// The validator of the Python package `jsonschema`.
enum PythonSchema {
  /// Where CI runs, it has to be.
  static let isThere: Bool =
    ProcessInfo.processInfo.environment["CI"] == "true"
    || (try? Folder().run(
      ["/usr/bin/env", "python3", "-c", "import jsonschema; print(1)"])) == "1\n"

  private static let script = """
    import json, sys, jsonschema
    schema = json.load(open(sys.argv[1]))
    for error in jsonschema.Draft4Validator(schema).iter_errors(json.load(sys.stdin)):
        print(error.json_path, error.message)
    print("checked")
    """

  /// What is wrong, a line for each; nothing if nothing is.
  static func violations(of text: String, schema: String) throws -> String {
    let output = try Folder().run(
      ["/usr/bin/env", "python3", "-c", script, schema], input: text)
    try #require(output.hasSuffix("checked\n"), "python3 failed")
    return String(output.dropLast("checked\n".count))
  }
}
