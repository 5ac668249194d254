internal import SluiceVault

/// Passwords of PostgreSQL roles: of one role, or of two that take turns.
///
/// With one role the value is its password, and the old one stops working when the new one is put
/// in place. With two, the value is a JSON object with `username` and `password`; while one role is
/// in use, the other gets a new password, so that no connection ever fails.
struct PostgreSQLConnector: Connector {
  static let keys = [
    "host", "port", "database", "adminUser", "roles", "encryption", "length", "create",
  ]

  private let place: PostgreSQLConnection.Place
  private let roles: [String]
  private let length: Int
  private let createsRoles: Bool
  private let timeout: Duration

  var manner: ConnectorManner {
    var manner = ConnectorManner()
    manner.replacesAtOnce = roles.count == 1
    return manner
  }

  init(_ fields: TargetFields, timeout: Duration) throws(ActionSettingsError) {
    place = PostgreSQLConnection.Place(
      host: try fields.text("host") ?? "/var/run/postgresql",
      port: try fields.number("port", in: 1...65_535) ?? 5432,
      database: try fields.text("database") ?? "postgres",
      user: try fields.requiredText("adminUser"),
      encryption: try fields.text("encryption") ?? "prefer")
    guard ["disable", "prefer", "require", "verify-ca", "verify-full"].contains(place.encryption)
    else {
      throw fields.error("encryption", "disable, prefer, require, verify-ca or verify-full")
    }
    roles = try fields.texts("roles")
    guard (1...2).contains(roles.count), Set(roles).count == roles.count else {
      throw fields.error("roles", "one role, or two that take turns")
    }
    length = Int(try fields.number("length", in: 16...128) ?? 32)
    createsRoles = try fields.isSet("create") ?? true
    self.timeout = timeout
  }

  func draft(_ work: ConnectorWork) async throws(ConnectorError) -> Draft {
    guard roles.count == 2 else { return Draft(try GeneratedPassword.make(length: length)) }
    guard let old = work.old, let object = CredentialObject(old) else {
      throw .misconfigured("the current value is no JSON object with 'username' and 'password'")
    }
    guard let user = object.publicText("username"), let other = roles.first(where: { $0 != user }),
      roles.contains(user)
    else {
      throw .misconfigured("the 'username' of the current value is none of the target's roles")
    }
    return Draft(
      try object.replacing(user: ("username", other), password: "password", length: length))
  }

  func provision(_ work: ConnectorWork) async throws(ConnectorError) -> Provision {
    let login = try login(work.new, "new")
    try await asAdmin(work) { connection throws(PostgreSQLError) in
      try connection.run("BEGIN")
      if createsRoles, let other = roles.first(where: { $0 != login.role }) {
        try create(login.role, like: other, connection)
      }
      try setPassword(login, connection)
      if work.isEmergency && roles.count == 1 { try cutSessions(of: login.role, connection) }
      try connection.run("COMMIT")
    }
    return Provision()
  }

  func test(_ work: ConnectorWork) async throws(ConnectorError) {
    try await check(try login(work.new, "new"))
  }

  func revoke(_ work: ConnectorWork) async throws(ConnectorError) -> String {
    guard roles.count == 2 else {
      // A single role: another password has replaced this one, unless nothing shall go on.
      if work.new != nil { return "another password has replaced it" }
      try await close(roles[0], work)
      return "role \(roles[0]) accepts no password any more"
    }
    let old = try login(work.old, "old")
    if let new = work.new, try login(new, "current").role == old.role {
      return "another password has replaced it"
    }
    try await close(old.role, work)
    return "role \(old.role) accepts no password any more"
  }

  func undo(_ work: ConnectorWork) async throws(ConnectorError) {
    guard roles.count == 1 else { return try await close(try login(work.new, "new").role, work) }
    guard work.old != nil else { return try await close(roles[0], work) }
    let login = try login(work.old, "old")
    try await asAdmin(work) { connection throws(PostgreSQLError) in
      try setPassword(login, connection)
    }
    try await check(login)
  }

