import Foundation
import RotationSupport
import SluiceActions
import SluiceAudit
import SluiceCrypto
import SluiceVault
import Testing

/// Whether a program that a test needs is there; in CI it has to be.
func isAvailable(_ isInstalled: Bool, _ name: String) -> Bool {
  let isRequired = ProcessInfo.processInfo.environment["CI"] == "true"
  if !isInstalled && !isRequired { print("skipped: \(name) is not installed") }
  return isInstalled || isRequired
}

@Suite(
  "PostgreSQL rotation", .serialized,
  .enabled(if: isAvailable(PostgreSQLServer.isInstalled, "postgresql")))
struct PostgreSQLRotationTests {
  private func server() throws -> PostgreSQLServer {
    try #require(try PostgreSQLServer.start(), "postgresql is required in CI")
  }

  @Test("roles take turns: the new one works, the old one is refused, rights stay")
  func alternating() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    for round in 1...3 {
      let rotation = try await scene.rotate()
      #expect(rotation.phase == .complete, "\(rotation.problem ?? "")")
      let current = try #require(try scene.facts().current?.number)
      #expect(current == UInt64(round) + 1)
      #expect(try scene.isAccepted(current))
      #expect(try !scene.isAccepted(current - 1))
      #expect(try scene.connect(current).run("SELECT count(*) FROM items") == [["0"]])
    }
    #expect(try scene.stages() == [.retired, .retired, .retired, .current])
    _ = try scene.vault.verifyLog()
    _ = try scene.vault.verifyRecords()
  }

  @Test("one role gets a new password, and an emergency ends its sessions")
  func single() async throws {
    let server = try server()
    let scene = try RotationScene(server: server, hasTwoRoles: false)
    let session = try scene.connect()
    #expect(try await scene.rotate(.emergency).phase == .complete)
    #expect(try scene.isAccepted(2))
    #expect(try !scene.isAccepted(1))
    #expect(throws: PostgreSQLError.self) { try session.run("SELECT 1") }
    #expect(try scene.stages() == [.revoked, .current])
  }

  @Test("target down: the rotation fails, the old value stays current and works again")
  func down() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    server.stop()
    let rotation = try await scene.rotate()
    #expect(rotation.phase == .failed)
    #expect(rotation.problem?.contains("cannot be reached") == true, "\(rotation.problem ?? "")")
    #expect(rotation.remedy != nil)
    #expect(try scene.stages() == [.current, .revoked])
    try server.start()
    #expect(try scene.isAccepted(1))
    #expect(try await scene.rotate().phase == .complete)
  }

  @Test("wrong administrator's credential: nothing is changed, and the message says so")
  func wrongAdmin() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    try scene.put("wrong", at: "admin/postgres")
    let rotation = try await scene.rotate()
    #expect(rotation.phase == .failed)
    #expect(rotation.problem?.contains("administrator's credential") == true)
    #expect(try scene.isAccepted(1))
    #expect(try scene.stages() == [.current, .revoked])
  }

  @Test("a target that hangs is given up in time, and tidied up when it answers again")
  func slow() async throws {
    let server = try server()
    let scene = try RotationScene(server: server, timeout: "300ms")
    server.freeze(true)
    let rotation = try await scene.rotate()
    server.freeze(false)
    #expect(rotation.phase == .undoing)
    #expect(rotation.problem?.contains("in time") == true, "\(rotation.problem ?? "")")
    #expect(try scene.stages() == [.current, .pending])
    let ended = try await scene.rotator().resume(scene.path, of: scene.tenant)
    #expect(ended.phase == .failed, "\(ended.problem ?? "")")
    #expect(try scene.isAccepted(1))
    #expect(try scene.stages() == [.current, .revoked])
  }

  @Test("revoked in the middle: what was revoked does not become current")
  func revokedMeanwhile() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    let vault = scene.vault
    let (path, tenant) = (scene.path, scene.tenant)
    let rotator = Rotator(vault: vault, by: try RotationScene.requester()) { rotation in
      guard rotation.phase == .testing, let version = rotation.newVersion else { return }
      _ = try? vault.revoke(
        path, version: version, of: tenant, by: try RotationScene.requester())
    }
    let rotation = try await rotator.rotate(
      path, of: tenant, reason: "manual", pace: RotationScene.pace())
    #expect(rotation.phase == .failed)
    #expect(rotation.problem?.contains("revoked while") == true, "\(rotation.problem ?? "")")
    #expect(try scene.stages() == [.current, .revoked])
    #expect(try scene.isAccepted(1))
    #expect(try !scene.isAccepted(2))
  }

  @Test("the old value is revoked in the middle: the rotation ends all the same, with the new one")
  func oldRevokedMeanwhile() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    let vault = scene.vault
    let (path, tenant) = (scene.path, scene.tenant)
    let rotator = Rotator(vault: vault, by: try RotationScene.requester()) { rotation in
      guard rotation.phase == .testing else { return }
      _ = try? vault.revoke(path, version: 1, of: tenant, by: try RotationScene.requester())
    }
    let rotation = try await rotator.rotate(
      path, of: tenant, reason: "manual", pace: RotationScene.pace())
    #expect(rotation.phase == .complete, "\(rotation.problem ?? "")")
    #expect(try scene.stages() == [.revoked, .current])
    #expect(try scene.isAccepted(2))
    #expect(try !scene.isAccepted(1))
  }

  @Test("the target goes down once the new value is live: both stay, and the rest is done later")
  func downMeanwhile() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    let rotator = Rotator(vault: scene.vault, by: try RotationScene.requester()) { rotation in
      if rotation.phase == .revoking, rotation.problem == nil { server.stop() }
    }
    let rotation = try await rotator.rotate(
      scene.path, of: scene.tenant, reason: "manual", pace: RotationScene.pace())
    #expect(rotation.phase == .revoking)
    #expect(rotation.problem?.contains("cannot be reached") == true, "\(rotation.problem ?? "")")
    #expect(rotation.remedy != nil)
    #expect(try scene.stages() == [.previous, .current])
    try server.start()
    #expect(try scene.isAccepted(2))
    let ended = try await scene.rotator().resume(scene.path, of: scene.tenant)
    #expect(ended.phase == .complete, "\(ended.problem ?? "")")
    #expect(try !scene.isAccepted(1))
    #expect(try scene.stages() == [.retired, .current])
  }

  @Test("two rotators: one rotates, the other is told")
  func two() async throws {
    let server = try server()
    let scene = try RotationScene(server: server)
    let pace = RotationScene.pace(drain: .milliseconds(500))
    async let first = scene.rotate(pace)
    while try scene.rotator().rotation(of: scene.path, scene.tenant) == nil {
      try await Task.sleep(for: .milliseconds(1))
    }
    await #expect(throws: RotationError.busy(path: "app/db")) { try await scene.rotate(pace) }
    #expect(try await first.phase == .complete)
    #expect(try scene.stages() == [.retired, .current])
  }

  @Test("G3: no password gets into the audit log, the vault's records or PostgreSQL's statements")
  func nothingLeaks() async throws {
    let server = try server()
    try server.asSuperuser("ALTER SYSTEM SET log_statement = 'all'")
    let scene = try RotationScene(server: server)
    _ = try await scene.rotate()
    let value = try scene.value()
    let text = value.bytes.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
    let password = try #require(text.split(separator: "\"").first { $0.utf8.count == 32 })
    try scene.vault.forEachEntry(in: 0..<1000) { entry in
      #expect(!entry.json.canonicalText.contains(password))
      return true
    }
    for kind in ActionRecord.Kind.allCases {
      for record in try scene.vault.actions(kind) {
        #expect(!record.body.canonicalText.contains(password))
      }
    }
  }
}
