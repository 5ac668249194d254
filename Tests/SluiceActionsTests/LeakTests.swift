import Foundation
import RotationSupport
import SluiceAudit
import SluiceCrypto
import Synchronization
import Testing

@testable import SluiceActions
@testable import SluiceVault

@Suite(
  "Leaks and revocation", .serialized,
  .enabled(if: isAvailable(PostgreSQLServer.isInstalled, "postgresql")))
struct LeakTests {
  private func scene() throws -> (PostgreSQLServer, RotationScene) {
    let server = try #require(try PostgreSQLServer.start(), "postgresql is required in CI")
    return (server, try RotationScene(server: server))
  }

  /// The notice that a stream gives for the password alone, as it stands in a log.
  private func notice(_ scene: RotationScene, _ version: UInt64) throws -> LeakNotice {
    var fingerprinter = try scene.vault.fingerprinter()
    let password = Array(try scene.password(version).utf8)
    let fingerprint = fingerprinter.fingerprint(of: password.span).hex
    return LeakNotice(
      fingerprint: fingerprint, rule: "generic-password", severity: "high", confidence: "high",
      source: "filter", time: scene.vault.time)
  }

  private func responder(
    _ scene: RotationScene, _ actions: LeakActions, budget: ActionBudget = ActionBudget()
  ) throws -> LeakResponder {
    LeakResponder(
      vault: scene.vault, by: try RotationScene.requester(), allowed: actions, budget: budget
    ) { _ in }
  }

