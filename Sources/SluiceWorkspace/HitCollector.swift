internal import SluiceCrypto
internal import SluiceScan

/// A finding as the scanner reports it, and the fingerprint of its secret.
struct Hit: Sendable {
  var finding: Finding
  let fingerprint: Fingerprint?
  /// Its end is not known yet.
  var isOpen: Bool
  /// The settings let it stand.
  var isAllowed = false
}

/// Keeps the findings of a document, and of their secrets only a keyed fingerprint.
struct HitCollector: ~Copyable, FindingSink {
  typealias Failure = Never

  var hits: [Hit] = []
  private var fingerprinter: Fingerprinter?
  private var allowed: AllowedSecrets?

  init(fingerprinter: consuming Fingerprinter?, allowed: consuming AllowedSecrets? = nil) {
    self.fingerprinter = fingerprinter
    self.allowed = allowed
  }

  /// Begins a document.
  mutating func begin(at path: WorkspacePath) {
    hits.removeAll(keepingCapacity: true)
    allowed?.begin(at: path)
  }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    append(finding, secret: secret, isOpen: false)
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    append(finding, secret: secret, isOpen: true)
  }

  mutating func close(_ finding: Finding) {
    guard let last = hits.indices.last else { return }
    hits[last].finding = finding
    hits[last].isOpen = false
  }

  /// The fingerprint of bytes that are no finding of the scanner; nil without a key.
  mutating func fingerprint(of secret: Span<UInt8>) -> Fingerprint? {
    fingerprinter?.fingerprint(of: secret)
  }

  /// Whether the settings let a secret stand, all of whose bytes are here.
  mutating func allows(
    _ rule: RuleIndex, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) -> Bool {
    allowed?.allow(rule, secret: secret, fingerprint: fingerprint) ?? false
  }

  private mutating func append(_ finding: Finding, secret: Span<UInt8>, isOpen: Bool) {
    let fingerprint = fingerprinter?.fingerprint(of: secret)
    // Of a longer secret only a part is here: doubt reports it.
    let isWhole = !isOpen && UInt64(secret.count) == finding.end - finding.start
    hits.append(
      Hit(
        finding: finding, fingerprint: fingerprint, isOpen: isOpen,
        isAllowed: isWhole && allows(finding.rule, secret: secret, fingerprint: fingerprint)))
  }
}
