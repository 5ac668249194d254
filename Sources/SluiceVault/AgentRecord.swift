package import SluiceAudit
internal import SluiceCrypto

/// What a grant allows to do with a secret.
package enum Capability: String, Sendable, CaseIterable {
  /// Get the value.
  case read
  /// Have the value given to a program that one starts, without seeing it.
  case inject
  /// Store a new version.
  case rotate
}

/// Which secrets an agent may use, how, and until when.
package struct Grant: Sendable, Hashable {
  /// Counts from 1 for each agent; never used again.
  package let number: UInt64
  package let pattern: PathPattern
  package let capabilities: Set<Capability>
  package let expires: UTCTime?
  /// How often it still serves; nil for as often as one likes.
  package internal(set) var uses: UInt64?
  /// What a request must state for the grant to serve: `tool` = `deploy`.
  package let context: [String: String]
}

/// An agent without its tokens, or a role.
package struct AgentRecord: Sendable {
  /// A role has grants for its members, and does nothing itself.
  ///
  /// It shares the names of agents.
  package enum Kind: String, Sendable {
    case agent, role
  }

  package struct Token: Sendable {
    package let number: UInt64
    package let created: UTCTime
    package let expires: UTCTime
  }

  package let kind: Kind
  package let name: Name
  package let isEnabled: Bool
  package let created: UTCTime
  /// Of an agent: whose grants it has besides its own.
  package let roles: [Name]
  package let grants: [Grant]
  package let tokens: [Token]
}

/// An agent as the store holds it.
struct StoredAgent {
  struct Token {
    let facts: AgentRecord.Token
    let hash: [UInt8]
  }

  let id: Int64
  let tenant: TenantID
  let kind: AgentRecord.Kind
  let name: Name
  var isEnabled: Bool
  let created: UTCTime
  /// The number that the next grant or token gets.
  var nextItem: UInt64
  /// The audit entry that changed it last.
  var changed: UInt64
  /// By name, in order.
  var roles: [Name] = []
  var grants: [Grant]
  var tokens: [Token]
  var authenticatorTerm: UInt64
  var authenticator: [UInt8]

  var record: AgentRecord {
    AgentRecord(
      kind: kind, name: name, isEnabled: isEnabled, created: created, roles: roles, grants: grants,
      tokens: tokens.map(\.facts))
  }

  var subject: String { "\(kind.rawValue):\(Hexadecimal.text(of: tenant.bytes)):\(name.text)" }

  /// What the integrity key authenticates.
  var authenticated: [UInt8] {
    func time(_ time: UTCTime?) -> JSONValue { time.map { .integer($0.microseconds) } ?? .null }
    let grants = grants.map { grant in
      JSONValue.object([
        .init("number", .integer(grant.number)), .init("pattern", .string(grant.pattern.text)),
        .init("capabilities", .string(grant.capabilities.text)),
        .init("expires", time(grant.expires)),
        .init("uses", grant.uses.map { .integer($0) } ?? .null),
        .init("context", grant.context.json),
      ])
    }
    let tokens = tokens.map { token in
      JSONValue.object([
        .init("number", .integer(token.facts.number)),
        .init("hash", .string(Hexadecimal.text(of: token.hash))),
        .init("created", time(token.facts.created)), .init("expires", time(token.facts.expires)),
      ])
    }
    // Left out where there are none, as it was before there were roles.
    let roles: [JSONValue.Member] =
      roles.isEmpty ? [] : [.init("roles", .array(roles.map { .string($0.text) }))]
    return JSONValue.object(
      [
        .init("subject", .string(subject)), .init("enabled", .bool(isEnabled)),
        .init("created", time(created)), .init("next", .integer(nextItem)),
        .init("changed", .integer(changed)), .init("grants", .array(grants)),
        .init("tokens", .array(tokens)),
      ] + roles
    ).canonicalBytes
  }
}

extension Set<Capability> {
  /// In a fixed order, with commas.
  package var text: String { map(\.rawValue).sorted().joined(separator: ",") }

  init?(text: String) {
    self = []
    for word in text.split(separator: ",") {
      guard let capability = Capability(rawValue: String(word)) else { return nil }
      insert(capability)
    }
  }
}

extension [String: String] {
  var json: JSONValue { .object(map { .init($0.key, .string($0.value)) }) }

  init?(_ json: JSONValue) {
    guard let members = json.members else { return nil }
    self = [:]
    for member in members { self[member.name] = member.value.text }
  }
}
