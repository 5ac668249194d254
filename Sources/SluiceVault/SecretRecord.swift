package import SluiceAudit
internal import SluiceCrypto

/// Where a version of a secret is in its life.
package enum Stage: String, Sendable, CaseIterable {
  /// Stored, not yet given out unless asked for by number.
  case pending
  case current
  /// Replaced a moment ago: still valid until who uses it has the new one.
  case previous
  case retired
  /// Known to others; never given out again.
  case revoked
  /// The key to it is gone.
  case destroyed

  /// Whether a reader may get it.
  var isReadable: Bool {
    switch self {
    case .pending, .current, .previous, .retired: true
    case .revoked, .destroyed: false
    }
  }
}

/// What is known of a secret without its value.
package struct SecretRecord: Sendable {
  package struct Version: Sendable {
    package let number: UInt64
    package internal(set) var stage: Stage
    package let created: UTCTime
    /// The keyed fingerprint of the value; empty once destroyed.
    package internal(set) var fingerprint: String
  }

  package let path: SecretPath
  package internal(set) var attributes: SecretAttributes
  package let created: UTCTime
  /// The oldest first.
  package internal(set) var versions: [Version]

  package var current: Version? { versions.first { $0.stage == .current } }
}

/// What people say about a secret.
package struct SecretAttributes: Sendable, Hashable {
  /// What kind of credential it is: `password`, `aws-access-key`.
  package var type: String
  package var owner: String
  /// How much depends on it, in words of the organisation.
  package var tier: String
  /// The system that accepts it.
  package var target: String
  /// How it is rotated.
  package var policy: String

  package init(
    type: String = "", owner: String = "", tier: String = "", target: String = "",
    policy: String = ""
  ) {
    self.type = type
    self.owner = owner
    self.tier = tier
    self.target = target
    self.policy = policy
  }

  static let longest = 200

  /// - Throws: `VaultError.invalid` for control characters or a text that is too long.
  func check() throws(VaultError) {
    for (name, text) in named {
      guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else {
        throw .invalid(problem: "the \(name) is longer than \(Self.longest) bytes or no plain text")
      }
    }
  }

  package var named: [(name: String, value: String)] {
    [("type", type), ("owner", owner), ("tier", tier), ("target", target), ("policy", policy)]
  }
}

/// A secret as the store holds it.
struct StoredSecret {
  struct Version {
    var facts: SecretRecord.Version
    var sealed: SealedValue
  }

  let id: Int64
  let tenant: TenantID
  let path: SecretPath
  var attributes: SecretAttributes
  let created: UTCTime
  var nextVersion: UInt64
  /// The audit entry that changed it last.
  var changed: UInt64
  var versions: [Version]
  var authenticatorTerm: UInt64
  var authenticator: [UInt8]

  var record: SecretRecord {
    SecretRecord(
      path: path, attributes: attributes, created: created, versions: versions.map(\.facts))
  }

  var subject: String { "secret:\(Hexadecimal.text(of: tenant.bytes)):\(path.text)" }

  /// What the integrity key authenticates: all that is not sealed itself.
  var authenticated: [UInt8] {
    let versions = versions.map { version in
      JSONValue.object([
        .init("number", .integer(version.facts.number)),
        .init("stage", .string(version.facts.stage.rawValue)),
        .init("created", .integer(version.facts.created.microseconds)),
        .init("term", .integer(version.sealed.term)),
        .init("fingerprint", .string(version.facts.fingerprint)),
      ])
    }
    let attributes = attributes.named.map { JSONValue.Member($0.name, .string($0.value)) }
    return JSONValue.object([
      .init("subject", .string(subject)), .init("attributes", .object(attributes)),
      .init("created", .integer(created.microseconds)), .init("next", .integer(nextVersion)),
      .init("changed", .integer(changed)), .init("versions", .array(versions)),
    ]).canonicalBytes
  }
}
