package import SluiceAudit

/// Whether an agent may do something, and why.
///
/// Nothing is allowed unless a grant says so.
package enum AccessPolicy {
  package enum Decision: Sendable, Hashable {
    /// The grant's number, and the role that has it, if it is not the agent's own.
    case allowed(by: UInt64, role: Name? = nil)
    case denied(reason: String)
  }

  /// What an agent wants.
  package struct Wish: Sendable {
    package let capability: Capability
    package let path: SecretPath
    package let context: [String: String]
    package let time: UTCTime

    package init(
      _ capability: Capability, _ path: SecretPath, context: [String: String], at time: UTCTime
    ) {
      self.capability = capability
      self.path = path
      self.context = context
      self.time = time
    }
  }

  /// Decides by the grants alone, those of the agent before those of its roles; of several that
  /// fit, one without a count of uses serves first.
  package static func decide(
    _ wish: Wish, for agent: AgentRecord, roles: [AgentRecord] = []
  ) -> Decision {
    guard agent.isEnabled else {
      return .denied(reason: "agent '\(agent.name.text)' is disabled")
    }
    let holders: [(role: Name?, record: AgentRecord)] =
      [(nil, agent)] + roles.filter(\.isEnabled).map { ($0.name, $0) }
    let covering = holders.flatMap { role, record in
      record.grants.filter { $0.pattern.covers(wish.path) }.map { (role: role, grant: $0) }
    }
    guard !covering.isEmpty else {
      return .denied(reason: "no grant of agent '\(agent.name.text)' covers '\(wish.path.text)'")
    }
    let fitting = covering.filter { obstacle($0.grant, wish) == nil }
    if let found = fitting.first(where: { $0.grant.uses == nil }) ?? fitting.first {
      return .allowed(by: found.grant.number, role: found.role)
    }
    let obstacles = covering.compactMap { role, grant in
      obstacle(grant, wish).map { obstacle in
        "grant \(grant.number)" + (role.map { " of role '\($0.text)'" } ?? "") + " \(obstacle)"
      }
    }
    return .denied(reason: obstacles.joined(separator: "; "))
  }

  /// Why a grant that covers the path does not serve; nil if it does.
  private static func obstacle(_ grant: Grant, _ wish: Wish) -> String? {
    if !grant.capabilities.contains(wish.capability) {
      return "does not allow to \(wish.capability.rawValue)"
    }
    if let expires = grant.expires, expires <= wish.time { return "expired at \(expires.text)" }
    if grant.uses == 0 { return "is used up" }
    let unmet = grant.context.filter { wish.context[$0.key] != $0.value }.map(\.key).sorted()
    if let name = unmet.first { return "asks for another \(name) than the request states" }
    return nil
  }
}
