package import SluiceAudit
package import SluiceVault

/// One leaked value, however often it was seen: what happened, when, and who was affected.
///
/// Every event is an entry of the audit log too, which is signed: `firstEntry` says from where on.
package struct Incident: Sendable, Hashable {
  package enum What: String, Sendable, CaseIterable {
    case seen, masked, alerted, revoked, rotated, failed
    /// Policy, or the limit of actions a minute, said no.
    case withheld
    case seenAgain = "seen-again"
    case closed
  }

  package struct Event: Sendable, Hashable {
    package let what: What
    package let time: UTCTime
    package let detail: String
  }

  /// A version of a secret of the vault.
  package struct Place: Sendable, Hashable {
    package let path: SecretPath
    package let version: UInt64
    /// What the version was when it was seen first.
    package let stage: Stage
  }

  package let name: String
  package let tenant: Name
  package let fingerprint: String
  package let rule: String
  package let severity: String
  package let place: Place?
  /// The audit entry from which on the log tells of it.
  package let firstEntry: UInt64
  package internal(set) var occurrences: UInt64
  package internal(set) var lastSeen: UTCTime
  package internal(set) var affected: [String]
  package internal(set) var isOpen = true
  package internal(set) var events: [Event]

  init(_ notice: LeakNotice, place: Place?, of tenant: Name, firstEntry: UInt64) {
    name = Self.name(notice.fingerprint, place)
    self.tenant = tenant
    fingerprint = notice.fingerprint
    rule = notice.rule
    severity = notice.severity
    self.place = place
    self.firstEntry = firstEntry
    occurrences = notice.count
    lastSeen = notice.time
    affected = []
    events = [
      Event(what: .seen, time: notice.time, detail: notice.source),
      Event(what: .masked, time: notice.time, detail: notice.source),
    ]
  }

  /// One incident a value and version.
  static func name(_ fingerprint: String, _ place: Place?) -> String {
    String(fingerprint.prefix(12)) + (place.map { "-\($0.version)" } ?? "")
  }

  func has(_ what: What) -> Bool { events.contains { $0.what == what } }

  /// When something happened first.
  package func time(of what: What) -> UTCTime? { events.first { $0.what == what }?.time }

  /// The most events that are kept; the audit log has all.
  private static let mostEvents = 100

  mutating func add(_ what: What, _ detail: String, at time: UTCTime) {
    guard events.count < Self.mostEvents || what != .seenAgain else { return }
    events.append(Event(what: what, time: time, detail: detail))
  }
}

extension Incident {
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("name", .string(name)), .init("fingerprint", .string(fingerprint)),
      .init("rule", .string(rule)), .init("severity", .string(severity)),
      .init("firstEntry", .integer(firstEntry)), .init("occurrences", .integer(occurrences)),
      .init("lastSeen", .string(lastSeen.text)), .init("open", .bool(isOpen)),
      .init("affected", .array(affected.map { .string($0) })),
      .init(
        "events",
        .array(
          events.map { event in
            .object([
              .init("what", .string(event.what.rawValue)), .init("time", .string(event.time.text)),
              .init("detail", .string(event.detail)),
            ])
          })),
    ]
    if let place {
      members += [
        .init("path", .string(place.path.text)), .init("version", .integer(place.version)),
        .init("stage", .string(place.stage.rawValue)),
      ]
    }
    return .object(members)
  }

  package init?(_ record: ActionRecord) {
    let json = record.body
    guard let fingerprint = json["fingerprint"]?.text, let rule = json["rule"]?.text,
      let firstEntry = json["firstEntry"]?.count, let occurrences = json["occurrences"]?.count,
      let lastSeen = json["lastSeen"]?.time, let isOpen = json["open"]?.isTrue
    else { return nil }
    name = record.name
    tenant = record.tenant
    self.fingerprint = fingerprint
    self.rule = rule
    severity = json["severity"]?.text ?? ""
    self.firstEntry = firstEntry
    self.occurrences = occurrences
    self.lastSeen = lastSeen
    self.isOpen = isOpen
    affected = (json["affected"]?.elements ?? []).compactMap(\.text)
    events = (json["events"]?.elements ?? []).compactMap { element in
      guard let what = element["what"]?.text.flatMap(What.init), let time = element["time"]?.time
      else { return nil }
      return Event(what: what, time: time, detail: element["detail"]?.text ?? "")
    }
    if let text = json["path"]?.text, let path = try? SecretPath(text),
      let version = json["version"]?.count, let stage = json["stage"]?.text.flatMap(Stage.init)
    {
      place = Place(path: path, version: version, stage: stage)
    } else {
      place = nil
    }
  }
}
