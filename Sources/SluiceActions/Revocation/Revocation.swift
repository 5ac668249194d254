package import SluiceAudit
package import SluiceVault

/// Versions that are taken out of service together: in the vault at once, then at their targets.
package struct Revocation: Sendable, Hashable {
  package enum Outcome: Sendable, Hashable {
    /// Not tried at the target yet.
    case pending
    case done(String)
    case failed(String)
    /// Nobody told the vault what accepts it, or the target cannot take it away.
    case byHand(String)
    /// Taken back in time.
    case undone
  }

  package struct Item: Sendable, Hashable {
    package let path: SecretPath
    package let version: UInt64
    /// What it was before.
    package let stage: Stage
    package internal(set) var outcome: Outcome
  }

  package let id: String
  package let tenant: Name
  package let reason: String
  package let started: UTCTime
  /// When the targets are told; until then it can be taken back.
  package let due: UTCTime
  /// Whether the vault has marked all of them.
  package internal(set) var isMarked = false
  package internal(set) var items: [Item]

  /// Whether something is left to do.
  package var isOpen: Bool {
    !isMarked
      || items.contains { item in
        switch item.outcome {
        case .pending, .failed: true
        default: false
        }
      }
  }
}

extension Revocation {
  package var json: JSONValue {
    .object([
      .init("id", .string(id)), .init("reason", .string(reason)),
      .init("started", .string(started.text)), .init("due", .string(due.text)),
      .init("marked", .bool(isMarked)),
      .init(
        "items",
        .array(
          items.map { item in
            .object([
              .init("path", .string(item.path.text)), .init("version", .integer(item.version)),
              .init("stage", .string(item.stage.rawValue)),
              .init("outcome", .string(item.outcome.word)),
              .init("detail", .string(item.outcome.detail)),
            ])
          })),
    ])
  }

  init?(_ record: ActionRecord) {
    let json = record.body
    guard let id = json["id"]?.text, let reason = json["reason"]?.text,
      let started = json["started"]?.time, let due = json["due"]?.time,
      let isMarked = json["marked"]?.isTrue, let elements = json["items"]?.elements
    else { return nil }
    self.id = id
    tenant = record.tenant
    self.reason = reason
    self.started = started
    self.due = due
    self.isMarked = isMarked
    items = []
    for element in elements {
      guard let text = element["path"]?.text, let path = try? SecretPath(text),
        let version = element["version"]?.count,
        let stage = element["stage"]?.text.flatMap(Stage.init),
        let word = element["outcome"]?.text,
        let outcome = Outcome(word: word, detail: element["detail"]?.text ?? "")
      else { return nil }
      items.append(Item(path: path, version: version, stage: stage, outcome: outcome))
    }
  }
}

extension Revocation.Outcome {
  package var word: String {
    switch self {
    case .pending: "pending"
    case .done: "done"
    case .failed: "failed"
    case .byHand: "by-hand"
    case .undone: "undone"
    }
  }

  package var detail: String {
    switch self {
    case .done(let text), .failed(let text), .byHand(let text): text
    case .pending, .undone: ""
    }
  }

  init?(word: String, detail: String) {
    switch word {
    case "pending": self = .pending
    case "done": self = .done(detail)
    case "failed": self = .failed(detail)
    case "by-hand": self = .byHand(detail)
    case "undone": self = .undone
    default: return nil
    }
  }
}
