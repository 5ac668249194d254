internal import SluiceRegex

/// Proves what a rule claims by itself: that it compiles, that its examples are found exactly and
/// its non-examples are not, that it cannot run away.
///
/// What can be said of a rule among others, and of its masks, is said by `RuleSetLint`.
package struct RuleLint {
  /// Something a rule claims that does not hold, or that its author should know.
  package struct Issue: Sendable, Hashable {
    package enum Level: String, Sendable {
      case error, warning
    }

    package let rule: String
    package let level: Level
    package let text: String

    package init(rule: String, level: Level, text: String) {
      self.rule = rule
      self.level = level
      self.text = text
    }
  }

  /// Bytes an attempt may see while examples are tried.
  private static let longestAttempt = 128 * 1024

  /// Whether match steps are measured; takes most of the time.
  private let measuresCost: Bool

  package init(measuresCost: Bool = true) { self.measuresCost = measuresCost }

  package func issues(of planned: PlannedRule) -> [Issue] {
    let rule = planned.rule
    var issues: [Issue] = []
    func error(_ text: String) { issues.append(Issue(rule: rule.id, level: .error, text: text)) }
    func warning(_ text: String) {
      issues.append(Issue(rule: rule.id, level: .warning, text: text))
    }

    let cost = measuresCost ? try? RuleCost(of: rule) : nil
    if let cost, cost.steps == nil {
      error(
        "an attempt takes more than \(RuleCost.mostSteps) steps on a text of about "
          + "\(RuleCost.length) bytes that is made for it")
    }
    if let cost, cost.slowest > RuleCost.mostTime {
      error(
        "an attempt on a text of about \(RuleCost.length) bytes that is made for it takes "
          + "\(cost.slowest.formattedMilliseconds) ms: its time grows faster than the text")
    }
    if planned.plan.anchors.isEmpty {
      let starts = RuleCost.startsPerThousand(of: planned.plan)
      warning(
        "has no anchor: it is tried at every byte it can start with, \(starts) of 1000 in an "
          + "ordinary log"
          + (cost.map { ", with up to \($0.steps ?? RuleCost.mostSteps) steps each" } ?? ""))
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
    if let text = lostSurrounding(of: planned) { warning(text) }
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

  /// The first surrounding in which the rule does not find the secret of its first example to
  /// its last byte, if the secret needs no key; the others depend on how the example is written.
  private func lostSurrounding(of planned: PlannedRule) -> String? {
    let seed = Recipe.seed(rule: planned.rule.id, kind: "example", index: 0)
    guard let example = planned.rule.examples.first,
      let recipe = try? Recipe(example, seed: seed), let range = recipe.secret,
      let expressions = try? ReferenceMatcher.Expressions(of: planned.rule)
    else { return nil }
    var matcher = ReferenceMatcher(
      planned, expressions: expressions, longestAttempt: Self.longestAttempt)
    let token = Array(recipe.text[range])
    guard matcher.secrets(in: token.span) == [0..<token.count] else { return nil }
    for sample in Surroundings.samples(ofToken: token, boundary: planned.rule.boundary)
    where !Surroundings.isFound(
      sample, in: matcher.secrets(in: sample.text.span), by: planned.rule)
    { return "loses the secret of example 1, or a part of it: \(sample.name)" }
    return nil
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

extension Duration {
  fileprivate var formattedMilliseconds: String {
    String(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
