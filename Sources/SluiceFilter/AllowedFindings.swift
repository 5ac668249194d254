internal import SluiceCrypto
internal import SluiceScan

/// Stands between scanner and redactor: what the allow list vouches for never becomes an edit, so
/// that it goes out as it came in, and is counted.
///
/// A known value is never allowed.
struct AllowedFindings<Output: ByteSink & ~Copyable>: ~Copyable, FindingSink {
  typealias Failure = Never

  private var allowed: AllowanceCheck
  private var rules: CompiledRules
  var redactor: Redactor<Output>

  init(
    allowlist: Allowlist?, redactor: consuming Redactor<Output>, rules: CompiledRules
  ) {
    allowed = AllowanceCheck(allowlist)
    self.rules = rules
    self.redactor = redactor
  }

  var count: UInt64 { allowed.count }

  /// Goes on with other rules and another list.
  mutating func adopt(_ allowlist: Allowlist?, masks: MaskTable, rules: CompiledRules) {
    allowed = AllowanceCheck(allowlist, count: allowed.count)
    self.rules = rules
    redactor.adopt(masks, rules: rules)
  }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    guard !rules.isValue(finding) else {
      return redactor.receive(finding, secret: secret)
    }
    let fingerprint = allowed.needsFingerprint ? redactor.fingerprint(of: secret) : nil
    if !allowed.allows(finding, secret: secret, fingerprint: fingerprint) {
      redactor.receive(finding, secret: secret)
    }
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    redactor.open(finding, secret: secret)
  }

  mutating func close(_ finding: Finding) {
    redactor.close(finding)
  }
}
