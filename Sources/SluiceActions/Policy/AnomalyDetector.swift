package import SluiceAudit

/// Which use of a secret is unusual enough to act on.
package struct AnomalyRule: Sendable, Hashable {
  /// An agent uses a secret for the first time, this long after others began to.
  package var newAgentAfter: Duration?
  /// So many refusals for one secret within `deniedWithin`.
  package var deniedBurst: UInt64?
  package var deniedWithin: Duration = .seconds(300)
  /// A use after nobody used the secret for so long.
  package var silence: Duration?
  /// What happens.
  package var actions: LeakActions = [.alert]

  init(_ json: JSONValue, policy: String) throws(ActionSettingsError) {
    let fields = try TargetFields(
      json, place: "'onAnomaly' of policy '\(policy)'",
      known: ["newAgentAfter", "deniedBurst", "deniedWithin", "silence", "actions"])
    newAgentAfter = try fields.duration("newAgentAfter")
    deniedBurst = try fields.number("deniedBurst", in: 1...1_000_000)
    deniedWithin = try fields.duration("deniedWithin") ?? deniedWithin
    silence = try fields.duration("silence")
    guard newAgentAfter != nil || deniedBurst != nil || silence != nil else {
      throw ActionSettingsError(
        "\(fields.place) names no threshold",
        remedy: "give one or more of: newAgentAfter, deniedBurst, silence")
    }
    let words = try fields.texts("actions")
    guard let actions = LeakActions(words: words) else {
      throw fields.error("actions", "a list of alert, revoke and rotate")
    }
    if !words.isEmpty { self.actions = actions }
  }
}

/// Something unusual in the use of a secret.
package struct Anomaly: Sendable, Hashable {
  package enum Kind: String, Sendable { case newAgent, deniedBurst, silence }

  package let kind: Kind
  package let tenant: String
  package let path: String
  package let actor: String
  /// The entry that showed it.
  package let sequence: UInt64
  package let time: UTCTime
}

/// Reads the audit log, entry by entry, and says what is unusual in it.
///
/// A value: the same log gives the same anomalies, in every process.
package struct AnomalyDetector: Sendable {
  private struct Usage {
    var first: UTCTime
    var last: UTCTime
    var agents: Set<String>
    var denials: [UTCTime]
  }

  private let rule: @Sendable (_ tenant: String, _ path: String) -> AnomalyRule?
  private var usages: [String: Usage] = [:]
  private static let mostDenials = 10_000

  /// - Parameter rule: of a secret; nil for none.
  package init(rule: @escaping @Sendable (_ tenant: String, _ path: String) -> AnomalyRule?) {
    self.rule = rule
  }

  /// Whether an entry tells of a use by an agent; all others change nothing.
  package static func heeds(_ entry: AuditEntry) -> Bool {
    (entry.operation == "secret.read" || entry.operation == "secret.inject")
      && entry.actor.kind == .agent
  }

  /// Takes the next entry.
  package mutating func observe(_ entry: AuditEntry) -> [Anomaly] {
    guard Self.heeds(entry), let tenant = entry.tenant, let path = entry.object else { return [] }
    let key = "\(tenant)/\(path)"
    let rule = rule(tenant, path)
    var usage =
      usages[key] ?? Usage(first: entry.time, last: entry.time, agents: [], denials: [])
    let isFirst = usages[key] == nil
    var kinds: [Anomaly.Kind] = []
    switch entry.decision {
    case .allow:
      if let after = rule?.newAgentAfter, !isFirst, !usage.agents.contains(entry.actor.name),
        !usage.agents.isEmpty, entry.time.since(usage.first) >= after
      {
        kinds.append(.newAgent)
      }
      if let silence = rule?.silence, !usage.agents.isEmpty,
        entry.time.since(usage.last) >= silence
      {
        kinds.append(.silence)
      }
      usage.agents.insert(entry.actor.name)
      usage.last = entry.time
    case .deny:
      guard let rule, let burst = rule.deniedBurst else { break }
      usage.denials.append(entry.time)
      usage.denials.removeAll { entry.time.since($0) > rule.deniedWithin }
      if usage.denials.count >= min(Int(burst), Self.mostDenials) {
        kinds.append(.deniedBurst)
        usage.denials.removeAll()
      }
    }
    usages[key] = usage
    return kinds.map { kind in
      Anomaly(
        kind: kind, tenant: tenant, path: path, actor: entry.actor.name,
        sequence: entry.sequence, time: entry.time)
    }
  }
}
