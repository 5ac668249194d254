import Foundation
import SluiceRules
import SluiceScan

/// Turns the YAML files of `Patterns/` into one Swift file; run by the build plugin.
///
/// Arguments: the output file, then the rule files. A rule that cannot be used, or that does not
/// do what its examples say, fails the build.
@main
struct EmbedRules {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first, arguments.count > 1 else {
      fail("usage: embed-rules OUTPUT FILE...")
    }
    var set = RuleSet()
    var isClean = true
    for path in arguments.dropFirst().sorted() {
      let name = URL(fileURLWithPath: path).lastPathComponent
      do {
        let yaml = try String(contentsOfFile: path, encoding: .utf8)
        let file = RuleFile(named: name, requiresDocumentation: true)
        for rule in try file.rules(in: yaml) {
          let planned = try PlannedRule(rule)
          for issue in RuleLint(measuresCost: false).issues(of: planned)
          where issue.level == .error {
            report("\(name): rule '\(issue.rule)': \(issue.text)")
            isClean = false
          }
          try set.add(planned)
        }
      } catch let error as any ExplainedError {
        report("\(name): \(error.problem)" + (error.remedy.map { " (\($0))" } ?? ""))
        isClean = false
      }
    }
    guard isClean else { exit(1) }
    // Of two rules that find the same with the same confidence the first one names it: those that
    // know no provider come last.
    let specific = set.rules.filter { !$0.rule.tags.contains("generic") }
    let generic = set.rules.filter { $0.rule.tags.contains("generic") }
    let text = RuleTable.text(for: CompiledRules.placingAnchors(of: specific + generic))
    try source(for: text).write(toFile: output, atomically: true, encoding: .utf8)
  }

  /// A string literal: 400 KB of it compile in 0.2 s, an array literal takes minutes.
  private static func source(for text: String) -> String {
    var literal = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": literal += "\\\(scalar)"
      case " "..."~": literal.unicodeScalars.append(scalar)
      default: literal += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return "let builtinRuleTable = \"\(literal)\"\n"
  }

  private static func report(_ text: String) {
    FileHandle.standardError.write(Data("error: \(text)\n".utf8))
  }

  private static func fail(_ text: String) -> Never {
    report(text)
    exit(2)
  }
}
