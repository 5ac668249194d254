package import SluiceRules

/// Writes findings as JSON lines (RFC 8259); absent fields are left out.
///
/// Appends to a buffer that the caller reuses.
package struct FindingJSON: Sendable {
  /// What is known of a finding besides its rule and its range.
  package struct Details {
    /// From 1.
    package var line: UInt64
    /// From 1, in bytes.
    package var column: UInt64
    /// 32 hexadecimal digits.
    package var fingerprint: String?
    /// The mask that stands in the output.
    package var redacted: [UInt8]
    /// Masked output around the finding.
    package var excerpt: [UInt8]
    /// How likely this very find is a secret.
    package var confidence: Rule.Confidence
    /// What the secret tells about itself.
    package var insights: [Insight]
    /// The version of a secret that it is, if the vault's values are looked for.
    package var vault: KnownValues.Value?

    package init(
      line: UInt64, column: UInt64, fingerprint: String?, redacted: [UInt8],
      excerpt: [UInt8], confidence: Rule.Confidence, insights: [Insight],
      vault: KnownValues.Value? = nil
    ) {
      self.line = line
      self.column = column
      self.fingerprint = fingerprint
      self.redacted = redacted
      self.excerpt = excerpt
      self.confidence = confidence
      self.insights = insights
      self.vault = vault
    }
  }

  private let rules: [PlannedRule]
  /// For each rule, the line up to what differs from finding to finding; empty until it is needed.
  private var openings: [[UInt8]]
  private let path: [UInt8]?

  /// - Parameters:
  ///   - rules: the rule set that findings refer to.
  ///   - path: what all findings give as their path; left out if nil.
  package init(rules: [PlannedRule], path: String?) {
    self.rules = rules
    openings = Array(repeating: [], count: rules.count)
    self.path = path.map { Array($0.utf8) }
  }

  private mutating func opening(for index: RuleIndex) -> [UInt8] {
    if openings[index.position].isEmpty {
      let rule = rules[index.position].rule
      var opening = [UInt8(ascii: "{")]
      Self.field("rule", Array(rule.id.utf8), to: &opening)
      Self.field("name", Array(rule.name.utf8), to: &opening)
      Self.field("severity", Array(rule.severity.rawValue.utf8), to: &opening)
      openings[index.position] = opening
    }
    return openings[index.position]
  }

  /// Appends one line, with its line end.
  package mutating func append(_ finding: Finding, _ details: Details, to output: inout [UInt8]) {
    output += opening(for: finding.rule)
    Self.field("confidence", Array(details.confidence.rawValue.utf8), to: &output)
    if let path { Self.field("path", path, to: &output) }
    Self.field("line", details.line, to: &output)
    Self.field("column", details.column, to: &output)
    Self.field("start", finding.start, to: &output)
    Self.field("end", finding.end, to: &output)
    if let fingerprint = details.fingerprint {
      Self.field("fingerprint", Array(fingerprint.utf8), to: &output)
    }
    Self.field("redacted", details.redacted, to: &output)
    Self.field("excerpt", details.excerpt, to: &output)
    if let decoded = finding.decoded { Self.list("decoded", decoded.path.names, to: &output) }
    Self.object("insights", details.insights, to: &output)
    if let vault = details.vault { Self.object("vault", vault, to: &output) }
    output += "\"actions\":[\"mask\"]}\n".utf8
  }

  private static func field(_ name: String, _ text: [UInt8], to output: inout [UInt8]) {
    key(name, to: &output)
    output.append(UInt8(ascii: "\""))
    appendEscaped(text, to: &output)
    output += "\",".utf8
  }

  private static func field(_ name: String, _ number: UInt64, to output: inout [UInt8]) {
    key(name, to: &output)
    output += String(number).utf8
    output.append(UInt8(ascii: ","))
  }

  private static func list(_ name: String, _ texts: [String], to output: inout [UInt8]) {
    key(name, to: &output)
    output.append(UInt8(ascii: "["))
    for (index, text) in texts.enumerated() {
      output += (index == 0 ? "\"" : ",\"").utf8
      appendEscaped(Array(text.utf8), to: &output)
      output.append(UInt8(ascii: "\""))
    }
    output += "],".utf8
  }

  private static func object(_ name: String, _ insights: [Insight], to output: inout [UInt8]) {
    guard !insights.isEmpty else { return }
    key(name, to: &output)
    output.append(UInt8(ascii: "{"))
    for insight in insights {
      field(insight.kind.rawValue, Array(insight.text.utf8), to: &output)
    }
    output.removeLast()  // the comma after the last field
    output += "},".utf8
  }

  private static func object(
    _ name: String, _ value: KnownValues.Value, to output: inout [UInt8]
  ) {
    key(name, to: &output)
    output.append(UInt8(ascii: "{"))
    field("tenant", Array(value.tenant.utf8), to: &output)
    field("secret", Array(value.path.utf8), to: &output)
    field("version", value.version, to: &output)
    field("state", Array(value.state.utf8), to: &output)
    output.removeLast()  // the comma after the last field
    output += "},".utf8
  }

  private static func key(_ name: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    output += name.utf8
    output += "\":".utf8
  }

  /// Appends text as the content of a JSON string, which must be UTF-8: what is none becomes U+FFFD.
  package static func appendEscaped(_ bytes: [UInt8], to output: inout [UInt8]) {
    guard bytes.allSatisfy({ $0 < 0x80 }) else {
      let repaired = Array(String(decoding: bytes, as: UTF8.self).utf8)
      for byte in repaired { appendEscaped(byte, to: &output) }
      return
    }
    for byte in bytes { appendEscaped(byte, to: &output) }
  }

  private static func appendEscaped(_ byte: UInt8, to output: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      output.append(UInt8(ascii: "\\"))
      output.append(byte)
    case UInt8(ascii: "\n"): output += "\\n".utf8
    case UInt8(ascii: "\r"): output += "\\r".utf8
    case UInt8(ascii: "\t"): output += "\\t".utf8
    case 0..<0x20, 0x7F:
      output += "\\u00".utf8
      for nibble in [byte >> 4, byte & 15] {
        output.append(nibble < 10 ? 0x30 + nibble : 0x57 + nibble)
      }
    default: output.append(byte)
    }
  }
}
