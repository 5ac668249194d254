package import SluiceAudit

/// That a secret was seen where it should not be: everything but the secret.
package struct LeakNotice: Sendable, Hashable {
  /// The vault's keyed fingerprint of what was found.
  package let fingerprint: String
  package let rule: String
  package let severity: String
  package let confidence: String
  /// Where: `filter`, `scan`, `run`, and a file and line if there are.
  package let source: String
  package let time: UTCTime
  /// How often since the last notice.
  package var count: UInt64

  package init(
    fingerprint: String, rule: String, severity: String, confidence: String, source: String,
    time: UTCTime, count: UInt64 = 1
  ) {
    self.fingerprint = fingerprint
    self.rule = rule
    self.severity = severity
    self.confidence = confidence
    self.source = source
    self.time = time
    self.count = count
  }

  var json: JSONValue {
    .object([
      .init("fingerprint", .string(fingerprint)), .init("rule", .string(rule)),
      .init("severity", .string(severity)), .init("confidence", .string(confidence)),
      .init("source", .string(source)), .init("time", .string(time.text)),
      .init("count", .integer(count)),
    ])
  }

  init?(_ json: JSONValue) {
    guard let fingerprint = json["fingerprint"]?.text, let rule = json["rule"]?.text,
      let time = json["time"]?.time
    else { return nil }
    self.init(
      fingerprint: fingerprint, rule: rule, severity: json["severity"]?.text ?? "",
      confidence: json["confidence"]?.text ?? "", source: json["source"]?.text ?? "", time: time,
      count: json["count"]?.count ?? 1)
  }

  /// A line that `--findings` writes; nil if it has no fingerprint.
  package init?(finding json: JSONValue, command: String, time: UTCTime) {
    guard let fingerprint = json["fingerprint"]?.text, let rule = json["rule"]?.text else {
      return nil
    }
    var source = command
    if let path = json["path"]?.text { source += " \(path)" }
    if let line = json["line"]?.count { source += ":\(line)" }
    self.init(
      fingerprint: fingerprint, rule: rule, severity: json["severity"]?.text ?? "",
      confidence: json["confidence"]?.text ?? "", source: String(source.prefix(300)), time: time)
  }
}
