package import SluiceRules
internal import SluiceScan

/// Everything about one rule, for a person who asks what it looks for and why.
///
/// Examples are made up from their recipes and shown as a filter would pass them on (G3).
package struct RuleSheet: Sendable {
  /// A heading and what stands under it, one or more lines.
  package struct Section: Sendable {
    package let heading: String
    package let lines: [String]
  }

  package let sections: [Section]

  package init(of planned: PlannedRule) {
    let rule = planned.rule
    let expanded = Fragments.expanded(rule.expression)
    let sections: [(String, [String])] = [
      ("rule", [rule.id]),
      ("name", [rule.name]),
      ("provider", [rule.provider]),
      ("families", rule.statedFamilies.isEmpty ? [] : [rule.families.joined(separator: ", ")]),
      ("severity", [rule.severity.rawValue]),
      ("confidence", [rule.confidence.rawValue]),
      ("tags", rule.tags.isEmpty ? [] : [rule.tags.joined(separator: ", ")]),
      ("docs", rule.docs.isEmpty ? [] : [rule.docs]),
      ("remediation", rule.remediation.isEmpty ? [] : [rule.remediation]),
      ("regex", [rule.expression]),
      ("expanded", expanded == rule.expression ? [] : [expanded]),
      ("boundary", [Self.boundary(rule.boundary)]),
      ("anchors", Self.anchors(of: planned)),
      ("length", [Self.length(of: planned.plan)]),
      ("validators", rule.validators.map { "\($0.spelling.key): \($0.spelling.value)" }),
      ("public", Self.prefixes(of: planned.plan)),
      ("examples", Self.examples(of: planned)),
      ("near misses", rule.nonExamples.map(Self.oneLine)),
    ]
    self.sections = sections.filter { !$0.1.isEmpty }
      .map { Section(heading: $0.0, lines: $0.1) }
  }

  private static func boundary(_ boundary: Boundary) -> String {
    switch boundary {
    case .none: "none: anything may stand beside it"
    case .alnum: "alnum: no letter or digit beside it"
    case .word: "word: no letter, digit or _ beside it"
    case .base64url: "base64url: no letter, digit, _ or - beside it"
    case .base64: "base64: no letter, digit, +, / or = beside it"
    case .hex: "hex: no hexadecimal digit beside it"
    }
  }

  private static func anchors(of planned: PlannedRule) -> [String] {
    let plan = planned.plan
    guard !plan.anchors.isEmpty else {
      return ["none: the expression is tried at every byte that it can start with"]
    }
    let literals = plan.anchors.map { anchor in
      "'\(oneLine(String(decoding: anchor.bytes, as: UTF8.self)))'"
        + (anchor.isCaseless ? " in any case" : "")
    }
    let origin =
      planned.rule.statedAnchors == nil
      ? "derived from the expression" : "stated by the author, proved from the expression"
    let place =
      switch (plan.lead.lowerBound, plan.lead.upperBound) {
      case (0, 0): "at the start of a match"
      case (let least, let most) where least == most: "\(least) bytes after the start of a match"
      case (let least, let most): "\(least) to \(most) bytes after the start of a match"
      }
    return ["\(literals.joined(separator: ", "))", "\(origin); \(place)"]
  }

  private static func length(of plan: RulePlan) -> String {
    plan.reach.map { "an attempt looks at \($0) bytes at most" }
      ?? "without a bound; what is longer than the window is masked to its end"
  }

  private static func prefixes(of plan: RulePlan) -> [String] {
    let texts = plan.publicPrefixes.map { oneLine(String(decoding: $0, as: UTF8.self)) }
    return texts.isEmpty
      ? [] : ["\(texts.joined(separator: ", ")): not secret, kept by --mask partial"]
  }

  private static func examples(of planned: PlannedRule) -> [String] {
    guard let rules = try? CompiledRules(RuleSet([planned])) else { return [] }
    return planned.rule.examples.enumerated().compactMap { index, example in
      let seed = Recipe.seed(rule: planned.rule.id, kind: "example", index: index)
      guard let recipe = try? Recipe(example, seed: seed) else { return nil }
      return oneLine(String(decoding: redacted(recipe.text, rules: rules), as: UTF8.self))
    }
  }

  /// Control characters as Swift would write them.
  private static func oneLine(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : String(scalar)
    }.joined()
  }
}
