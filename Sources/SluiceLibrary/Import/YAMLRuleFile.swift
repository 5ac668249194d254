internal import SluiceRules
internal import Yams

extension ForeignFile {
  /// Reads the YAML of kingfisher and noseyparker: a list `rules` of mappings with `id`, `name`
  /// and `pattern`.
  ///
  /// - Throws: `RuleImport.Failure`; the text of the file is not in it.
  init(yaml text: String, named file: String) throws(RuleImport.Failure) {
    let root: Node?
    do {
      root = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      let line =
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
          mark.line
        default: 0
        }
      throw .notReadable(file: file, line: line, format: "YAML")
    } catch {
      throw .notReadable(file: file, line: 0, format: "YAML")
    }
    guard let list = root?.mapping?["rules"]?.sequence else { throw .noRules(file: file) }
    let nodes = list.compactMap(\.mapping)
    guard nodes.contains(where: { $0["pattern"] != nil }) else {
      // A file of ours has `regex`; it needs no import.
      throw nodes.contains { $0["regex"] != nil } ? .ours(file: file) : .noRules(file: file)
    }
    let ownKeys = ["categories", "negative_examples", "description"]
    let isNosey = nodes.contains { node in
      node["id"]?.scalar?.string.hasPrefix("np.") == true
        || ownKeys.contains { node[$0] != nil }
    }
    self.init(tool: isNosey ? "noseyparker" : "kingfisher", dialect: .rust)
    rules = nodes.map(Self.rule)
  }

  private static func rule(_ fields: Node.Mapping) -> ForeignRule {
    func text(_ key: String) -> String? { fields[key]?.scalar?.string }
    func texts(_ key: String) -> [String] {
      fields[key]?.sequence?.compactMap { $0.scalar?.string } ?? []
    }
    let id = text("id") ?? text("name") ?? ""
    var rule = ForeignRule(id: id, name: text("name") ?? id)
    rule.expression = text("pattern")
    rule.secretGroupName = "TOKEN"
    rule.entropy = text("min_entropy").flatMap(Double.init).flatMap { $0 > 0 ? $0 : nil }
    rule.confidence = text("confidence").flatMap(Rule.Confidence.init(rawValue:)) ?? .medium
    rule.docs = texts("references").first ?? ""
    rule.examples = texts("examples")
    rule.nonExamples = texts("negative_examples")
    rule.tags = texts("categories")
    if text("visible") == "false" {
      rule.obstacle = "it finds a part of other rules' secrets and reports nothing by itself"
    } else if rule.tags.contains("identifier") && !rule.tags.contains("secret") {
      rule.severity = .low
    }
    for key in ["validation", "revocation", "depends_on_rule", "checksum"] where fields[key] != nil
    {
      rule.losses.append("'\(key)' is left out")
    }
    if let requirements = fields["pattern_requirements"]?.mapping {
      read(requirements, into: &rule)
    }
    return rule
  }

  private static func read(_ requirements: Node.Mapping, into rule: inout ForeignRule) {
    let kinds = ["min_digits", "min_uppercase", "min_lowercase", "min_special_chars"].filter {
      (requirements[$0]?.scalar?.string).flatMap(Int.init) ?? 0 > 0
    }
    if kinds.count > 1 {
      rule.minimumClasses = kinds.count
      rule.losses.append("\(kinds.joined(separator: ", ")) became 'minimumClasses: \(kinds.count)'")
    } else if let kind = kinds.first {
      rule.losses.append("'\(kind)' is left out: it finds more")
    }
    for key in ["ignore_if_contains", "checksum"] where requirements[key] != nil {
      rule.losses.append("'\(key)' is left out: it finds more")
    }
  }
}
