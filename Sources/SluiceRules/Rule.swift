/// One kind of secret: how it looks, how sure a look-alike is, and what to do about a leak.
package struct Rule: Sendable, Hashable {
  /// How much harm the secret does in wrong hands.
  package enum Severity: String, Sendable, Hashable, CaseIterable {
    case low, medium, high, critical

    /// 0 is the lowest.
    package var rank: Int {
      switch self {
      case .low: 0
      case .medium: 1
      case .high: 2
      case .critical: 3
      }
    }
  }

  /// How likely a find is a secret.
  ///
  /// Decides between findings that overlap.
  package enum Confidence: String, Sendable, Hashable, CaseIterable {
    case low, medium, high

    /// 0 is the lowest.
    package var rank: Int {
      switch self {
      case .low: 0
      case .medium: 1
      case .high: 2
      }
    }

    /// One step less; low stays low.
    package var lowered: Confidence {
      switch self {
      case .low, .medium: .low
      case .high: .medium
      }
    }
  }

  /// Kebab case, unique, stable over releases.
  package var id: String
  package var name: String
  /// Kebab case; the base name of the file that holds the rule.
  package var provider: String
  /// The families that the rule says it serves; empty: see `families`.
  package var statedFamilies: [String] = []
  /// PCRE2, byte mode, as its author wrote it: without the boundary, with `Fragments` by name.
  package var expression: String
  package var boundary: Boundary
  /// Literals that the author says every match holds one of; nil: derive them.
  package var statedAnchors: [String]?
  /// All must accept the secret.
  package var validators: [Validator]
  /// Where one of these does not accept the secret, it is found with less confidence.
  package var doubts: [Validator] = []
  package var severity: Severity
  package var confidence: Confidence
  package var tags: [String]
  /// Where the vendor documents the format.
  package var docs: String
  /// What the owner of a leaked secret does next.
  package var remediation: String
  /// Recipes; the secret is marked.
  package var examples: [String]
  package var nonExamples: [String]

  /// The kinds of token that the rule serves, as people call them: those it states, else the one
  /// that is called like the rule.
  package var families: [String] { statedFamilies.isEmpty ? [name] : statedFamilies }

  /// How likely this find is a secret: a step less than the rule's own confidence if one of
  /// `doubts` does not accept it.
  package func confidence(of secret: Span<UInt8>) -> Confidence {
    doubts.allSatisfy { $0.accepts(secret) } ? confidence : confidence.lowered
  }

  /// What the secret tells about itself, each kind once; see `Validator.insights(in:)`.
  package func insights(in secret: Span<UInt8>) -> [Insight] {
    var insights: [Insight] = []
    for validator in validators + doubts {
      for insight in validator.insights(in: secret)
      where !insights.contains(where: { $0.kind == insight.kind }) {
        insights.append(insight)
      }
    }
    return insights
  }

  /// The expression as it is matched.
  package var boundedExpression: String {
    boundary.applied(to: Fragments.expanded(expression))
  }
}

extension Rule {
  /// A rule that says no more than what it looks for; the rest is as in a rule file that leaves
  /// it out.
  package init(id: String, name: String, provider: String, expression: String) {
    self.init(
      id: id, name: name, provider: provider, expression: expression, boundary: .none,
      statedAnchors: nil, validators: [], severity: .high, confidence: .medium, tags: [], docs: "",
      remediation: "", examples: [], nonExamples: [])
  }
}
