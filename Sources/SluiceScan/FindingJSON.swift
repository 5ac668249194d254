package import SluiceRules

/// Writes findings as JSON lines (RFC 8259); absent fields are left out.
///
/// Appends to a buffer that the caller reuses.
package struct FindingJSON: Sendable {
  /// What is known of a finding besides its rule and its range.
  package struct Details {
    package var path: String?
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

    package init(
      path: String?, line: UInt64, column: UInt64, fingerprint: String?, redacted: [UInt8],
      excerpt: [UInt8]
    ) {
      self.path = path
      self.line = line
      self.column = column
      self.fingerprint = fingerprint
      self.redacted = redacted
      self.excerpt = excerpt
    }
  }

  private let rules: [PlannedRule]

  package init(rules: [PlannedRule]) { self.rules = rules }

  /// Appends one line, with its line end.
  package func append(_ finding: Finding, _ details: Details, to output: inout [UInt8]) {
    let rule = rules[finding.rule.position].rule
    output.append(UInt8(ascii: "{"))
    field("rule", Array(rule.id.utf8), to: &output)
    field("name", Array(rule.name.utf8), to: &output)
    field("severity", Array(rule.severity.rawValue.utf8), to: &output)
    field("confidence", Array(rule.confidence.rawValue.utf8), to: &output)
    if let path = details.path { field("path", Array(path.utf8), to: &output) }
    field("line", details.line, to: &output)
    field("column", details.column, to: &output)
    field("start", finding.start, to: &output)
    field("end", finding.end, to: &output)
    if let fingerprint = details.fingerprint {
      field("fingerprint", Array(fingerprint.utf8), to: &output)
    }
    field("redacted", details.redacted, to: &output)
    field("excerpt", details.excerpt, to: &output)
    output += "\"actions\":[\"mask\"]}\n".utf8
  }

  private func field(_ name: String, _ text: [UInt8], to output: inout [UInt8]) {
    key(name, to: &output)
    output.append(UInt8(ascii: "\""))
    appendEscaped(text, to: &output)
    output += "\",".utf8
  }

  private func field(_ name: String, _ number: UInt64, to output: inout [UInt8]) {
    key(name, to: &output)
    output += String(number).utf8
    output.append(UInt8(ascii: ","))
  }

  private func key(_ name: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    output += name.utf8
    output += "\":".utf8
  }

  /// JSON text must be UTF-8: what is none becomes U+FFFD.
  private func appendEscaped(_ bytes: [UInt8], to output: inout [UInt8]) {
    let isPlain = bytes.allSatisfy { byte in
      (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
    guard !isPlain else {
      output += bytes
      return
    }
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": output += "\\\"".utf8
      case "\\": output += "\\\\".utf8
      case "\n": output += "\\n".utf8
      case "\r": output += "\\r".utf8
      case "\t": output += "\\t".utf8
      case "\u{0}"..."\u{1F}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        output += "\\u".utf8
        output += repeatElement(UInt8(ascii: "0"), count: 4 - digits.count)
        output += digits.utf8
      default: output += String(scalar).utf8
      }
    }
  }
}
