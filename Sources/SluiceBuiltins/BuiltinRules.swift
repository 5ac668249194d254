package import SluiceRules

/// The rules of `Patterns/`, as they were when the program was built.
package enum BuiltinRules {
  package static func all() -> [PlannedRule] { RuleTable.rules(in: builtinRuleTable) }
}
