internal import SluiceCrypto
internal import SluiceRegex
internal import SluiceScan

/// Stands between scanner and redactor: what the allow list vouches for never becomes an edit, so
/// that it goes out as it came in, and is counted.
///
/// Doubt masks: a secret whose end is not known, or of which only a part is at hand, is allowed by
/// nothing that looks at its bytes. A known value is never allowed.
struct AllowedFindings<Output: ByteSink & ~Copyable>: ~Copyable, FindingSink {
  typealias Failure = Never

  private let allowlist: Allowlist?
  private let values: CompiledRules?
  private var scratch = MatchScratch()
  var redactor: Redactor<Output>
  private(set) var count: UInt64 = 0

  init(
    allowlist: Allowlist?, redactor: consuming Redactor<Output>, values: CompiledRules? = nil
  ) {
    self.allowlist = allowlist
    self.values = values
    if let allowlist { scratch = MatchScratch(groups: allowlist.largestGroupCount) }
    self.redactor = redactor
  }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    if let allowlist, allows(finding, secret: secret, by: allowlist) {
      count += 1
    } else {
      redactor.receive(finding, secret: secret)
    }
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    redactor.open(finding, secret: secret)
  }

  mutating func close(_ finding: Finding) {
    redactor.close(finding)
  }

  private mutating func allows(
    _ finding: Finding, secret: Span<UInt8>, by allowlist: Allowlist
  ) -> Bool {
    guard values?.isValue(finding.rule) != true,
      UInt64(secret.count) == finding.end - finding.start
    else { return false }
    let fingerprint = allowlist.needsFingerprint ? redactor.fingerprint(of: secret) : nil
    return allowlist.allows(
      finding.rule, secret: secret, fingerprint: fingerprint, scratch: &scratch)
  }
}
