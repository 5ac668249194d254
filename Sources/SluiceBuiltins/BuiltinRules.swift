package import SluiceRules

/// The rules of `Patterns/`, as they were when the program was built.
package enum BuiltinRules {
  /// Everything, for people.
  package static func all() -> [PlannedRule] {
    RuleTable.rules(in: builtinRuleTable, isDocumented: true)
  }

  /// What a scanner needs; provider, tags, documentation and examples are empty.
  package static func forScanning() -> [PlannedRule] {
    RuleTable.rules(in: builtinRuleTable, isDocumented: false)
  }
}
