package import SluiceRules

/// Each example of each rule, as one text.
package enum RuleExamples {
  /// A heading for each rule, then its examples, one record each, with the values of `rules lint`.
  package static func text(of rules: [PlannedRule]) -> MarkedText {
    var marked = MarkedText()
    for rule in rules.map(\.rule) {
      marked.append("# \(rule.id)\n".utf8)
      for (index, example) in rule.examples.enumerated() {
        let seed = Recipe.seed(rule: rule.id, kind: "example", index: index)
        guard let recipe = try? Recipe(example, seed: seed), let secret = recipe.secret else {
          preconditionFailure("example \(index + 1) of rule '\(rule.id)' marks no secret")
        }
        marked.append(recipe.text, secret: secret, rule: rule.id)
        marked.endLine()
      }
    }
    return marked
  }
}
