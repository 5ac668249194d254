import Foundation
import RotationSupport
import SluiceAudit
import SluiceVault
import Synchronization
import Testing

@testable import SluiceActions

@Suite(
  "rotate watch", .serialized,
  .enabled(if: isAvailable(PostgreSQLServer.isInstalled, "postgresql")))
struct WatchTests {
  private func server() throws -> PostgreSQLServer {
    try #require(try PostgreSQLServer.start(), "postgresql is required in CI")
  }

  // MARK: - Several processes

  /// `sluice rotate watch` as a process, and what it says.
  private final class RunningWatch {
    private let process: Process
    private let file: URL

    init(_ scene: RotationScene) throws {
      process = scene.process(builtProgram, ["rotate", "watch", "--interval", "100ms"])
      file = URL(filePath: scene.home + "-\(UUID().uuidString).log")
      try Data().write(to: file)
      process.standardError = try FileHandle(forWritingTo: file)
      try process.run()
    }

    deinit {
      kill(SIGKILL)
      try? FileManager.default.removeItem(at: file)
    }

    var said: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    func kill(_ signal: Int32) {
      guard process.isRunning else { return }
      Glibc.kill(process.processIdentifier, signal)
      process.waitUntilExit()
    }
  }

  private func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () throws -> Bool
  ) async throws {
    // Longer than any delay of a busy machine: only what never comes fails.
    let end = ContinuousClock.now + .seconds(300)
    while try !isSo() {
      try #require(
        ContinuousClock.now < end, "never came: \(what)", sourceLocation: sourceLocation)
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func leaderAndStandby(
    _ scene: RotationScene
  ) async throws -> (leader: RunningWatch, standby: RunningWatch) {
    let leader = try RunningWatch(scene)
    try await wait("a leader") { try RotationWatch.lead(scene.vault) == nil }
    let standby = try RunningWatch(scene)
    try await wait("a standby") { standby.said.contains("standing by") }
    return (leader, standby)
  }

  @Test("G9: the leader is killed before the rotation is due: the other one rotates, once")
  func takeover() async throws {
    let clock = TestClock()
    clock.jump(-3600)
    // To the processes, whose clock is the system's, the secret is an hour old.
    let scene = try RotationScene(server: server(), clock: clock.read)
    let (leader, standby) = try await leaderAndStandby(scene)
    leader.kill(SIGKILL)
    try scene.put(policy: [.init("every", .string("30m")), .init("drain", .string("100ms"))])
    try await wait("a rotation") { standby.said.contains("app/db: complete") }
    #expect(standby.said.contains("this one watches now"))
    try await Task.sleep(for: .seconds(1))
    #expect(try scene.stages() == [.retired, .current])
    #expect(try scene.isAccepted(2))
    #expect(try !scene.isAccepted(1))
    #expect(!leader.said.contains("complete"))
    _ = try scene.vault.verifyLog()
  }

  @Test("G9: the leader is killed within a rotation: the other one ends that one, and begins none")
  func takeoverWithin() async throws {
    let clock = TestClock()
    clock.jump(-3600)
    let scene = try RotationScene(server: server(), clock: clock.read)
    let (leader, standby) = try await leaderAndStandby(scene)
    try scene.put(policy: [.init("every", .string("30m")), .init("drain", .string("30s"))])
    try await wait("the drain") {
      try scene.rotator().rotation(of: scene.path, scene.tenant)?.phase == .draining
    }
    leader.kill(SIGKILL)
    #expect(try scene.isAccepted(1))
    #expect(try scene.isAccepted(2))
    try await wait("the end") { standby.said.contains("app/db: complete") }
    try await Task.sleep(for: .seconds(1))
    #expect(try scene.stages() == [.retired, .current])
    #expect(try scene.isAccepted(2))
    #expect(try !scene.isAccepted(1))
    #expect(try scene.count(of: "rotation.begin") == 1)
  }

  // MARK: - Clocks

  private func watch(
    _ scene: RotationScene, _ said: Said,
    uptime: @escaping @Sendable () -> Duration = RotationWatch.systemUptime()
  ) throws -> RotationWatch {
    RotationWatch(
      vault: scene.vault, by: try RotationScene.requester(), allowed: [], uptime: uptime
    ) { said.add($0) }
  }

  @Test("runs that were missed while nobody watched are made up for once")
  func missed() async throws {
    let clock = TestClock()
    let scene = try RotationScene(server: server(), clock: clock.read)
    try scene.put(policy: [.init("daily", .string("03:30")), .init("drain", .string("0s"))])
    clock.jump(10 * 86_400)
    let said = Said()
    var watch = try watch(scene, said)
    for _ in 0..<3 { #expect(try await watch.tick()) }
    #expect(try scene.stages() == [.retired, .current])
    #expect(try scene.count(of: "rotation.begin") == 1)
    let entry = try #require(try DueList(scene.vault).entries.first)
    #expect(entry.state == .planned)
  }

  @Test("a clock that jumps makes nothing due until it runs evenly, and then once")
  func jump() async throws {
    let clock = TestClock()
    let scene = try RotationScene(server: server(), clock: clock.read)
    try scene.put(policy: [.init("every", .string("1d")), .init("drain", .string("0s"))])
    let said = Said()
    let uptime = TestUptime()
    var watch = try watch(scene, said, uptime: uptime.read)
    #expect(try await watch.tick())
    clock.jump(365 * 86_400)
    for _ in 0..<3 { #expect(try await watch.tick()) }
    #expect(said.all.contains { $0.contains("the clock jumped by 365d") }, "\(said.all)")
    #expect(try scene.stages() == [.current])
    // Set right again: nothing came of it.
    clock.jump(-365 * 86_400)
    #expect(try await watch.tick())
    uptime.advance(.seconds(61))
    clock.jump(61)
    #expect(try await watch.tick())
    #expect(try scene.stages() == [.current])
    // A jump that stays is believed after a minute.
    clock.jump(30 * 86_400)
    #expect(try await watch.tick())
    #expect(try scene.stages() == [.current])
    uptime.advance(.seconds(61))
    clock.jump(61)
    for _ in 0..<3 { #expect(try await watch.tick()) }
    #expect(try scene.stages() == [.retired, .current])
  }

  // MARK: - What else it does

  @Test("an anomaly is acted on as its policy says, once, and stands on record")
  func anomaly() async throws {
    let scene = try RotationScene(server: server())
    let rule = JSONValue.object([
      .init("deniedBurst", .string("3")), .init("deniedWithin", .string("1m")),
      .init("actions", .array([.string("alert"), .string("rotate")])),
    ])
    try scene.put(policy: [.init("onAnomaly", rule)])
    let said = Said()
    var watch = RotationWatch(
      vault: scene.vault, by: try RotationScene.requester(), allowed: [.alert, .rotate]
    ) { said.add($0) }
    #expect(try await watch.tick())
    let (vault, tenant) = (scene.vault, scene.tenant)
    let agent = try Name("stranger", kind: "agent")
    try vault.createAgent(agent, of: tenant, by: RotationScene.requester())
    func refused() throws {
      #expect(throws: VaultError.self) {
        try vault.read(scene.path, of: tenant, by: Requester(.agent(agent, tenant: tenant)))
      }
    }
    for _ in 0..<2 { try refused() }
    #expect(try await watch.tick())
    #expect(try scene.stages() == [.current])
    try refused()
    for _ in 0..<3 { #expect(try await watch.tick()) }
    #expect(try scene.stages() == [.revoked, .current])
    #expect(try !scene.isAccepted(1))
    #expect(said.all.count { $0.contains("anomaly deniedBurst: agent default/stranger") } == 1)
    var recorded: [String] = []
    try vault.forEachEntry(in: 0..<(try vault.auditSize())) { entry in
      if let kind = entry.details["anomaly"] {
        recorded.append("\(kind) \(entry.details["secret"] ?? "")")
      }
      return true
    }
    #expect(recorded == ["deniedBurst default/app/db"])
    // The next leader does not act on it again.
    var next = RotationWatch(
      vault: scene.vault, by: try RotationScene.requester(), allowed: [.alert, .rotate]
    ) { _ in }
    #expect(try await next.tick())
    #expect(try scene.stages() == [.revoked, .current])
  }

  @Test("G9: a filter is killed while it acts on a leak: the watch ends that, once")
  func killedFilter() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    // The first password is too plain for a rule.
    _ = try await scene.rotate()
    let password = try scene.password(2)
    let filter = scene.process(builtProgram, ["filter", "--on-leak", "rotate"])
    filter.standardError = FileHandle.standardError
    let (input, output) = (Pipe(), Pipe())
    filter.standardInput = input
    filter.standardOutput = output
    server.freeze(true)
    try filter.run()
    try input.fileHandleForWriting.write(contentsOf: Data("login password=\(password)\n".utf8))
    let masked = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    #expect(masked.contains("[REDACTED:") && !masked.contains(password))
    try await wait("an incident") { try !scene.vault.actions(.incident).isEmpty }
    Glibc.kill(filter.processIdentifier, SIGKILL)
    filter.waitUntilExit()
    server.freeze(false)
    let folder = scene.home + "/leaks"
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    var watch = RotationWatch(
      vault: scene.vault, by: try RotationScene.requester(), allowed: [.rotate]
    ) { _ in }
    for _ in 0..<2 { #expect(try await watch.tick()) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    #expect(try scene.isAccepted(3))
    #expect(try !scene.isAccepted(2))
    #expect(try scene.stages() == [.retired, .revoked, .current])
    let incidents = try scene.vault.actions(.incident).compactMap(Incident.init)
    #expect(incidents.map(\.occurrences) == [1])
    #expect(incidents.first?.events.count { $0.what == .rotated } == 1)
  }

  private final class TestUptime: Sendable {
    private let offset = Mutex(Duration.zero)
    private let system = RotationWatch.systemUptime()

    var read: @Sendable () -> Duration { { self.system() + self.offset.withLock { $0 } } }

    func advance(_ duration: Duration) { offset.withLock { $0 += duration } }
  }
}
