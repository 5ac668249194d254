internal import Foundation
internal import SluiceAlerts
internal import SluiceBuiltins
internal import SluiceRules
internal import SluiceScan

/// What a command works with: flags over the environment over the settings file over defaults.
///
/// A settings file is used only when it is named, by `--config` or `$SLUICE_CONFIG`. One that lies
/// in the working directory is not: whoever can put a file there, a checked-out repository or an
/// agent, could switch the masking off.
struct Settings {
  private let file: SettingsFile?
  /// Allowances that still hold.
  private let allowances: [SettingsFile.Allowance]

  static func load(_ options: CommonOptions) throws -> Settings { try load(options.choice) }

  static func load(
    _ options: CommonOptions.Choice,
    environment: (String) -> String? = { Environment.value(of: $0) },
    today: () -> String = { CalendarDay.today() }
  ) throws -> Settings {
    let named = options.configFile ?? environment("SLUICE_CONFIG").flatMap { $0.isEmpty ? nil : $0 }
    guard let path = named else { return Settings(file: nil, allowances: []) }
    let file = try configuring {
      try SettingsFile(Loading.text(ofFile: path), named: path)
    }
    options.tell("settings from \(path)")
    let day = today()
    for allowance in file.allowances where allowance.expires < day {
      options.warn(
        ErrorText.masked(
          "\(path):\(allowance.line): this allowance expired on \(allowance.expires) and does not "
            + "hold any more; its owner is \(allowance.owner)"))
    }
    return Settings(file: file, allowances: file.allowances.filter { $0.expires >= day })
  }

  /// Who is told about findings; nil: nobody.
  var alerts: AlertPlan? { file?.alerts }

  /// Whether a finding's fingerprint decides whether it is allowed.
  var needsFingerprintKey: Bool { allowances.contains { $0.entry.needsFingerprint } }

  /// The rules that are on, with what a scanner needs.
  func rules(more files: [String]) throws -> RuleSet {
    // Providers and tags decide only where a selection asks for them: leaving them out is what lets
    // a filter start fast.
    try rules(
      from: file?.selection.isEverything != false
        ? BuiltinRules.forScanning() : BuiltinRules.all(), more: files)
  }

  /// The rules that are on, with everything that is known of them.
  func documentedRules(more files: [String]) throws -> RuleSet {
    try rules(from: BuiltinRules.all(), more: files)
  }

  /// One rule by its id, also one that the settings switch off.
  func rule(_ id: String, more files: [String]) throws -> PlannedRule {
    let set = try configuring {
      try Loading.ruleSet(builtins: BuiltinRules.all(), files: ruleFiles + files)
    }
    guard let rule = set.rules.first(where: { $0.rule.id == id }) else {
      // What is no id may be anything: it is not repeated.
      throw ConfigurationError(
        cause: UsageError(
          problem: "there is no rule of that id",
          remedy: "'sluice rules list' shows them; 'sluice rules list --text WORD' searches"))
    }
    return rule
  }

  /// What is allowed in a stream.
  func allowlist(for rules: [PlannedRule], path: String?) -> Allowlist? {
    guard !allowances.isEmpty else { return nil }
    let list = Allowlist(allowances.map(\.entry), rules: rules, path: path)
    return list.isEmpty ? nil : list
  }

  /// What still is allowed, for a scan of many files.
  var entries: [Allowlist.Entry] { allowances.map(\.entry) }

  private func rules(from builtins: [PlannedRule], more files: [String]) throws -> RuleSet {
    try configuring {
      let set = try Loading.ruleSet(builtins: builtins, files: ruleFiles + files)
      guard let file else { return set }
      do {
        let kept = try RuleSet(file.selection.applied(to: set.rules))
        try refuseUselessAllowances(in: file, kept: kept, all: set)
        return kept
      } catch let error as RuleSelection.Failure {
        throw SettingsError(
          file: file.name, line: error.line, reason: error.reason, remedy: error.remedy)
      }
    }
  }

  /// Rule files of the settings, relative to the settings.
  private var ruleFiles: [String] {
    guard let file else { return [] }
    let folder = URL(filePath: file.name).deletingLastPathComponent()
    return file.ruleFiles.map { $0.hasPrefix("/") ? $0 : folder.appending(path: $0).relativePath }
  }

  private func refuseUselessAllowances(
    in file: SettingsFile, kept: RuleSet, all: RuleSet
  ) throws(SettingsError) {
    for allowance in allowances {
      guard let id = allowance.rule, !kept.rules.contains(where: { $0.rule.id == id }) else {
        continue
      }
      let isKnown = all.rules.contains { $0.rule.id == id }
      throw SettingsError(
        file: file.name, line: allowance.line,
        reason: isKnown
          ? "allows what the rule '\(id)' finds, which is switched off"
          : "allows what a rule finds that there is not",
        remedy: "correct 'rule', or remove the entry; 'sluice rules list' shows the ids")
    }
  }
}
