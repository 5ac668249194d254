package import SluiceAudit
internal import SluiceCrypto

/// What the vault keeps for those who act on secrets: targets, policies, rotations, incidents.
///
/// The vault does not read the body. It keeps it authenticated, so that nobody who can write to the
/// store can send an administrator's credential to another host, and refuses to replace a record
/// that another process has changed meanwhile.
package struct ActionRecord: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case target, policy, rotation, revocation, incident, watch
  }

  package let kind: Kind
  package let tenant: Name
  package let name: String
  /// Whether something is left to do.
  package var isOpen: Bool
  package var body: JSONValue
  /// Counts the times it was stored; 0 for one that is new.
  package internal(set) var revision: UInt64

  package init(_ kind: Kind, _ name: String, of tenant: Name, body: JSONValue, isOpen: Bool = true)
  {
    self.kind = kind
    self.tenant = tenant
    self.name = name
    self.body = body
    self.isOpen = isOpen
    revision = 0
  }

  /// How long a name is at most.
  static let longestName = 512
}

/// What goes on record with a change of an action record.
package struct ActionNote: Sendable {
  package let operation: String
  /// The path of a secret, or the record's name.
  package var object: String?
  package var version: UInt64?
  package var fingerprint: String?
  package var details: [String: String]

  package init(
    _ operation: String, object: String? = nil, version: UInt64? = nil, fingerprint: String? = nil,
    details: [String: String] = [:]
  ) {
    self.operation = operation
    self.object = object
    self.version = version
    self.fingerprint = fingerprint
    self.details = details
  }
}

/// A change of a version's stage that an action brings about.
package enum StageChange: Sendable, Hashable {
  /// A pending version becomes the current one.
  case promote(UInt64)
  /// A version leaves service: `retired` or `revoked`.
  case settle(UInt64, Stage)
  /// A revocation is taken back; what was current becomes previous if there is another one.
  case restore(UInt64, Stage)
}

/// An action record as the store holds it.
struct StoredAction {
  let kind: ActionRecord.Kind
  let tenant: TenantID
  let name: String
  var isOpen: Bool
  var body: JSONValue
  var revision: UInt64
  /// The audit entry that changed it last.
  var changed: UInt64
  var authenticatorTerm: UInt64
  var authenticator: [UInt8]

  static func subject(_ kind: ActionRecord.Kind, _ name: String, of tenant: TenantID) -> String {
    "\(kind.rawValue):\(Hexadecimal.text(of: tenant.bytes)):\(name)"
  }

  var subject: String { Self.subject(kind, name, of: tenant) }

  /// What the integrity key authenticates.
  var authenticated: [UInt8] {
    JSONValue.object([
      .init("subject", .string(subject)), .init("open", .bool(isOpen)), .init("body", body),
      .init("revision", .integer(revision)), .init("changed", .integer(changed)),
    ]).canonicalBytes
  }

  func record(tenant: Name) -> ActionRecord {
    var record = ActionRecord(kind, name, of: tenant, body: body, isOpen: isOpen)
    record.revision = revision
    return record
  }
}
