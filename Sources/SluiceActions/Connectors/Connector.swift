package import SluiceVault

/// Speaks with one system that accepts credentials.
///
/// Every function may be called again after a crash in the middle of it, and must then lead to the
/// same end. None may keep, print or put into an error what a `SecretValue` holds (G3), and none
/// may put it into a command line (G12).
package protocol Connector: Sendable {
  var manner: ConnectorManner { get }

  /// Thinks of a new value, without changing anything at the target.
  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft

  /// Puts the new value in place, beside the old one where the target allows two.
  ///
  /// - Returns: the value, if the target makes it; nil if it was drafted.
  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision

  /// Proves that the target accepts the new value.
  func test(_ work: ConnectorWork) async throws(ConnectorError)

  /// Makes the new value the one that readers at the target get, where it hands it out itself.
  func activate(_ work: ConnectorWork) async throws(ConnectorError)

  /// Makes the target refuse the old value.
  ///
  /// - Returns: what was done, for people.
  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String

  /// Takes the new value away again; the old one works afterwards.
  func undo(_ work: ConnectorWork) async throws(ConnectorError)
}

/// What a connector can do.
package struct ConnectorManner: Sendable {
  /// The old value stops working the moment the new one is put in place.
  package var replacesAtOnce = false
  /// A value that leaked can be taken away without a new one.
  package var canRevoke = true
  /// An operator supplies new values.
  package var asksOperator = false

  package init() {}
}

/// What a connector works with.
package struct ConnectorWork: Sendable {
  package let tenant: Name
  package let path: SecretPath
  /// Names the rotation, or the revocation; the same whenever it is repeated.
  package let id: String
  /// The credential that may change others.
  package var admin: SecretValue?
  /// The value that goes.
  package var old: SecretValue?
  /// The value that comes; for a revocation by itself, the one that shall go on working.
  package var new: SecretValue?
  /// What the connector remembers of the new value.
  package var notes: [String: String] = [:]
  package var oldNotes: [String: String] = [:]
  /// Others know the old value: sessions that it opened are cut.
  package var isEmergency = false

  package init(tenant: Name, path: SecretPath, id: String) {
    self.tenant = tenant
    self.path = path
    self.id = id
  }
}

/// A new value that was thought of.
package struct Draft: Sendable {
  /// Nil if the target makes it, or somebody has to supply it.
  package var value: SecretValue?
  package var notes: [String: String] = [:]

  package init(_ value: SecretValue? = nil, notes: [String: String] = [:]) {
    self.value = value
    self.notes = notes
  }
}

/// What came of putting a value in place.
package struct Provision: Sendable {
  package var value: SecretValue?
  package var notes: [String: String] = [:]

  package init(_ value: SecretValue? = nil, notes: [String: String] = [:]) {
    self.value = value
    self.notes = notes
  }
}

extension Connector {
  package func activate(_ work: ConnectorWork) async throws(ConnectorError) {}
}
