internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// A secret that was found in a text, with all that is needed to mask and report it later.
///
/// PERF: copied for every edit of a record, so that what only reports need is behind one reference.
struct RecordMark {
  let rule: RuleIndex
  /// Offsets in the stream of texts that its scanner saw.
  let start: UInt64
  /// `UInt64.max` as long as nobody knows.
  var end: UInt64
  /// Empty for the mask `fill`.
  var mask: [UInt8]
  /// Nil if nobody is told.
  let report: Report?

  /// What a finding line says of it.
  final class Report: Sendable {
    /// How it was hidden, in the text that was scanned.
    let decoded: DecodedForm?
    let fingerprint: Fingerprint?
    let confidence: Rule.Confidence
    let insights: [Insight]
    let vault: KnownValues.Value?

    init(
      decoded: DecodedForm?, fingerprint: Fingerprint?, confidence: Rule.Confidence,
      insights: [Insight], vault: KnownValues.Value?
    ) {
      self.decoded = decoded
      self.fingerprint = fingerprint
      self.confidence = confidence
      self.insights = insights
      self.vault = vault
    }
  }
}

/// Keeps the findings of a scanner until they are written.
struct MarkCollector: ~Copyable, FindingSink {
  typealias Failure = Never

  private var rules: CompiledRules
  private var masks: MaskTable
  private var allowed: AllowanceCheck
  private var fingerprinter: Fingerprinter?
  /// Whether anybody is told what a secret says about itself.
  private let reports: Bool
  var marks: [RecordMark] = []

  init(
    rules: CompiledRules, masks: MaskTable, allowlist: Allowlist?,
    fingerprinter: consuming Fingerprinter?, reports: Bool
  ) {
    self.rules = rules
    self.reports = reports
    self.masks = masks
    allowed = AllowanceCheck(allowlist)
    self.fingerprinter = fingerprinter
  }

  /// Goes on with other rules; marks of the former ones must have been written.
  mutating func adopt(rules: CompiledRules, masks: MaskTable, allowlist: Allowlist?) {
    self.rules = rules
    self.masks = masks
    allowed = AllowanceCheck(allowlist, count: allowed.count)
  }

  var allowedCount: UInt64 { allowed.count }

  mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
    let fingerprint = fingerprint(of: finding, secret: secret)
    guard
      rules.isValue(finding)
        || !allowed.allows(finding, secret: secret, fingerprint: fingerprint)
    else { return }
    append(finding, end: finding.end, secret: secret, fingerprint: fingerprint)
  }

  mutating func open(_ finding: Finding, secret: Span<UInt8>) {
    append(
      finding, end: .max, secret: secret, fingerprint: fingerprint(of: finding, secret: secret))
  }

  private mutating func fingerprint(of finding: Finding, secret: Span<UInt8>) -> Fingerprint? {
    rules.valueFingerprint(of: finding) ?? fingerprinter?.fingerprint(of: secret)
  }

  mutating func close(_ finding: Finding) {
    guard let last = marks.indices.last, marks[last].end == .max else { return }
    marks[last].end = finding.end
  }

  private mutating func append(
    _ finding: Finding, end: UInt64, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) {
    let mask = masks.mask(of: finding, secret: secret, fingerprint: fingerprint)
    marks.append(
      RecordMark(
        rule: finding.rule, start: finding.start, end: end, mask: mask,
        report: reports ? report(of: finding, secret: secret, fingerprint: fingerprint) : nil))
  }

  private func report(
    of finding: Finding, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) -> RecordMark.Report {
    let rule = rules.rules[finding.rule.position].rule
    return RecordMark.Report(
      decoded: finding.decoded, fingerprint: fingerprint, confidence: rule.confidence(of: secret),
      insights: rule.insights(in: secret), vault: rules.knownValue(of: finding))
  }
}