  // MARK: - At the server

  private struct Login: Sendable {
    let role: String
    let password: SecretValue
  }

  private func login(_ value: SecretValue?, _ what: String) throws(ConnectorError) -> Login {
    guard let value else { throw .misconfigured("there is no \(what) value") }
    guard roles.count == 2 else { return Login(role: roles[0], password: value) }
    guard let object = CredentialObject(value), let user = object.publicText("username"),
      roles.contains(user), let password = object.secret("password")
    else {
      throw .misconfigured(
        "the \(what) value is no JSON object with one of the roles as 'username' and a 'password'")
    }
    return Login(role: user, password: password)
  }

  private func asAdmin(
    _ work: ConnectorWork,
    _ body: @escaping @Sendable (PostgreSQLConnection) throws(PostgreSQLError) -> Void
  ) async throws(ConnectorError) {
    try await Blocking.run { () throws(ConnectorError) in
      do throws(PostgreSQLError) {
        try body(try PostgreSQLConnection(to: place, password: work.admin, timeout: timeout))
      } catch {
        throw Self.explained(error, isAdmin: true)
      }
    }
  }

  private func check(_ login: Login) async throws(ConnectorError) {
    var own = place
    own.user = login.role
    let place = own
    try await Blocking.run { () throws(ConnectorError) in
      do throws(PostgreSQLError) {
        try PostgreSQLConnection(to: place, password: login.password, timeout: timeout)
          .run("SELECT 1")
      } catch {
        throw Self.explained(error, isAdmin: false)
      }
    }
  }

  private func close(_ role: String, _ work: ConnectorWork) async throws(ConnectorError) {
    try await asAdmin(work) { connection throws(PostgreSQLError) in
      do throws(PostgreSQLError) {
        try connection.run("ALTER ROLE \(Self.quoted(role)) PASSWORD NULL")
      } catch .failed(state: "42704", _) {
        return  // There is no such role: nothing to take away.
      }
      if work.isEmergency { try cutSessions(of: role, connection) }
    }
  }

  /// Makes a role that may do what another one may, by membership, and whose objects belong to it.
  private func create(
    _ role: String, like other: String, _ connection: PostgreSQLConnection
  ) throws(PostgreSQLError) {
    guard try connection.run("SELECT 1 FROM pg_roles WHERE rolname = $1", [role]).isEmpty else {
      return
    }
    try connection.run("CREATE ROLE \(Self.quoted(role)) LOGIN")
    try connection.run("GRANT \(Self.quoted(other)) TO \(Self.quoted(role))")
    try connection.run("ALTER ROLE \(Self.quoted(role)) SET role TO \(Self.quoted(other))")
  }

  private func setPassword(
    _ login: Login, _ connection: PostgreSQLConnection
  ) throws(PostgreSQLError) {
    let verifier = try connection.verifier(of: login.password, user: login.role)
    try connection.run("ALTER ROLE \(Self.quoted(login.role)) LOGIN PASSWORD '\(verifier)'")
  }

  private func cutSessions(
    of role: String, _ connection: PostgreSQLConnection
  ) throws(PostgreSQLError) {
    try connection.run(
      """
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE usename = $1 AND pid <> pg_backend_pid()
      """, [role])
  }

  private static func quoted(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  private static func explained(_ error: PostgreSQLError, isAdmin: Bool) -> ConnectorError {
    switch error {
    case .libraryMissing:
      .missing(
        "PostgreSQL's client library libpq.so.5 is not installed",
        remedy: "install it; on Debian and Ubuntu: apt-get install libpq5")
    case .unreachable(let message): .unreachable(message)
    case .refused(let message): isAdmin ? .adminRefused(message) : .credentialRefused(message)
    case .failed(let state, let message):
      // 42501: the administrator may not do that.
      isAdmin && state == "42501"
        ? .adminRefused(message) : .rejected("\(message) (SQLSTATE \(state))")
    case .timedOut(let what): .timedOut(what)
    }
  }
}
