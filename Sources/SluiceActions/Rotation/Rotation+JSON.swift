package import SluiceAudit
package import SluiceVault

extension Rotation {
  /// As the vault keeps it.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(id)), .init("path", .string(path.text)), .init("reason", .string(reason)),
      .init("started", .string(started.text)), .init("phase", .string(phase.rawValue)),
      .init("attempts", .integer(attempts)), .init("stalls", .integer(stalls)),
      .init("touched", .bool(isTouched)), .init("notes", notes.json),
      .init("oldNotes", oldNotes.json),
      .init(
        "pace",
        .object([
          .init("noticeMilliseconds", .integer(pace.notice.milliseconds)),
          .init("drainMilliseconds", .integer(pace.drain.milliseconds)),
          .init("attempts", .integer(pace.attempts)), .init("emergency", .bool(pace.isEmergency)),
        ])),
      .init(
        "entered",
        .object(entered.map { .init($0.key.rawValue, .string($0.value.text)) })),
    ]
    func add(_ name: String, _ value: JSONValue?) {
      if let value { members.append(.init(name, value)) }
    }
    add("oldVersion", oldVersion.map { .integer($0) })
    add("newVersion", newVersion.map { .integer($0) })
    add("nextAttempt", nextAttempt.map { .string($0.text) })
    add("drainsUntil", drainsUntil.map { .string($0.text) })
    add("problem", problem.map { .string($0) })
    add("remedy", remedy.map { .string($0) })
    return .object(members)
  }

  /// Nil if it is no rotation.
  package init?(_ json: JSONValue, tenant: Name) {
    guard let id = json["id"]?.text, let pathText = json["path"]?.text,
      let path = try? SecretPath(pathText), let reason = json["reason"]?.text,
      let started = json["started"]?.time, let pace = json["pace"].flatMap(RotationPace.init),
      let phase = json["phase"]?.text.flatMap(Phase.init)
    else { return nil }
    self.init(
      id: id, tenant: tenant, path: path, reason: reason, pace: pace,
      oldVersion: json["oldVersion"]?.count, oldNotes: [String: String](members: json["oldNotes"]),
      at: started)
    self.phase = phase
    newVersion = json["newVersion"]?.count
    notes = [String: String](members: json["notes"])
    attempts = Int(json["attempts"]?.count ?? 0)
    stalls = Int(json["stalls"]?.count ?? 0)
    isTouched = json["touched"]?.isTrue ?? true
    nextAttempt = json["nextAttempt"]?.time
    drainsUntil = json["drainsUntil"]?.time
    problem = json["problem"]?.text
    remedy = json["remedy"]?.text
    for member in json["entered"]?.members ?? [] {
      if let phase = Phase(rawValue: member.name) { entered[phase] = member.value.time }
    }
  }
}

extension RotationPace {
  init?(_ json: JSONValue) {
    guard let notice = json["noticeMilliseconds"]?.count,
      let drain = json["drainMilliseconds"]?.count, let attempts = json["attempts"]?.count
    else { return nil }
    self.init()
    self.notice = .milliseconds(notice)
    self.drain = .milliseconds(drain)
    self.attempts = Int(attempts)
    isEmergency = json["emergency"]?.isTrue ?? false
  }
}

extension JSONValue {
  package var isTrue: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  var time: UTCTime? { text.flatMap { UTCTime($0) } }
}

extension [String: String] {
  package var json: JSONValue { .object(map { .init($0.key, .string($0.value)) }) }

  init(members json: JSONValue?) {
    self = [:]
    for member in json?.members ?? [] { self[member.name] = member.value.text }
  }
}

extension Duration {
  package var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
