internal import Foundation
internal import SluiceAlerts
internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan
internal import Yams

/// What a settings file says, before it meets the rules.
struct SettingsFile {
  /// Something that is allowed, and who answers for it until when.
  struct Allowance {
    let entry: Allowlist.Entry
    let rule: String?
    let owner: String
    /// The last day on which it holds, `2027-01-31`.
    let expires: String
    let line: Int
  }

  let name: String
  /// Rule files, as they are written.
  private(set) var ruleFiles: [String] = []
  private(set) var selection = RuleSelection()
  private(set) var allowances: [Allowance] = []
  /// Who is told about findings.
  private(set) var alerts: AlertPlan?
  private(set) var audit: AuditSettings?

  /// - Parameters:
  ///   - yaml: the content of the file.
  ///   - name: what messages call it.
  /// - Throws: `SettingsError`.
  init(_ yaml: String, named name: String) throws(SettingsError) {
    self.name = name
    guard let root = try Self.root(of: yaml, named: name) else {
      throw SettingsError(
        file: name, line: 0, reason: "holds no settings",
        remedy: "README.md shows what can stand in it")
    }
    let top = try SettingsFields(
      root, file: name, name: "the file", known: ["rules", "allow", "alerts", "audit"])
    if let rules = top.node("rules") { try readRules(rules) }
    if let node = top.node("alerts") { alerts = try AlertSettings.plan(node, in: name) }
    if let node = top.node("audit") { audit = try AuditSettings(node, file: name) }
    guard let allow = top.node("allow") else { return }
    guard let list = allow.sequence, !list.isEmpty else {
      throw top.error("'allow' must be a list with at least one entry", at: allow)
    }
    for node in list { allowances.append(try allowance(node)) }
  }

  static func root(of yaml: String, named name: String) throws(SettingsError) -> Node? {
    do {
      return try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      let line: Int
      var reason = "is not YAML"
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        line = mark.line
        reason += ": \(problem)"
      case .duplicatedKeysInMapping(_, let context):
        line = context.mark.line
        reason = "a key stands twice in a mapping"
      default: line = 0
      }
      throw SettingsError(
        file: name, line: line, reason: reason, remedy: "put expressions into single quotes")
    } catch {
      throw SettingsError(file: name, line: 0, reason: "is not YAML", remedy: nil)
    }
  }

  // MARK: - Rules

  private mutating func readRules(_ node: Node) throws(SettingsError) {
    let fields = try SettingsFields(
      node, file: name, name: "'rules'",
      known: ["files", "enable", "disable", "minimumSeverity", "minimumConfidence"])
    ruleFiles = try fields.texts("files").map(\.text)
    if let node = fields.node("enable") { selection.enabled = try entries(node, "'rules.enable'") }
    if let node = fields.node("disable") {
      selection.disabled = try entries(node, "'rules.disable'")
    }
    selection.minimumSeverity = try fields.choice("minimumSeverity") ?? .low
    selection.minimumConfidence = try fields.choice("minimumConfidence") ?? .low
  }

  private func entries(
    _ node: Node, _ place: String
  ) throws(SettingsError) -> [RuleSelection.Entry] {
    let fields = try SettingsFields(
      node, file: name, name: place, known: RuleSelection.Criterion.allCases.map(\.rawValue))
    var entries: [RuleSelection.Entry] = []
    for criterion in RuleSelection.Criterion.allCases {
      for (text, line) in try fields.texts(criterion.rawValue) {
        entries.append(RuleSelection.Entry(criterion, text, line: line))
      }
    }
    guard !entries.isEmpty else { throw fields.error("\(place) names nothing", at: node) }
    return entries
  }

  // MARK: - Allowances

  private func allowance(_ node: Node) throws(SettingsError) -> Allowance {
    let fields = try SettingsFields(
      node, file: name, name: "an entry of 'allow'",
      known: ["rule", "path", "regex", "fingerprint", "owner", "reason", "expires"])
    let owner = try fields.requiredText("owner")
    _ = try fields.requiredText("reason")
    let expires = try fields.requiredText("expires")
    guard CalendarDay.isOne(expires) else {
      throw fields.error(
        "'expires' must be a day", at: fields.node("expires"), "write it as 2027-01-31")
    }
    var fingerprint: Fingerprint?
    if let text = try fields.text("fingerprint") {
      fingerprint = Fingerprint(hex: text)
      guard fingerprint != nil else {
        throw fields.error(
          "'fingerprint' must be 32 hexadecimal digits in lower case",
          at: fields.node("fingerprint"),
          "take it from 'fingerprint' in what --findings writes; a mask holds a part of it only")
      }
    }
    let rule = try fields.text("rule")
    do {
      let entry = try Allowlist.Entry(
        rule: rule, path: try fields.text("path"), expression: try fields.text("regex"),
        fingerprint: fingerprint)
      return Allowance(
        entry: entry, rule: rule, owner: owner, expires: expires, line: node.mark?.line ?? 0)
    } catch let error as AllowanceError {
      throw Self.explain(error, in: fields)
    } catch let error as SettingsError {
      throw error
    } catch {
      throw fields.error("cannot be read", at: node)
    }
  }

  private static func explain(_ error: AllowanceError, in fields: SettingsFields) -> SettingsError {
    switch error {
    case .nothingStated:
      fields.error(
        "an entry of 'allow' says not what is allowed", at: fields.node,
        "give one or more of: rule, path, regex, fingerprint")
    case .everyPath:
      fields.error(
        "'path' takes in every file", at: fields.node("path"),
        "name a folder or a file: 'tests/**'")
    case .everySecret:
      fields.error(
        "'regex' takes in every secret", at: fields.node("regex"),
        "describe what may pass; to switch a rule off, use 'rules.disable'")
    case .expression(let message, let offset):
      fields.error(
        "'regex' does not compile: \(message) at offset \(offset)", at: fields.node("regex"))
    }
  }
}

/// Days of the calendar, as settings write them.
enum CalendarDay {
  private static let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()

  /// Whether it is a day, written `2027-01-31`.
  static func isOne(_ text: String) -> Bool {
    guard let date = try? style.parse(text) else { return false }
    return style.format(date) == text
  }

  /// Today, in UTC.
  static func today() -> String { style.format(Date()) }
}
