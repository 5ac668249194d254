internal import SluiceCrypto
internal import SluiceRegex
internal import SluiceScan

/// Asks an allow list, and counts what it lets through.
///
/// Doubt masks: a secret of which only a part is at hand is allowed by nothing that looks at its
/// bytes.
struct AllowanceCheck: ~Copyable {
  private let allowlist: Allowlist?
  private var scratch: MatchScratch
  private(set) var count: UInt64 = 0

  init(_ allowlist: Allowlist?, count: UInt64 = 0) {
    self.allowlist = allowlist
    scratch = MatchScratch(groups: allowlist?.largestGroupCount ?? 0)
    self.count = count
  }

  var needsFingerprint: Bool { allowlist?.needsFingerprint ?? false }

  mutating func allows(
    _ finding: Finding, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) -> Bool {
    guard let allowlist, UInt64(secret.count) == finding.end - finding.start,
      allowlist.allows(finding.rule, secret: secret, fingerprint: fingerprint, scratch: &scratch)
    else { return false }
    count += 1
    return true
  }
}
