internal import SluiceRules

/// Adds what a document's structure says to what its text said: where each secret stands, and
/// which literal values of sensitive keys are secrets that no pattern of the text tells.
struct StructureAnalysis: Sendable {
  /// In bytes; larger documents are scanned as text only.
  static let largestDocument: UInt64 = 1 << 20
  private static let shortestSecret = 6
  private static let longestSecret = 4096
  /// How a value begins that only names a secret kept elsewhere.
  private static let references = [
    "vault://", "op://", "secret://", "ref+", "arn:", "env:", "file:", "ENC[", "projects/", "$",
    "{",
    "<", "%", "!", "/", "./", "~/", "@",
  ]

  /// The checks of the rules that judge by the key, by rule.
  private let validators: [String: [Validator]]

  init(rules: [Rule]) {
    var validators: [String: [Validator]] = [:]
    for rule in rules where SensitiveKey.rules.contains(rule.id) {
      validators[rule.id] = rule.validators
    }
    self.validators = validators
  }

  /// A literal value of a sensitive key.
  struct Literal {
    let ruleID: String
    let value: StructuredValue
    let definition: AgentDefinition?
  }

  /// Gives findings their structural paths.
  ///
  /// - Parameters:
  ///   - findings: those of the text.
  ///   - bytes: the document.
  ///   - kind: what its name says it is.
  ///   - path: its name.
  /// - Returns: the literals of sensitive keys that are no findings yet; nil if the document is not
  ///   what its name says.
  func apply(
    to findings: inout [ScanFinding], in bytes: [UInt8], as kind: StructureKind,
    at path: WorkspacePath
  ) -> [Literal]? {
    guard !findings.isEmpty || SensitiveKey.isNamed(in: bytes) else { return [] }
    let secrets = SecretRanges(findings.compactMap(\.byteRange))
    guard let values = kind.values(in: bytes, hiding: secrets) else { return nil }
    let definition = AgentDefinition(named: path) ?? AgentDefinition(of: values)
    for index in findings.indices {
      findings[index].definition = definition
      guard let range = findings[index].byteRange else { continue }
      findings[index].structuralPath = Self.value(at: range, in: values)?.path
    }
    return values.compactMap { value in
      guard value.isText, let key = value.key, let ruleID = SensitiveKey.rule(for: key),
        let checks = validators[ruleID], !secrets.overlap(value.range),
        isLiteral(value.content), checks.allSatisfy({ $0.accepts(value.content.span) })
      else { return nil }
      return Literal(ruleID: ruleID, value: value, definition: definition)
    }
  }

  private func isLiteral(_ content: [UInt8]) -> Bool {
    (Self.shortestSecret...Self.longestSecret).contains(content.count)
      && !content.contains { $0 < 0x20 || $0 == 0x7F }
      && !Self.references.contains { content.starts(with: $0.utf8) }
  }

  /// The value in which a secret stands.
  private static func value(
    at range: Range<Int>, in values: [StructuredValue]
  ) -> StructuredValue? {
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle].range.upperBound <= range.lowerBound {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low < values.count && values[low].range.overlaps(range) ? values[low] : nil
  }
}

extension ScanFinding {
  /// `range` for arrays.
  var byteRange: Range<Int>? { range.map { Int($0.lowerBound)..<Int($0.upperBound) } }
}
