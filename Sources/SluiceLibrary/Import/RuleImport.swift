internal import Foundation
package import SluiceRules

/// Rules of other tools, as rules of ours.
///
/// Nothing is taken over in silence: what a rule says that ours cannot say is a loss that is
/// reported, and what cannot be expressed is not written. A rule that is written was compiled,
/// analysed and proved like any other.
package struct RuleImport {
  /// Why a file cannot be imported; says nothing of its content.
  package enum Failure: ExplainedError, Hashable {
    case notReadable(file: String, line: Int, format: String)
    case noRules(file: String)
    case ours(file: String)

    package var problem: String {
      switch self {
      case .notReadable(let file, let line, let format):
        "\(file)\(line > 0 ? ":\(line)" : ""): is not \(format)"
      case .noRules(let file): "\(file): holds no rules that can be imported"
      case .ours(let file): "\(file): is a rule file of sluice"
      }
    }

    package var remedy: String? {
      switch self {
      case .notReadable: "a name that ends in .toml is read as TOML, any other as YAML"
      case .noRules:
        "gitleaks and betterleaks TOML, kingfisher and noseyparker YAML can be imported"
      case .ours: "use it as it is: --rules FILE"
      }
    }
  }

  /// What became of one rule.
  package struct Entry: Sendable {
    /// As its tool calls it.
    package let origin: String
    /// The rule that was made; nil if it cannot be expressed.
    package let rule: PlannedRule?
    /// Why it cannot be expressed, or what it says that the new rule does not.
    package let notes: [String]
  }

  /// The tool whose format the file has.
  package let tool: String
  package private(set) var entries: [Entry] = []
  /// What the file says beside its rules, and is left out.
  package let losses: [String]

  /// - Parameters:
  ///   - text: the content of the file.
  ///   - file: its name; decides between TOML and YAML.
  ///   - taken: ids that rules have already.
  /// - Throws: `Failure`.
  package init(
    _ text: String, named file: String, takenIDs taken: Set<String>
  ) throws(Failure) {
    let foreign =
      file.lowercased().hasSuffix(".toml")
      ? try ForeignFile(toml: text, named: file) : try ForeignFile(yaml: text, named: file)
    tool = foreign.tool
    losses = foreign.losses
    var ids = taken
    for rule in foreign.rules {
      let entry = Self.entry(for: rule, of: foreign, takenIDs: ids)
      if let id = entry.rule?.rule.id { ids.insert(id) }
      entries.append(entry)
    }
  }

  /// The rules that were made.
  package var rules: [PlannedRule] { entries.compactMap(\.rule) }

  // MARK: - One rule

  private static func entry(
    for foreign: ForeignRule, of file: ForeignFile, takenIDs: Set<String>
  ) -> Entry {
    func refused(_ reason: String) -> Entry {
      Entry(origin: foreign.id, rule: nil, notes: [reason])
    }
    if let obstacle = foreign.obstacle { return refused(obstacle) }
    guard let source = foreign.expression else { return refused("it has no expression") }
    let expression: ForeignExpression
    do {
      expression = try ForeignExpression(
        source, dialect: file.dialect, secretGroup: foreign.secretGroup,
        named: foreign.secretGroupName)
    } catch {
      return refused(error.reason)
    }
    let id = freeID(for: foreign.id, tool: file.tool, taken: takenIDs)
    var rule = Rule(
      id: id, name: foreign.name, provider: file.tool, expression: expression.text)
    rule.validators = validators(of: foreign)
    rule.severity = foreign.severity
    rule.confidence = foreign.confidence
    rule.tags = foreign.tags
    rule.docs = foreign.docs
    var notes = foreign.losses + expression.losses
    do {
      var planned = try PlannedRule(rule)
      if !foreign.keywords.isEmpty, !isImplied(by: planned.plan, keywords: foreign.keywords) {
        rule.confidence = .low
        notes.append(
          "no match needs to hold one of its keywords: it finds more, and its confidence is low")
      }
      let examples = ImportedExamples(of: foreign, for: planned)
      rule.examples = examples.examples
      rule.nonExamples = examples.nonExamples
      notes += examples.losses
      planned.rule = rule
      for issue in RuleLint().issues(of: planned) {
        guard issue.level == .warning else { return refused(issue.text) }
        notes.append(issue.text)
      }
      return Entry(origin: foreign.id, rule: planned, notes: notes)
    } catch {
      return refused(error.reason)
    }
  }

  private static func validators(of foreign: ForeignRule) -> [Validator] {
    [
      foreign.entropy.flatMap { Validator(key: "entropy", value: "\($0)") },
      foreign.minimumClasses.flatMap { Validator(key: "minimumClasses", value: "\($0)") },
    ].compactMap { $0 }
  }

  /// Whether every match holds one of the keywords anyway.
  private static func isImplied(by plan: RulePlan, keywords: [String]) -> Bool {
    let words = keywords.map { $0.lowercased() }
    return !plan.anchors.isEmpty
      && plan.anchors.allSatisfy { anchor in
        let text = String(decoding: anchor.bytes, as: UTF8.self).lowercased()
        return words.contains { text.contains($0) }
      }
  }

  /// The id in kebab case; with the tool before it, or a number behind it, where it is taken.
  private static func freeID(for origin: String, tool: String, taken: Set<String>) -> String {
    let parts = origin.lowercased().split { character in
      !(character.isASCII && (character.isLetter || character.isNumber))
    }
    let id = parts.isEmpty ? "\(tool)-rule" : parts.joined(separator: "-")
    if !taken.contains(id) { return id }
    let named = id.hasPrefix(tool) ? id : "\(tool)-\(id)"
    if !taken.contains(named) { return named }
    return (2...).lazy.map { "\(named)-\($0)" }.first { !taken.contains($0) } ?? named
  }
}
