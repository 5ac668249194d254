internal import SluiceCrypto
internal import SluiceFilter
package import SluiceRules
package import SluiceScan

/// Proves what rules claim together, with the code that filters a stream: that each names its own
/// secrets, and that all four masks leave nothing of them.
package struct RuleSetLint {
  /// Bytes of a secret that the mask `partial` must keep to itself.
  private static let leastHidden = 6
  /// A shorter piece of a secret can stand in a text by chance.
  private static let shortestLeak = 6

  private let rules: [PlannedRule]
  private let compiled: CompiledRules

  /// - Parameter set: the rules that scan together.
  /// - Throws: `CompiledRules.Failure`.
  package init(_ set: RuleSet) throws(CompiledRules.Failure) {
    rules = set.rules
    compiled = try CompiledRules(set)
  }

  /// The issues of these rules among all of the set.
  package func issues(of ids: Set<String>) -> [RuleLint.Issue] {
    rules.filter { ids.contains($0.rule.id) }.flatMap { issues(of: $0) }
  }

  private func issues(of planned: PlannedRule) -> [RuleLint.Issue] {
    let id = planned.rule.id
    let examples = planned.rule.examples.indices.compactMap { index in
      try? Recipe(
        planned.rule.examples[index],
        seed: Recipe.seed(rule: id, kind: "example", index: index))
    }.filter { $0.secret != nil }
    let problems = [shadow(over: planned, examples: examples)] + masks(of: planned, on: examples)
    return problems.compactMap { text in
      text.map { RuleLint.Issue(rule: id, level: .error, text: $0) }
    }
  }

  // MARK: - Shadows

  private func shadow(over planned: PlannedRule, examples: [Recipe]) -> String? {
    var others: Set<String> = []
    for example in examples {
      guard let secret = example.secret else { continue }
      let names = findings(of: compiled, in: example.text)
        .filter { Int($0.start) < secret.upperBound && Int($0.end) > secret.lowerBound }
        .map { rules[$0.rule.position].rule.id }
      // What no rule finds is an issue of the example, and another one.
      if names.isEmpty || names.contains(planned.rule.id) { return nil }
      others.formUnion(names)
    }
    guard !others.isEmpty else { return nil }
    let names = others.sorted().joined(separator: ", ")
    return "is shadowed: each of its examples is named by \(names)"
  }

  private func findings(of rules: CompiledRules, in text: [UInt8]) -> [Finding] {
    var scanner = Scanner(rules: rules)
    var list = FindingList()
    _ = scanner.scan(text.span, at: 0, isFinal: true, into: &list)
    return list.findings
  }

  // MARK: - Masks

  private func masks(of planned: PlannedRule, on examples: [Recipe]) -> [String?] {
    guard let alone = try? CompiledRules(RuleSet([planned])) else { return [] }
    var problems: [String?] = [ownMask(of: planned, alone: alone)]
    for (index, example) in examples.enumerated() {
      // What is not found exactly is an issue of the example, and another one.
      guard let range = example.secret,
        findings(of: alone, in: example.text).contains(where: {
          Int($0.start)..<Int($0.end) == range
        })
      else { continue }
      let secret = Array(example.text[range])
      let shown =
        planned.plan.publicPrefixes
        .filter { secret.starts(with: $0) && $0.count < secret.count }.map(\.count).max() ?? 0
      if shown > 0, secret.count - shown < Self.leastHidden {
        problems.append(
          "the mask 'partial' shows all but \(secret.count - shown) bytes of the secret of "
            + "example \(index + 1): the public prefix is too long")
      }
      for style in MaskStyle.allCases {
        let output = redacted(
          example.text, rules: alone, style: style, fingerprinter: Self.fingerprinter())
        let hidden = Array(secret.dropFirst(shown))
        if hidden.count >= Self.shortestLeak, contains(hidden, in: output) {
          problems.append(
            "the mask '\(style.rawValue)' leaves the secret of example \(index + 1) in the text")
        }
      }
    }
    return problems
  }

  /// What a second filter would mask again.
  private func ownMask(of planned: PlannedRule, alone: CompiledRules) -> String? {
    let mask = Array("[REDACTED:\(planned.rule.id)]".utf8)
    return redacted(mask, rules: alone) == mask ? nil : "finds a secret in its own mask"
  }

  private func contains(_ needle: [UInt8], in text: [UInt8]) -> Bool {
    guard text.count >= needle.count else { return false }
    return (0...text.count - needle.count).contains { text[$0...].starts(with: needle) }
  }

  /// A key that everybody knows: these fingerprints stand for made-up secrets.
  private static func fingerprinter() -> Fingerprinter? {
    let key = Array("sluice rules lint".utf8)
    return try? Fingerprinter(material: SecretBytes(copying: key.span))
  }
}

/// Keeps the findings of a text that is short.
struct FindingList: FindingSink {
  private(set) var findings: [Finding] = []

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) { findings.append(finding) }
  mutating func open(_ finding: Finding, secret: Span<UInt8>) {}
  mutating func close(_ finding: Finding) { findings.append(finding) }
}