  @Test("a leaked password is rotated: the new one works, the old one is refused, once")
  func rotated() async throws {
    let (_, scene) = try scene()
    let responder = try responder(scene, [.alert, .revoke, .rotate])
    let notice = try notice(scene, 1)
    let incidents = try await responder.respond(to: notice, home: scene.tenant)
    #expect(try scene.isAccepted(2))
    #expect(try !scene.isAccepted(1))
    #expect(try scene.stages() == [.revoked, .current])
    let incident = try #require(incidents.first)
    #expect(
      incident.events.map(\.what) == [.seen, .masked, .alerted, .rotated, .revoked])
    // G9: the same notice again, as after a crash, changes nothing.
    _ = try await responder.respond(to: notice, home: scene.tenant)
    #expect(try scene.stages() == [.revoked, .current])
    let record = try #require(try scene.vault.actions(.incident).first)
    #expect(Incident(record)?.occurrences == 1)
    #expect(try scene.vault.actions(.incident).count == 1)
    _ = try scene.vault.verifyLog()
    _ = try scene.vault.verifyRecords()
  }

  @Test("revoke without rotate: no reader gets it, and the target refuses it")
  func revoked() async throws {
    let (_, scene) = try scene()
    _ = try await responder(scene, [.revoke]).respond(
      to: notice(scene, 1), home: scene.tenant)
    #expect(try scene.stages() == [.revoked])
    #expect(try !scene.isAccepted(1))
    #expect(throws: VaultError.self) {
      try scene.vault.read(
        scene.path, version: 1, of: scene.tenant, by: RotationScene.requester())
    }
  }

  @Test("a policy may allow less, and a version that is not current is treated by its own rule")
  func policy() async throws {
    let (_, scene) = try scene()
    let policy = ActionRecord(
      .policy, "careful", of: scene.tenant,
      body: .object([
        .init("match", .object([.init("paths", .array([.string("app/**")]))])),
        .init("onLeak", .object([.init("actions", .array([.string("alert")]))])),
      ]))
    try scene.vault.put(policy, as: ActionNote("policy.put"), by: RotationScene.requester())
    let incidents = try await responder(scene, [.alert, .rotate]).respond(
      to: notice(scene, 1), home: scene.tenant)
    #expect(incidents.first?.events.map(\.what) == [.seen, .masked, .alerted])
    #expect(try scene.stages() == [.current])
  }

  @Test("more actions a minute than allowed are withheld and stand in the incident")
  func rate() async throws {
    let (_, scene) = try scene()
    let responder = try responder(scene, [.rotate], budget: ActionBudget(perMinute: 1))
    _ = try await responder.respond(to: notice(scene, 1), home: scene.tenant)
    let second = try await responder.respond(to: notice(scene, 2), home: scene.tenant)
    #expect(second.first?.events.map(\.what) == [.seen, .masked, .withheld])
    #expect(try scene.stages() == [.revoked, .current])
  }

  @Test("a value that is not in the vault is an incident without actions")
  func unknown() async throws {
    let (_, scene) = try scene()
    let notice = LeakNotice(
      fingerprint: String(repeating: "ab", count: 16), rule: "github-pat", severity: "high",
      confidence: "high", source: "filter", time: scene.vault.time)
    let incidents = try await responder(scene, [.alert, .rotate]).respond(
      to: notice, home: scene.tenant)
    #expect(incidents.map(\.place) == [nil])
    let closed = try responder(scene, []).close(
      incidents[0].name, of: scene.tenant, comment: "test")
    #expect(!closed.isOpen)
    #expect(try scene.vault.actions(.incident, openOnly: true).isEmpty)
  }

  @Test("a hundred thousand occurrences are one line on disk and one incident")
  func deduplicated() async throws {
    let (_, scene) = try scene()
    let rings = Atomic<Int>(0)
    let queue = try LeakQueue(home: scene.vault.home) { rings.add(1, ordering: .relaxed) }
    let notice = try notice(scene, 1)
    for _ in 0..<100_000 { queue.note(notice) }
    #expect(rings.load(ordering: .relaxed) == 1)
    #expect(queue.notices(after: 0).notices.count == 1)
    #expect(queue.takeCounts() == [notice.fingerprint: 99_999])
    #expect(queue.takeCounts().isEmpty)
    queue.close()
  }

  @Test("G9: what a dead process noted is acted on by the next one, what a living one has is not")
  func adopted() async throws {
    let (_, scene) = try scene()
    let notice = try notice(scene, 1)
    let folder = scene.vault.home + "/leaks"
    let living = try LeakQueue(home: scene.vault.home) {}
    living.note(notice)
    let line = notice.json.canonicalText + "\n" + "{\"cut off"
    try Data(line.utf8).write(to: URL(filePath: folder + "/dead.jsonl"))
    var adopted: [LeakNotice] = []
    await LeakQueue.adopt(home: scene.vault.home) { notices in
      adopted += notices
      return true
    }
    #expect(adopted == [notice])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
    living.close()
  }

  @Test("the watch beside a stream acts on finding lines")
  func watch() async throws {
    let (_, scene) = try scene()
    let watch = try LeakWatch(
      vault: scene.vault, responder: responder(scene, [.rotate]), home: scene.tenant,
      command: "filter"
    ) { _ in }
    let notice = try notice(scene, 1)
    let line = Array(
      #"{"rule":"x","severity":"high","confidence":"high","line":3,"fingerprint":"\#(notice.fingerprint)"}"#
        .utf8)
    for _ in 0..<3 { watch.note(line: line.span) }
    #expect(await watch.finish())
    #expect(try !scene.isAccepted(1))
    #expect(try scene.isAccepted(2))
    let incident = try #require(try scene.vault.actions(.incident).first.flatMap(Incident.init))
    #expect(incident.occurrences == 3)
    #expect(incident.events.first?.detail == "filter:3")
  }

  @Test("another one rotates already: the leaked value goes when the new one is live, not before")
  func busy() async throws {
    let (_, scene) = try scene()
    let (path, tenant) = (scene.path, scene.tenant)
    var pace = RotationScene.pace(drain: .seconds(30))
    // Long enough for the leak to come before the new value is live.
    pace.notice = .seconds(1)
    async let _ = scene.rotate(pace)
    while try scene.rotator().rotation(of: path, tenant) == nil {
      try await Task.sleep(for: .milliseconds(1))
    }
    let stages = Said()
    async let ended = responder(scene, [.rotate]).respond(to: notice(scene, 1), home: tenant)
    while try scene.stages() != [.revoked, .current] {
      stages.add(try scene.stages().map(\.rawValue).joined(separator: " "))
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(stages.all.allSatisfy { $0.contains("current") }, "\(Set(stages.all))")
    #expect(try await ended.first?.has(.revoked) == true)
    #expect(try !scene.isAccepted(1))
    #expect(try scene.isAccepted(2))
    // What it still waits for is its own drain; nothing new is begun.
    #expect(try scene.rotator().rotation(of: path, tenant)?.phase == .draining)
    #expect(try scene.count(of: "rotation.begin") == 1)
  }

  // MARK: - By order

  @Test("an undo window: gone in the vault at once, at the target later, and taken back in time")
  func window() async throws {
    let (_, scene) = try scene()
    let revoker = Revoker(vault: scene.vault, by: try RotationScene.requester())
    let items = try revoker.selection(scene.path, of: scene.tenant)
    let revocation = try await revoker.revoke(
      items, of: scene.tenant, reason: "manual", undoWindow: .seconds(3600))
    #expect(revocation.isOpen)
    #expect(try scene.stages() == [.revoked])
    #expect(try scene.isAccepted(1))
    let undone = try revoker.undo(revocation.id, of: scene.tenant)
    #expect(!undone.isOpen)
    #expect(try scene.stages() == [.current])
    _ = try scene.vault.verifyRecords()
  }

  @Test("all of a tenant: targets are told by the credential that goes too, and goes last")
  func everything() async throws {
    let (_, scene) = try scene()
    let revoker = Revoker(vault: scene.vault, by: try RotationScene.requester())
    let items = try revoker.selection(of: scene.tenant) { _ in true }
    #expect(items.map(\.path.text) == ["admin/postgres", "app/db"])
    let revocation = try await revoker.revoke(items, of: scene.tenant, reason: "all of the tenant")
    #expect(!revocation.isOpen)
    #expect(revocation.items.map(\.outcome.word) == ["by-hand", "done"])
    #expect(try scene.stages() == [.revoked])
    #expect(try !scene.isAccepted(1))
  }

  @Test("without the credential that may change a target the rest goes on, and that is said")
  func noAdmin() async throws {
    let (_, scene) = try scene()
    try scene.put("another-value", at: "other")
    let revoker = Revoker(vault: scene.vault, by: try RotationScene.requester())
    let admin = try revoker.selection(SecretPath("admin/postgres"), of: scene.tenant)
    _ = try await revoker.revoke(admin, of: scene.tenant, reason: "manual")
    let items = try revoker.selection(of: scene.tenant) { _ in true }
    let revocation = try await revoker.revoke(items, of: scene.tenant, reason: "manual")
    #expect(revocation.isOpen)
    #expect(revocation.items.map(\.outcome.word) == ["failed", "by-hand"])
    #expect(revocation.items.first?.outcome.detail.contains("'admin/postgres'") == true)
    try scene.put("rotator-password-for-tests", at: "admin/postgres")
    let record = try #require(try scene.vault.actions(.revocation, openOnly: true).first)
    #expect(try await !revoker.finish(record).isOpen)
    #expect(try !scene.isAccepted(1))
  }

  @Test("a target that is down is told later")
  func later() async throws {
    let (server, scene) = try scene()
    server.stop()
    let revoker = Revoker(vault: scene.vault, by: try RotationScene.requester())
    let items = try revoker.selection(scene.path, of: scene.tenant)
    let revocation = try await revoker.revoke(items, of: scene.tenant, reason: "manual")
    #expect(revocation.isOpen)
    #expect(try scene.stages() == [.revoked])
    try server.start()
    let record = try #require(try scene.vault.actions(.revocation, openOnly: true).first)
    #expect(try await !revoker.finish(record).isOpen)
    #expect(try !scene.isAccepted(1))
  }

  @Test("by agent: what the log says it was given, and nothing else")
  func agent() async throws {
    let (_, scene) = try scene()
    try scene.put("another-value", at: "other")
    let (vault, tenant) = (scene.vault, scene.tenant)
    let name = try Name("builder", kind: "agent")
    try vault.createAgent(name, of: tenant, by: RotationScene.requester())
    try vault.grant(
      GrantRequest(PathPattern("**"), [.read]), to: name, of: tenant,
      by: RotationScene.requester())
    _ = try vault.read(
      SecretPath("other"), of: tenant, by: Requester(.agent(name, tenant: tenant)))
    let revoker = Revoker(vault: vault, by: try RotationScene.requester())
    let items = try revoker.selection(givenTo: name, of: tenant)
    #expect(items.map(\.path.text) == ["other"])
    let revocation = try await revoker.revoke(items, of: tenant, reason: "agent builder")
    #expect(revocation.items.map(\.outcome.word) == ["by-hand"])
    #expect(throws: VaultError.self) {
      try vault.read(
        SecretPath("other"), of: tenant, by: Requester(.agent(name, tenant: tenant)))
    }
  }
}
