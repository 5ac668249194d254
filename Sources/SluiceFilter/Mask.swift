internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

/// What stands in the output where a secret was.
package enum MaskStyle: String, Sendable, CaseIterable {
  /// `[REDACTED:github-pat]`
  case label
  /// `[REDACTED:github-pat:3f9c21ab]`: the first 32 bits of the keyed fingerprint, so that one
  /// leak can be followed over files and hosts.
  case hash
  /// `ghp_[REDACTED:github-pat]`: what everybody knows of the secret stays, nothing if its format
  /// has no public prefix.
  case partial
  /// `****`: as long as the secret, so that all other offsets stay.
  case fill
}

/// The masks of a rule set.
///
/// None of them holds a quote, a backslash or a blank, so that a JSON,
/// logfmt, CSV or shell line stays one.
struct MaskTable: Sendable {
  static let fillByte = UInt8(ascii: "*")

  let style: MaskStyle
  private let rules: [PlannedRule]
  /// By rule, the longest first; empty unless `style` shows them.
  private let publicPrefixes: [[[UInt8]]]
  /// `[REDACTED:id]` by rule; empty until it is needed.
  private var labels: [[UInt8]]

  init(style: MaskStyle, rules: [PlannedRule]) {
    self.style = style
    self.rules = rules
    labels = Array(repeating: [], count: rules.count)
    guard style == .partial else {
      publicPrefixes = []
      return
    }
    publicPrefixes = rules.map { planned in
      // What would need an escape within quotes stays out of a mask.
      planned.plan.publicPrefixes
        .filter { $0.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x27 } }
        .sorted { $0.count > $1.count }
    }
  }

  /// The mask of a finding, see `append`.
  mutating func mask(
    of finding: Finding, secret: Span<UInt8>, fingerprint: Fingerprint?
  ) -> [UInt8] {
    // PERF: the same array for every secret of a rule, where nothing of the secret is in it.
    let isWrapped = finding.decoded.map { $0.wrapping.kind != .none } ?? false
    if style == .label && !isWrapped {
      return label(of: finding.rule.position)
    }
    var mask: [UInt8] = []
    append(finding, secret: secret, fingerprint: fingerprint, to: &mask)
    return mask
  }

  /// Appends the mask of a finding as it goes into the stream; nothing for `fill`, which depends on
  /// a length that may not be known yet.
  mutating func append(
    _ finding: Finding, secret: Span<UInt8>, fingerprint: Fingerprint?, to output: inout [UInt8]
  ) {
    let rule = finding.rule.position
    guard let wrapping = finding.decoded?.wrapping, wrapping.kind != .none else {
      return append(rule: rule, secret: secret, fingerprint: fingerprint, to: &output)
    }
    guard style != .fill else {
      output += wrapping.filling(Int(finding.end - finding.start))
      return
    }
    var mask: [UInt8] = []
    append(rule: rule, secret: secret, fingerprint: fingerprint, to: &mask)
    output += wrapping.wrap(mask)
  }

  /// Appends the mask of a secret.
  private mutating func append(
    rule: Int, secret: Span<UInt8>, fingerprint: Fingerprint?, to output: inout [UInt8]
  ) {
    switch style {
    case .label:
      output += label(of: rule)
    case .hash:
      output += label(of: rule)
      output.removeLast()
      if let fingerprint {
        output.append(UInt8(ascii: ":"))
        for index in 0..<8 { output.append(fingerprint.hexDigit(at: index)) }
      }
      output.append(UInt8(ascii: "]"))
    case .partial:
      if let prefix = publicPrefixes[rule].first(where: { begins(secret, with: $0) }) {
        output += prefix
      }
      output += label(of: rule)
    case .fill:
      break
    }
  }

  private mutating func label(of rule: Int) -> [UInt8] {
    if labels[rule].isEmpty { labels[rule] = Array("[REDACTED:\(rules[rule].rule.id)]".utf8) }
    return labels[rule]
  }

  private func begins(_ secret: Span<UInt8>, with prefix: [UInt8]) -> Bool {
    secret.count > prefix.count && prefix.indices.allSatisfy { secret[$0] == prefix[$0] }
  }
}
