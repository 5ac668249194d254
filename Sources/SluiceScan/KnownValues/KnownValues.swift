package import SluiceCrypto
internal import SluiceRegex
internal import SluiceRules

/// Values of a vault that are looked for by what is known of them: keyed hashes and fingerprints.
///
/// Nothing of a value is held, so that a filter can know a hundred thousand (G3). Each byte of the
/// text costs one hash and one look at a map of bits, whatever the number of values; a table that is
/// asked once in some hundred places says which mark may stand there, and an HMAC decides.
package final class KnownValues: Sendable {
  /// One version of a secret.
  package struct Value: Sendable, Hashable {
    package let tenant: String
    package let path: String
    package let version: UInt64
    /// Its stage: pending, current, previous, retired or revoked.
    package let state: String
    package let fingerprint: Fingerprint

    package init(
      tenant: String, path: String, version: UInt64, state: String, fingerprint: Fingerprint
    ) {
      self.tenant = tenant
      self.path = path
      self.version = version
      self.state = state
      self.fingerprint = fingerprint
    }
  }

  /// The id of the rule that findings carry.
  package static let ruleID = ExactValues.ruleID

  /// A mark as it is compared with a text; its window's hash is in the map only.
  struct Entry: BitwiseCopyable {
    let value: Int32
    let window: UInt16
    let length: UInt16
    let tag: UInt32
    let rest: UInt8
    let lead: UInt8
    let trail: UInt8
    let spansLines: Bool
    let fingerprint: Fingerprint
  }

  package let values: [Value]
  let key: MatchKey
  let index: KnownIndex
  private let fingerprints: FingerprintKey
  /// Most bytes that a value may begin before its window.
  let longestLead: Int
  /// Most bytes that one occurrence takes.
  let reach: Int

  /// - Parameters:
  ///   - values: with their marks; one without marks is never found.
  ///   - key: that made the marks.
  ///   - fingerprints: that made the fingerprints.
  package init(
    _ values: [(value: Value, marks: [KnownMark])], key: MatchKey, fingerprints: FingerprintKey
  ) {
    self.values = values.map(\.value)
    self.key = key
    self.fingerprints = fingerprints
    index = KnownIndex(values.map(\.marks))
    let marks = values.lazy.flatMap(\.marks)
    longestLead = marks.map { Int($0.window) + Int($0.lead) }.max() ?? 0
    reach = (marks.map { Int($0.length) }.max() ?? 0) + 2
  }

  /// What findings name.
  static let rule: PlannedRule = {
    var rule = Rule(
      id: ruleID, name: "Value of the vault", provider: "vault", expression: "(?!)")
    rule.severity = .critical
    rule.confidence = .high
    return PlannedRule(
      rule: rule,
      plan: RulePlan(
        anchors: [], lead: 0...0, reach: 0, lookbehind: 0, groupCount: 0, leadBytes: ByteSet(),
        startBytes: ByteSet(), continuation: ByteSet(), publicPrefixes: [], isOutlined: false))
  }()

  /// For one search; each has a running hash of its own.
  func fingerprinter() -> Fingerprinter {
    do {
      return try fingerprints.fingerprinter()
    } catch {
      // The same key made one when the vault was opened.
      preconditionFailure("OpenSSL offers HMAC no more")
    }
  }
}
