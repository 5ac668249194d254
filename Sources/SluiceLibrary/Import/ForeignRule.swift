internal import SluiceRules

/// A rule of another tool, as far as it can be understood: what all formats have in common.
struct ForeignRule {
  /// How its tool calls it.
  var id: String
  var name: String
  /// In the syntax of its tool; nil if it has none.
  var expression: String?
  /// The capturing group that holds the secret, from 1; nil: the first one, if there is any.
  var secretGroup: Int?
  /// The name of that group, where the tool goes by names.
  var secretGroupName: String?
  var entropy: Double?
  /// One of them must stand near the match; in any case.
  var keywords: [String] = []
  var minimumClasses: Int?
  var tags: [String] = []
  var docs = ""
  var severity = Rule.Severity.high
  var confidence = Rule.Confidence.medium
  var examples: [String] = []
  var nonExamples: [String] = []
  /// Why it cannot be expressed at all.
  var obstacle: String?
  /// What it says that a rule of ours does not.
  var losses: [String] = []

  init(id: String, name: String) {
    self.id = id
    self.name = name
  }
}

/// A file of another tool.
struct ForeignFile {
  /// `gitleaks`, `kingfisher`, `noseyparker`.
  let tool: String
  let dialect: ForeignExpression.Dialect
  var rules: [ForeignRule] = []
  /// What it says beside its rules.
  var losses: [String] = []
}
