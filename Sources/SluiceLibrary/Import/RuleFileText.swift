package import SluiceRules
internal import Yams

/// Writes rules as a rule file.
package enum RuleFileText {
  /// - Parameters:
  ///   - rules: the rules; the file is of the provider of the first.
  ///   - name: what a person calls the file.
  /// - Returns: YAML that `RuleFile` reads.
  /// - Throws: what Yams throws.
  package static func yaml(of rules: [Rule], named name: String) throws -> String {
    let file: [(Node, Node)] = [
      (key("provider"), plain(rules.first?.provider ?? "custom")),
      (key("name"), quoted(name)),
      (key("rules"), Node.sequence(Node.Sequence(rules.map(node)))),
    ]
    return try Yams.serialize(
      node: .mapping(Node.Mapping(file)), width: -1, allowUnicode: true)
  }

  private static func node(of rule: Rule) -> Node {
    var fields: [(Node, Node)] = [
      (key("id"), plain(rule.id)), (key("name"), quoted(rule.name)),
      (key("regex"), quoted(rule.expression)),
    ]
    if rule.boundary != .none { fields.append((key("boundary"), plain(rule.boundary.rawValue))) }
    if let anchors = rule.statedAnchors { fields.append((key("anchors"), list(anchors))) }
    if !rule.validators.isEmpty {
      let validators = rule.validators.map { validator in
        Node.mapping(
          Node.Mapping([(key(validator.spelling.key), plain(validator.spelling.value))]))
      }
      fields.append((key("validators"), .sequence(Node.Sequence(validators))))
    }
    fields.append((key("severity"), plain(rule.severity.rawValue)))
    fields.append((key("confidence"), plain(rule.confidence.rawValue)))
    if !rule.tags.isEmpty { fields.append((key("tags"), list(rule.tags))) }
    if !rule.docs.isEmpty { fields.append((key("docs"), quoted(rule.docs))) }
    if !rule.remediation.isEmpty { fields.append((key("remediation"), quoted(rule.remediation))) }
    if !rule.examples.isEmpty { fields.append((key("examples"), list(rule.examples))) }
    if !rule.nonExamples.isEmpty { fields.append((key("nonExamples"), list(rule.nonExamples))) }
    return .mapping(Node.Mapping(fields))
  }

  private static func key(_ text: String) -> Node { plain(text) }

  private static func plain(_ text: String) -> Node { .scalar(Node.Scalar(text, Tag(.str), .any)) }

  private static func list(_ texts: [String]) -> Node {
    .sequence(Node.Sequence(texts.map(quoted)))
  }

  /// In single quotes, in which a backslash is one; in double quotes where that cannot be.
  private static func quoted(_ text: String) -> Node {
    let isSimple = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    return .scalar(Node.Scalar(text, Tag(.str), isSimple ? .singleQuoted : .doubleQuoted))
  }
}
