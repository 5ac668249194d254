internal import Foundation
internal import SluiceBuiltins
internal import SluiceRules
internal import SluiceScan
internal import TestSupport

/// Writes the generated log and its fake secrets, the golden files, or the table of the families
/// that the rules serve.
@main
struct MakeFixtures {
  static func main() {
    var arguments = CommandLine.arguments.dropFirst()
    let isGolden = arguments.first == "--golden"
    let isCoverage = arguments.first == "--coverage"
    if isGolden || isCoverage { arguments.removeFirst() }
    guard arguments.count == 1, let folder = arguments.first, !folder.hasPrefix("-") else {
      fail("usage: make-fixtures [--golden] DIRECTORY | --coverage FILE", status: 2)
    }
    do {
      let rules = BuiltinRules.all()
      if isCoverage { return try writeCoverage(of: rules, to: folder) }
      let files =
        if isGolden {
          try GoldenFiles(rules: rules, compiled: CompiledRules(RuleSet(rules))).files
            .map { ($0.name, $0.bytes) }
        } else {
          fixtures(of: rules)
        }
      try write(files, to: URL(fileURLWithPath: folder, isDirectory: true))
    } catch {
      fail("\(error)", status: 3)
    }
  }

  private static func fixtures(of rules: [PlannedRule]) -> [(name: String, bytes: [UInt8])] {
    let log = AgentPlatformLog(rules: rules)
    let secrets = log.planted.map { jsonString($0.secret) + "\n" }.joined()
    return [
      ("agent-platform.log", log.text),
      ("agent-platform.secrets", Array(secrets.utf8)),
      ("rules.txt", RuleExamples.text(of: rules).text),
    ]
  }

  private static func writeCoverage(of rules: [PlannedRule], to file: String) throws {
    let list = try String(contentsOfFile: "Fixtures/families.tsv", encoding: .utf8)
    let coverage = try FamilyCoverage(list: list, rules: rules.map(\.rule))
    try Data(coverage.markdown.utf8).write(to: URL(fileURLWithPath: file))
  }

  private static func write(
    _ files: [(name: String, bytes: [UInt8])], to folder: URL
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files {
      try Data(file.bytes).write(to: folder.appending(path: file.name))
    }
  }

  private static func fail(_ text: String, status: CInt) -> Never {
    FileHandle.standardError.write(Data("make-fixtures: \(text)\n".utf8))
    exit(status)
  }
}
