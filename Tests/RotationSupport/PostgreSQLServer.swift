internal import Foundation
package import SluiceActions
internal import SluiceCrypto
package import SluiceVault

/// A PostgreSQL server of its own in a temporary directory, reached by a Unix socket only.
///
/// Its superuser is `postgres`; `rotator` may change roles and end sessions, no more.
///
/// `@unchecked Sendable`: one thread of a test starts and stops it, all others only connect.
package final class PostgreSQLServer: @unchecked Sendable {
  package let folder: String
  package let adminPassword = "rotator-password-for-tests"
  private static let superuserPassword = "superuser-password-for-tests"
  private var process: Process?
  private let programs: String

  /// Nil where PostgreSQL is not installed.
  package static func start() throws -> PostgreSQLServer? {
    guard let programs = programFolder() else { return nil }
    return try PostgreSQLServer(programs: programs)
  }

  package static var isInstalled: Bool { programFolder() != nil }

  /// Debian keeps the server's programs out of the way, one folder a version.
  private static func programFolder() -> String? {
    let parent = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    let folders = versions.compactMap(Int.init).sorted(by: >).map { "\(parent)/\($0)/bin" }
    return folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") }
  }

  private init(programs: String) throws {
    self.programs = programs
    folder = "/tmp/sluice-pg-\(UUID().uuidString.prefix(8))"
    let files = FileManager.default
    try files.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    let passwordFile = folder + "/password"
    try Data(Self.superuserPassword.utf8).write(to: URL(filePath: passwordFile))
    if Self.isRoot {
      try Self.run("/bin/chown", ["-R", "postgres", folder])
    }
    try run(
      "initdb",
      [
        "-D", folder + "/data", "-U", "postgres", "-A", "scram-sha-256", "--pwfile", passwordFile,
        "-E", "UTF8", "--no-locale", "--no-sync",
      ])
    try start()
    let superuser = try connect(as: "postgres", password: Self.superuserPassword)
    try superuser.run("CREATE ROLE rotator LOGIN CREATEROLE PASSWORD '\(adminPassword)'")
    try superuser.run("GRANT pg_signal_backend TO rotator")
    try superuser.run("CREATE TABLE items (id int)")
  }

  private static var isRoot: Bool { getuid() == 0 }

  /// Starts it, after `stop` too.
  package func start() throws {
    let process = self.process(
      "postgres",
      [
        "-D", folder + "/data", "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off",
        "-c", "max_connections=50", "-c", "log_min_messages=fatal",
      ])
    try process.run()
    self.process = process
    for _ in 0..<400 {
      if (try? connect(as: "postgres", password: Self.superuserPassword)) != nil { return }
      usleep(50_000)
    }
    throw CocoaError(.fileReadUnknown)
  }

  /// Ends it at once, sessions and all.
  package func stop() {
    guard let process else { return }
    // The server itself, also where a program in between changed the user: it notes its number.
    let note = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
    if let number = note?.split(separator: "\n").first.flatMap({ Int32($0) }) {
      kill(number, SIGQUIT)
    } else {
      process.terminate()
    }
    process.waitUntilExit()
    self.process = nil
  }

  /// Stops all of its processes, or lets them go on: what a target looks like that hangs.
  package func freeze(_ isFrozen: Bool) {
    let note = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
    guard let number = note?.split(separator: "\n").first.flatMap({ Int32($0) }) else { return }
    kill(number, isFrozen ? SIGSTOP : SIGCONT)
  }

  deinit { end() }

  /// Ends it for good; nothing is left of it.
  package func end() {
    freeze(false)
    stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  package func place(as user: String) -> PostgreSQLConnection.Place {
    PostgreSQLConnection.Place(host: folder, port: 5432, database: "postgres", user: user)
  }

  package func connect(
    as user: String, password: String
  ) throws(PostgreSQLError) -> PostgreSQLConnection {
    try PostgreSQLConnection(
      to: place(as: user), password: Self.value(password), timeout: .seconds(10))
  }

  package func asSuperuser(_ statement: String) throws {
    try connect(as: "postgres", password: Self.superuserPassword).run(statement)
  }

  package static func value(_ text: String) -> SecretValue {
    let bytes = Array(text.utf8)
    return SecretValue(SecretBytes(copying: bytes.span), version: 0)
  }

  // MARK: - Programs

  private func process(_ name: String, _ arguments: [String]) -> Process {
    let process = Process()
    // The server refuses to run as root.
    if Self.isRoot {
      // Unlike runuser it becomes the program, which can then be stopped and continued.
      process.executableURL = URL(filePath: "/usr/bin/setpriv")
      process.arguments =
        ["--reuid=postgres", "--regid=postgres", "--clear-groups", "\(programs)/\(name)"]
        + arguments
    } else {
      process.executableURL = URL(filePath: "\(programs)/\(name)")
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  private func run(_ name: String, _ arguments: [String]) throws {
    let process = self.process(name, arguments)
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  private static func run(_ path: String, _ arguments: [String]) throws {
    let process = try Process.run(URL(filePath: path), arguments: arguments)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }
}
