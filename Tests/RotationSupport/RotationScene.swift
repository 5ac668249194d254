package import Foundation
package import SluiceActions
package import SluiceAudit
internal import SluiceCrypto
package import SluiceVault

/// A vault with a secret that a real PostgreSQL server accepts.
package final class RotationScene: Sendable {
  package let home: String
  package let vault: Vault
  package let tenant: Name
  package let path: SecretPath
  package let keyFile: String
  package let hasTwoRoles: Bool
  /// Kept running as long as the scene is looked at.
  private let server: PostgreSQLServer
  private let serverPlace: PostgreSQLConnection.Place

  /// - Parameters:
  ///   - server: gets the roles.
  ///   - hasTwoRoles: two roles that take turns, or one.
  ///   - timeout: of the target, `10s`.
  ///   - parent: where the vault is made; nil for memory, if there is such a file system.
  ///   - clock: of the vault as it is used here.
  /// - Throws: what the vault or the server throws.
  package init(
    server: PostgreSQLServer, hasTwoRoles: Bool = true, timeout: String = "10s",
    parent: String? = nil, clock: @escaping @Sendable () -> UTCTime = Vault.systemClock
  ) throws {
    let shared = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    home = "\(parent ?? shared)/sluice-scene-\(UUID().uuidString)"
    tenant = try Name("default", kind: "tenant")
    path = try SecretPath("app/db")
    keyFile = home + ".key"
    self.hasTwoRoles = hasTwoRoles
    self.server = server
    serverPlace = server.place(as: "")
    let key = Hexadecimal.text(of: try SecureRandom.bytes(32))
    try Data(key.utf8).write(to: URL(filePath: keyFile))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: keyFile)
    let keyBytes = Array(key.utf8)
    vault = try Vault.create(
      home: home,
      sealer: try SealDescription.keyFile(hint: keyFile).sealer(
        SecretBytes(copying: keyBytes.span)), by: try Self.requester(), clock: clock)
    let name = "app_\(Hexadecimal.text(of: try SecureRandom.bytes(3)))"
    let password = "first-password"
    try server.asSuperuser("CREATE ROLE \(name) LOGIN PASSWORD '\(password)'")
    try server.asSuperuser("GRANT SELECT ON items TO \(name)")
    try put(server.adminPassword, at: "admin/postgres")
    try describe(roles: hasTwoRoles ? [name, name + "_b"] : [name], timeout: timeout)
    try put(
      hasTwoRoles ? #"{"username":"\#(name)","password":"\#(password)","host":"db"}"# : password,
      at: path.text, target: "db")
  }

  deinit {
    try? FileManager.default.removeItem(atPath: home)
    try? FileManager.default.removeItem(atPath: keyFile)
  }

  package static func requester() throws -> Requester { try Requester(.operator("tester")) }

  package func put(_ text: String, at path: String, target: String? = nil) throws {
    let bytes = Array(text.utf8)
    try vault.put(
      SecretBytes(copying: bytes.span), at: try SecretPath(path), of: tenant,
      attributes: target.map { SecretAttributes(type: "password", target: $0) },
      by: try Self.requester())
  }

  private func describe(roles: [String], timeout: String) throws {
    let target = ActionRecord(
      .target, "db", of: tenant,
      body: .object([
        .init("connector", .string("postgresql")), .init("host", .string(server.folder)),
        .init("adminUser", .string("rotator")), .init("admin", .string("admin/postgres")),
        .init("roles", .array(roles.map { .string($0) })), .init("timeout", .string(timeout)),
      ]))
    try vault.put(target, as: ActionNote("target.put", object: "db"), by: try Self.requester())
  }

  /// Stores a policy of this secret.
  package func put(policy: [JSONValue.Member]) throws {
    let match = JSONValue.object([.init("paths", .array([.string(path.text)]))])
    let record = ActionRecord(
      .policy, "p", of: tenant, body: .object([.init("match", match)] + policy))
    try vault.put(record, as: ActionNote("policy.put", object: "p"), by: try Self.requester())
  }

  /// A program that works on this vault, not started yet.
  package func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = [
      "SLUICE_HOME": home, "SLUICE_KEY_FILE": keyFile, "PATH": "/usr/bin:/bin",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  // MARK: - Looking

  package func rotator() throws -> Rotator { Rotator(vault: vault, by: try Self.requester()) }

  /// A pace for tests.
  package static func pace(drain: Duration = .zero, attempts: Int = 2) -> RotationPace {
    var pace = RotationPace()
    pace.drain = drain
    pace.attempts = attempts
    return pace
  }

  package func rotate(_ pace: RotationPace = RotationScene.pace()) async throws -> Rotation {
    try await rotator().rotate(path, of: tenant, reason: "manual", pace: pace)
  }

  package func facts() throws -> SecretRecord {
    guard let facts = try vault.facts(of: path, of: tenant) else {
      throw VaultError.unknown(kind: "secret", name: path.text)
    }
    return facts
  }

  /// How many entries of the audit log tell of an operation.
  package func count(of operation: String) throws -> Int {
    var count = 0
    try vault.forEachEntry(in: 0..<(try vault.auditSize())) { entry in
      if entry.operation == operation { count += 1 }
      return true
    }
    return count
  }

  package func stages() throws -> [Stage] { try facts().versions.map(\.stage) }

  package func value(_ version: UInt64? = nil) throws -> SecretValue {
    try vault.withdraw(
      path, version: version, of: tenant, for: "a test", by: try Self.requester())
  }

  /// The password inside of a value, as it would stand in a log.
  package func password(_ version: UInt64? = nil) throws -> String {
    guard let password = CredentialObject(try value(version))?.secret("password") else {
      throw CampaignFailure("the value has no password")
    }
    return password.bytes.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
  }

  /// Opens a connection as a client would, with what the vault has.
  package func connect(_ version: UInt64? = nil) throws -> PostgreSQLConnection {
    try connect(with: try value(version))
  }

  package func connect(with value: SecretValue) throws -> PostgreSQLConnection {
    let login = try Login(value, isObject: hasTwoRoles, path: vault.home)
    var place = serverPlace
    place.user = try login.user ?? roleName()
    return try PostgreSQLConnection(to: place, password: login.password, timeout: .seconds(10))
  }

  private func roleName() throws -> String {
    let target = try vault.action(.target, "db", of: tenant)
    return target?.body["roles"]?.elements?.first?.text ?? ""
  }

  package func isAccepted(_ version: UInt64? = nil) throws -> Bool {
    try isAccepted(try value(version))
  }

  package func isAccepted(_ value: SecretValue) throws -> Bool {
    do {
      try connect(with: value).run("SELECT 1")
      return true
    } catch PostgreSQLError.refused {
      return false
    }
  }

  private struct Login {
    let user: String?
    let password: SecretValue

    init(_ value: SecretValue, isObject: Bool, path: String) throws {
      guard isObject else {
        user = nil
        password = value
        return
      }
      let text = value.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
      let json = try JSONValue(parsing: text)
      user = json["username"]?.text
      password = PostgreSQLServer.value(json["password"]?.text ?? "")
    }
  }
}
