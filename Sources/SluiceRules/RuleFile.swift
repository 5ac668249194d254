internal import Yams

/// Why a rule file cannot be read: which file, line and rule, and what to change.
package struct RuleFileError: ExplainedError, Hashable {
  package let file: String
  /// From 1; 0 if the whole file is meant.
  package let line: Int
  package let rule: String?
  package let reason: String
  package let remedy: String?

  package var problem: String {
    let place = line > 0 ? "\(file):\(line)" : file
    return rule.map { "\(place): rule '\($0)': \(reason)" } ?? "\(place): \(reason)"
  }
}

/// Reads the rules of one YAML file.
///
/// Unknown keys are errors: a field that does nothing is a hole.
package struct RuleFile {
  private let file: String
  private let requiresDocumentation: Bool

  /// - Parameters:
  ///   - file: the name for error messages.
  ///   - requiresDocumentation: whether `severity`, `confidence`, `tags`, `docs`, `remediation`
  ///     and two examples and non-examples are demanded, as for the built-in rules.
  package init(named file: String, requiresDocumentation: Bool) {
    self.file = file
    self.requiresDocumentation = requiresDocumentation
  }

  /// - Throws: `RuleFileError`.
  package func rules(in yaml: String) throws(RuleFileError) -> [Rule] {
    let root: Node?
    do {
      root = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      throw fail(syntax: error)
    } catch {
      throw fail(nil, nil, "is not YAML", "check the file's encoding; it must be UTF-8")
    }
    guard let top = root?.mapping else {
      throw fail(root, nil, "must be a mapping with 'provider' and 'rules'", nil)
    }
    try refuseUnknown(in: top, known: ["provider", "name", "rules"], rule: nil)
    let provider = try string("provider", in: top, rule: nil) ?? "custom"
    guard let list = top["rules"]?.sequence, !list.isEmpty else {
      throw fail(top["rules"], nil, "'rules' must be a list with at least one rule", nil)
    }
    var rules: [Rule] = []
    for node in list {
      rules.append(try rule(node, provider: provider))
    }
    return rules
  }

  private static let knownKeys: Set<String> = [
    "id", "name", "families", "regex", "boundary", "anchors", "validators", "severity",
    "confidence", "tags", "docs", "remediation", "examples", "nonExamples",
  ]

  private func rule(_ node: Node, provider: String) throws(RuleFileError) -> Rule {
    guard let fields = node.mapping else {
      throw fail(node, nil, "a rule must be a mapping", nil)
    }
    guard let id = try string("id", in: fields, rule: nil) else {
      throw fail(node, nil, "a rule has no 'id'", "give it a unique kebab-case id")
    }
    guard isKebabCase(id) else {
      throw fail(
        fields["id"], nil, "the id '\(id)' is not kebab case",
        "use lower-case letters, digits and single dashes")
    }
    try refuseUnknown(in: fields, known: Self.knownKeys, rule: id)
    guard let expression = try string("regex", in: fields, rule: id) else {
      throw fail(node, id, "has no 'regex'", nil)
    }
    if let name = Fragments.unknownNames(in: expression).first {
      throw fail(
        fields["regex"], id, "unknown fragment '{{\(name)}}'",
        "Patterns/README.md lists the fragments")
    }
    let (validators, doubts) = try validators(in: fields, rule: id)
    var rule = Rule(
      id: id,
      name: try string("name", in: fields, rule: id) ?? id,
      provider: provider,
      statedFamilies: try families(in: fields, rule: id),
      expression: expression,
      boundary: try choice("boundary", in: fields, rule: id) ?? .none,
      statedAnchors: try strings("anchors", in: fields, rule: id),
      validators: validators,
      severity: try choice("severity", in: fields, rule: id) ?? .high,
      confidence: try choice("confidence", in: fields, rule: id) ?? .medium,
      tags: try strings("tags", in: fields, rule: id) ?? [],
      docs: try string("docs", in: fields, rule: id) ?? "",
      remediation: try string("remediation", in: fields, rule: id) ?? "",
      examples: try strings("examples", in: fields, rule: id) ?? [],
      nonExamples: try strings("nonExamples", in: fields, rule: id) ?? [])
    rule.doubts = doubts
    if requiresDocumentation { try demandDocumentation(of: rule, in: fields, at: node) }
    return rule
  }

  private func demandDocumentation(
    of rule: Rule, in fields: Node.Mapping, at node: Node
  ) throws(RuleFileError) {
    let missing: [(String, Bool)] = [
      ("severity", fields["severity"] == nil), ("confidence", fields["confidence"] == nil),
      ("tags", rule.tags.isEmpty), ("docs", rule.docs.isEmpty),
      ("remediation", rule.remediation.isEmpty),
      ("two examples", rule.examples.count < 2), ("two nonExamples", rule.nonExamples.count < 2),
    ]
    if let (field, _) = missing.first(where: \.1) {
      throw fail(node, rule.id, "has no \(field)", "a built-in rule must prove what it claims")
    }
  }

  /// Empty when the rule names none, and serves the one that is called like the rule.
  private func families(
    in fields: Node.Mapping, rule: String
  ) throws(RuleFileError) -> [String] {
    guard let families = try strings("families", in: fields, rule: rule) else { return [] }
    guard !families.isEmpty, Set(families).count == families.count else {
      throw fail(
        fields["families"], rule, "'families' must name at least one family, and none twice",
        "leave it out when the rule serves one family that is called like the rule")
    }
    return families
  }

  /// What happens to a find that a validator does not accept.
  private enum Mismatch: String, CaseIterable {
    case drop, lower
  }

  /// The validators that drop a find, and those that lower its confidence.
  private func validators(
    in fields: Node.Mapping, rule: String
  ) throws(RuleFileError) -> (dropping: [Validator], lowering: [Validator]) {
    guard let node = fields["validators"] else { return ([], []) }
    guard let list = node.sequence else {
      throw fail(node, rule, "'validators' must be a list of 'name: value'", nil)
    }
    var dropping: [Validator] = []
    var lowering: [Validator] = []
    for item in list {
      guard var pairs = item.mapping else {
        throw fail(item, rule, "a validator must be one 'name: value'", nil)
      }
      let mismatch: Mismatch = try choice("onMismatch", in: pairs, rule: rule) ?? .drop
      pairs["onMismatch"] = nil
      guard let pair = pairs.first, let key = pair.key.scalar?.string,
        let value = pair.value.scalar?.string, pairs.count == 1
      else { throw fail(item, rule, "a validator must be one 'name: value'", nil) }
      guard let validator = Validator(key: key, value: value) else {
        throw fail(
          item, rule, "unknown validator '\(key): \(value)'",
          "Patterns/README.md lists the validators")
      }
      switch mismatch {
      case .drop: dropping.append(validator)
      case .lower: lowering.append(validator)
      }
    }
    return (dropping, lowering)
  }

  private func string(
    _ key: String, in fields: Node.Mapping, rule: String?
  ) throws(RuleFileError) -> String? {
    guard let node = fields[key] else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw fail(node, rule, "'\(key)' must be a text", nil)
    }
    return text
  }

  private func strings(
    _ key: String, in fields: Node.Mapping, rule: String?
  ) throws(RuleFileError) -> [String]? {
    guard let node = fields[key] else { return nil }
    guard let list = node.sequence else {
      throw fail(node, rule, "'\(key)' must be a list", nil)
    }
    var texts: [String] = []
    for item in list {
      guard let text = item.scalar?.string, !text.isEmpty else {
        throw fail(item, rule, "'\(key)' must be a list of texts", nil)
      }
      texts.append(text)
    }
    return texts
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ key: String, in fields: Node.Mapping, rule: String
  ) throws(RuleFileError) -> Choice? where Choice.RawValue == String {
    guard let text = try string(key, in: fields, rule: rule) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw fail(fields[key], rule, "'\(key)' cannot be '\(text)'", "choose one of: \(choices)")
    }
    return choice
  }

  private func refuseUnknown(
    in fields: Node.Mapping, known: Set<String>, rule: String?
  ) throws(RuleFileError) {
    for key in fields.keys where !known.contains(key.scalar?.string ?? "") {
      throw fail(
        key, rule, "unknown key '\(key.scalar?.string ?? "?")'",
        "known keys are: \(known.sorted().joined(separator: ", "))")
    }
  }

  private func fail(
    _ node: Node?, _ rule: String?, _ reason: String, _ remedy: String?
  ) -> RuleFileError {
    RuleFileError(
      file: file, line: node?.mark?.line ?? 0, rule: rule, reason: reason, remedy: remedy)
  }

  private func fail(syntax error: YamlError) -> RuleFileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      RuleFileError(
        file: file, line: mark.line, rule: nil, reason: "is not YAML: \(problem)",
        remedy: "put expressions into single quotes")
    case .duplicatedKeysInMapping(_, let context):
      RuleFileError(
        file: file, line: context.mark.line, rule: nil, reason: "a key stands twice in a mapping",
        remedy: "keep one of them")
    default:
      RuleFileError(
        file: file, line: 0, rule: nil, reason: "is not YAML",
        remedy: "check the file's encoding; it must be UTF-8")
    }
  }
}

/// Lower-case letters, digits and single dashes.
func isKebabCase(_ text: String) -> Bool {
  !text.isEmpty && !text.hasPrefix("-") && !text.hasSuffix("-") && !text.contains("--")
    && text.utf8.allSatisfy {
      $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 || $0 &- 0x61 < 26
    }
}
