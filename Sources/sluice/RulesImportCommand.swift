internal import ArgumentParser
internal import Foundation
internal import SluiceBuiltins
internal import SluiceFilter
internal import SluiceLibrary
internal import SluiceRules

struct RulesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn rules of gitleaks, betterleaks, kingfisher or noseyparker into rule files.",
    discussion: """
      Reads gitleaks and betterleaks TOML, kingfisher and noseyparker YAML; writes YAML to \
      standard output or --out, and to standard error what became of each rule: what it says that \
      the new one does not, and which cannot be expressed. Anchors are derived. Look the rules \
      through, then: sluice rules lint FILE. Status 1: not one rule could be expressed.

      Example: sluice rules import gitleaks.toml --out mine.yaml
      """)

  @Argument(help: "Files of other tools.")
  var files: [String]
  @Option(name: .customLong("out"), help: "Write this file instead of standard output.")
  var output: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    // What the settings add has its ids already.
    let known = try Settings.load(common).documentedRules(more: [])
    var taken = Set((BuiltinRules.all() + known.rules).map(\.rule.id))
    var rules: [PlannedRule] = []
    var refused = 0
    for path in files {
      let text = try configuring { try Loading.text(ofFile: path) }
      let result = try configuring {
        try RuleImport(text, named: path, takenIDs: taken)
      }
      taken.formUnion(result.rules.map(\.rule.id))
      rules += result.rules
      refused += result.entries.count { $0.rule == nil }
      if !common.quiet { report(result, of: path) }
    }
    guard !rules.isEmpty else {
      note("sluice: error: none of the rules can be expressed")
      throw ExitCode(ExitStatus.negative)
    }
    let names = files.map { URL(filePath: $0).lastPathComponent }.joined(separator: ", ")
    let yaml = try RuleFileText.yaml(of: rules.map(\.rule), named: "Imported from \(names)")
    if let output {
      var file = try Descriptor.writing(path: output)
      try file.empty()
      let bytes = Array(yaml.utf8)
      try file.write(bytes.span)
    } else {
      try writeResult(yaml)
    }
    if !common.quiet { note("\(rules.count) rules written, \(refused) not") }
  }

  private func report(_ result: RuleImport, of path: String) {
    var lines = result.losses.map { "\(path): \($0)" }
    for entry in result.entries {
      if let planned = entry.rule {
        let anchors = planned.plan.anchors.map { String(decoding: $0.bytes, as: UTF8.self) }
        let found =
          anchors.isEmpty
          ? "no anchor" : "anchors " + anchors.map { "'\($0)'" }.joined(separator: ", ")
        lines.append("\(path): '\(entry.origin)' became '\(planned.rule.id)', \(found)")
        lines += entry.notes.map { "    \($0)" }
      } else {
        let reason = entry.notes.joined(separator: "; ")
        lines.append("\(path): '\(entry.origin)' cannot be expressed: \(reason)")
      }
    }
    // A file of another tool may hold anything.
    note(ErrorText.masked(lines.joined(separator: "\n")))
  }
}
