internal import SluiceCrypto
internal import SluiceRegex
internal import SluiceRules
internal import SluiceScan

/// The allow list of the settings, applied to one document after the other.
struct AllowedSecrets: ~Copyable {
  private let entries: [Allowlist.Entry]
  private let rules: [PlannedRule]
  private var path: WorkspacePath?
  /// Made when the document's first finding asks for it: most documents have none.
  private var list: Allowlist?
  private var scratch = MatchScratch()

  init(_ entries: [Allowlist.Entry], rules: [PlannedRule]) {
    self.entries = entries
    self.rules = rules
  }

  /// Begins a document; standard input has no path that an entry could name.
  mutating func begin(at path: WorkspacePath) {
    self.path = path == .standardInput ? nil : path
    list = nil
  }

  /// Whether an entry holds for a secret, all of whose bytes are here.
  mutating func allow(
    _ rule: RuleIndex, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) -> Bool {
    let list = self.list ?? Allowlist(entries, rules: rules, path: path?.text)
    if self.list == nil {
      self.list = list
      scratch = MatchScratch(groups: list.largestGroupCount)
    }
    return !list.isEmpty
      && list.allows(rule, secret: secret, fingerprint: fingerprint, scratch: &scratch)
  }
}
