internal import SluiceFilter
package import SluiceRules
package import SluiceScan

/// The committed outputs: what a filter makes of the fixtures, without a secret.
package struct GoldenFiles: Sendable {
  package struct File: Sendable {
    package let name: String
    package let bytes: [UInt8]
  }

  /// A planted secret that a golden file would hold.
  package struct Leak: Error, CustomStringConvertible {
    package let file: String
    package let rules: [String]

    package var description: String {
      "\(file) would hold secrets of these rules: \(rules.joined(separator: ", "))"
    }
  }

  package static let names = [
    "agent-platform.label.log", "rules.label.txt", "rules.hash.txt", "rules.findings.jsonl",
    "rules.partial.txt", "rules.fill.txt",
  ]

  /// In the order of `names`.
  package let files: [File]

  /// - Throws: `Leak` if a secret was not masked: a golden file must not state a failure.
  package init(rules: [PlannedRule], compiled: CompiledRules) throws(Leak) {
    let log = AgentPlatformLog(rules: rules)
    let examples = RuleExamples.text(of: rules)
    var files = [
      File(
        name: "agent-platform.label.log", bytes: redact(log.text, rules: compiled).output)
    ]
    for style in [MaskStyle.label, .hash, .partial, .fill] {
      let redaction = redact(examples.text, rules: compiled, style: style)
      files.append(File(name: "rules.\(style.rawValue).txt", bytes: redaction.output))
      guard style == .hash else { continue }
      files.append(
        File(
          name: "rules.findings.jsonl",
          bytes: Array(redaction.findings.map { $0 + "\n" }.joined().utf8)))
    }
    let search = LeakSearch(log.planted + examples.planted)
    for file in files {
      let leaks = search.leaks(in: file.bytes)
      guard leaks.isEmpty else {
        throw Leak(file: file.name, rules: Set(leaks.map(\.rule)).sorted())
      }
    }
    precondition(files.map(\.name) == Self.names, "the golden files have other names")
    self.files = files
  }
}
