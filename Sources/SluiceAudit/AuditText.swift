/// Entries in the formats of other programs.
package enum AuditText {
  package static let csvHeader =
    "sequence,time,actor_kind,actor,operation,decision,reason,tenant,object,version,fingerprint,"
    + "request,host,process,details"

  /// A record of RFC 4180, with the columns of `csvHeader`.
  package static func csv(_ entry: AuditEntry) -> String {
    let details = JSONValue.object(
      entry.details.map { .init($0.key, .string($0.value)) })
    let fields = [
      String(entry.sequence), entry.time.text, entry.actor.kind.rawValue, entry.actor.name,
      entry.operation, entry.decision.rawValue, entry.reason ?? "", entry.tenant ?? "",
      entry.object ?? "", entry.version.map(String.init) ?? "", entry.fingerprint ?? "",
      entry.request, entry.host, String(entry.process),
      entry.details.isEmpty ? "" : details.canonicalText,
    ]
    return fields.map(quoted).joined(separator: ",")
  }

  private static func quoted(_ field: String) -> String {
    // A spreadsheet runs what begins like a formula; a quote in front makes it a text.
    let isFormula = field.first.map { "=+-@\t\r".contains($0) } ?? false
    let text = isFormula ? "'" + field : field
    guard text.contains(where: { ",\"\n\r".contains($0) || $0 == "\r\n" }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// A line of ArcSight's Common Event Format, version 0.
  package static func cef(_ entry: AuditEntry) -> String {
    let severity = entry.decision == .deny ? 7 : 3
    let header = ["Sluice", "Sluice", "1", entry.operation, entry.operation].map { field in
      field.replacing("\\", with: "\\\\").replacing("|", with: "\\|")
    }
    var fields = [
      ("externalId", String(entry.sequence)), ("rt", String(entry.time.microseconds / 1000)),
      ("suser", entry.actor.name), ("act", entry.operation),
      ("outcome", entry.decision == .allow ? "success" : "failure"), ("dvchost", entry.host),
      ("dvcpid", String(entry.process)), ("cs1Label", "request"), ("cs1", entry.request),
    ]
    if let reason = entry.reason { fields.append(("reason", reason)) }
    if let tenant = entry.tenant { fields += [("cs2Label", "tenant"), ("cs2", tenant)] }
    if let object = entry.object { fields += [("cs3Label", "object"), ("cs3", object)] }
    if let version = entry.version {
      fields += [("cn1Label", "version"), ("cn1", String(version))]
    }
    if let print = entry.fingerprint { fields += [("cs4Label", "fingerprint"), ("cs4", print)] }
    let extensions = fields.map { name, value in
      let escaped = value.replacing("\\", with: "\\\\").replacing("=", with: "\\=")
        .replacing("\n", with: "\\n").replacing("\r", with: "\\r")
      return "\(name)=\(escaped)"
    }
    return "CEF:0|" + header.joined(separator: "|") + "|\(severity)|"
      + extensions.joined(separator: " ")
  }
}
