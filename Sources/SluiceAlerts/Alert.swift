package import Foundation

/// What somebody is told about a finding; holds no secret (G3).
package struct Alert: Codable, Sendable, Hashable {
  package var rule: String
  package var name: String
  package var severity: String
  package var confidence: String?
  /// Of the input; left out for standard input.
  package var path: String?
  package var line: Int?
  package var column: Int?
  /// Keyed; left out without a key.
  package var fingerprint: String?
  package var redacted: String?
  package var excerpt: String?
  package var insights: [String: String]?
  /// What was done about it: `mask` in a stream, `report` in a file.
  package var actions: [String]?
  /// ISO 8601, UTC.
  package var time: String
  package var host: String
  /// How often it was found again since the alert before.
  package var repeats: Int?
  /// How many other alerts were left out since the one before, because there were too many.
  package var suppressed: Int?

  /// What a line of findings says.
  private struct Line: Decodable {
    let rule, name, severity: String
    let confidence, path, fingerprint, redacted, excerpt: String?
    let line, column: Int?
    let insights: [String: String]?
    let actions: [String]?
  }

  /// Reads a line that `sluice filter --findings` or `sluice scan --format jsonl` writes; nil if it
  /// is none.
  package init?(findingLine bytes: some Sequence<UInt8>, host: String, at date: Date) {
    guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)) else { return nil }
    (rule, name, severity) = (line.rule, line.name, line.severity)
    (confidence, path, fingerprint) = (line.confidence, line.path, line.fingerprint)
    (redacted, excerpt) = (line.redacted, line.excerpt)
    (self.line, column, insights) = (line.line, line.column, line.insights)
    actions = line.actions
    time = date.formatted(.iso8601)
    self.host = host
  }

  /// What tells this alert from others: the secret, or without a key its rule, file and
  /// surroundings.
  package var identity: String { fingerprint ?? "\(rule) \(path ?? "") \(excerpt ?? "")" }

  /// One line for people.
  package var sentence: String {
    // Without a word about it, it is from a stream.
    let deed = actions?.contains("mask") == false ? "found" : "masked"
    var text = "sluice \(deed) \(name) (\(rule), \(severity)) on \(host)"
    if let path { text += " in \(path)" }
    if let fingerprint { text += ", fingerprint \(fingerprint.prefix(8))" }
    if let repeats, repeats > 0 { text += ", \(repeats) times more" }
    if let suppressed, suppressed > 0 { text += "; \(suppressed) other alerts were left out" }
    return text
  }
}
