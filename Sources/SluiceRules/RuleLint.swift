internal import SluiceRegex

/// Proves what a rule claims: that it compiles, that its examples are found exactly and its
/// non-examples are not, that it cannot run away.
package struct RuleLint {
  /// Something a rule claims that does not hold, or that its author should know.
  package struct Issue: Sendable, Hashable {
    package enum Level: String, Sendable {
      case error, warning
    }

    package let rule: String
    package let level: Level
    package let text: String
  }

  /// Bytes an attempt may see while examples are tried.
  private static let longestAttempt = 128 * 1024

  package init() {}

  package func issues(of planned: PlannedRule) -> [Issue] {
    let rule = planned.rule
    var issues: [Issue] = []
    func error(_ text: String) { issues.append(Issue(rule: rule.id, level: .error, text: text)) }
    func warning(_ text: String) {
      issues.append(Issue(rule: rule.id, level: .warning, text: text))
    }

    if planned.plan.anchors.isEmpty {
      warning("has no anchor: it is tried at every byte it can start with")
    } else if let short = planned.plan.anchors.first(where: { $0.bytes.count < 3 }) {
      warning(
        "the anchor '\(String(decoding: short.bytes, as: UTF8.self))' is shorter than 3 bytes")
    }
    if planned.plan.reach == nil && planned.plan.continuation.isEmpty {
      error("is unbounded, but repeats no class that could go on masking a long secret")
    }
    if let tree = try? RegexParser.parse(rule.boundedExpression) {
      for hazard in RegexAnalysis(tree).hazards { warning(hazard.problem) }
    }
    for (index, example) in rule.examples.enumerated() {
      if let text = failure(ofExample: example, number: index + 1, planned) { error(text) }
    }
    for (index, example) in rule.nonExamples.enumerated() {
      if let text = failure(ofNonExample: example, number: index + 1, planned) { error(text) }
    }
    return issues
  }

  private func failure(
    ofExample example: String, number: Int, _ planned: PlannedRule
  ) -> String? {
    let seed = Recipe.seed(rule: planned.rule.id, kind: "example", index: number - 1)
    do {
      let recipe = try Recipe(example, seed: seed)
      guard let secret = recipe.secret else { return "example \(number) marks no secret" }
      let found = try secrets(of: planned, in: recipe.text)
      if found == [secret] { return nil }
      if found.isEmpty { return "example \(number) is not found" }
      return "example \(number): the secret is at \(secret), found at \(list(found))"
    } catch {
      return "example \(number) cannot be made: \(error)"
    }
  }

  private func failure(
    ofNonExample example: String, number: Int, _ planned: PlannedRule
  ) -> String? {
    let seed = Recipe.seed(rule: planned.rule.id, kind: "nonExample", index: number - 1)
    do {
      let recipe = try Recipe(example, seed: seed)
      let found = try secrets(of: planned, in: recipe.text)
      return found.isEmpty ? nil : "non-example \(number) is found at \(list(found))"
    } catch {
      return "non-example \(number) cannot be made: \(error)"
    }
  }

  private func list(_ ranges: [Range<Int>]) -> String {
    ranges.map { "\($0)" }.joined(separator: ", ")
  }

  private func secrets(of planned: PlannedRule, in text: [UInt8]) throws -> [Range<Int>] {
    var matcher = ReferenceMatcher(
      planned, expressions: try ReferenceMatcher.Expressions(of: planned.rule),
      longestAttempt: Self.longestAttempt)
    return matcher.secrets(in: text.span)
  }
}
