internal import Foundation
internal import SluiceActions
internal import SluiceCrypto
internal import SluiceVault

/// What proves the closed loop, for as many rounds as one likes.
package enum Campaigns {
  /// Rotates under clients that open connections all the time.
  ///
  /// - Returns: what the clients counted.
  package static func rotations(
    _ count: Int, on server: PostgreSQLServer, drain: Duration
  ) async throws -> ConnectingClient.Counts {
    let scene = try RotationScene(server: server)
    let clients = ConnectingClient(scene)
    for _ in 0..<count {
      let rotation = try await scene.rotate(RotationScene.pace(drain: drain))
      guard rotation.phase == .complete else {
        _ = clients.stop()
        throw CampaignFailure("a rotation is \(rotation.phase): \(rotation.problem ?? "")")
      }
    }
    return clients.stop()
  }

  package struct Kills: Sendable {
    package var killed = 0
    package var ended = 0
    /// In which phase a kill left the rotation.
    package var phases: [String: Int] = [:]
  }

  /// Kills the rotator at random instants, and checks what is left each time.
  ///
  /// - Parameters:
  ///   - count: how many processes are started.
  ///   - server: the target.
  ///   - program: `sluice`.
  ///   - hasTwoRoles: two roles that take turns, or one.
  ///   - seed: decides the instants.
  /// - Returns: how many were hit, and where.
  /// - Throws: `CampaignFailure` for the first state that must not be.
  package static func kills(
    _ count: Int, on server: PostgreSQLServer, program: String, hasTwoRoles: Bool, seed: UInt64
  ) async throws -> Kills {
    let scene = try RotationScene(server: server, hasTwoRoles: hasTwoRoles)
    var result = Kills()
    var random = seed | 1
    // As long as a whole rotation takes here: a kill is to hit every step of it.
    let start = ContinuousClock.now
    _ = try run(program, ["rotate", scene.path.text, "--drain", "20ms"], scene, killAfter: nil)
    let whole = (ContinuousClock.now - start).milliseconds * 1000
    for round in 0..<count {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      let delay = Int64(random % UInt64(max(whole * 12 / 10, 1000)))
      let status = try run(
        program, ["rotate", scene.path.text, "--drain", "20ms"], scene, killAfter: delay)
      if status == nil { result.killed += 1 } else { result.ended += 1 }
      let rotation = try scene.rotator().rotation(of: scene.path, scene.tenant)
      result.phases[rotation?.phase.rawValue ?? "none", default: 0] += 1
      try check(scene, round, rotation)
    }
    if try scene.rotator().rotation(of: scene.path, scene.tenant)?.phase.isFinal == false {
      let ended = try await scene.rotator().resume(scene.path, of: scene.tenant)
      guard ended.phase.isFinal else {
        throw CampaignFailure("at the end the rotation is \(ended.phase)")
      }
    }
    try check(scene, count, nil)
    guard try scene.isAccepted() else { throw CampaignFailure("the last value does not work") }
    _ = try scene.vault.verifyLog()
    _ = try scene.vault.verifyRecords()
    return result
  }

  private static func check(
    _ scene: RotationScene, _ round: Int, _ rotation: Rotation?
  ) throws {
    let stages = try scene.facts().versions
    let current = stages.filter { $0.stage == .current }
    guard current.count == 1 else {
      throw CampaignFailure("round \(round): \(current.count) current versions")
    }
    // Two roles: the current value always works. One role: between the change at the target and
    // the switch, the pending one does.
    if try scene.isAccepted() { return }
    let pending = stages.last { $0.stage == .pending }
    guard !scene.hasTwoRoles, let pending, try scene.isAccepted(pending.number),
      rotation?.phase.isFinal == false
    else { throw CampaignFailure("round \(round): no value of the vault works") }
  }

  /// - Returns: the exit status; nil if it was killed.
  private static func run(
    _ program: String, _ arguments: [String], _ scene: RotationScene, killAfter delay: Int64?
  ) throws -> Int32? {
    let process = try start(program, arguments, scene)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    if let delay {
      usleep(UInt32(delay))
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  private static func start(
    _ program: String, _ arguments: [String], _ scene: RotationScene
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = [
      "SLUICE_HOME": scene.home, "SLUICE_KEY_FILE": scene.keyFile, "PATH": "/usr/bin:/bin",
    ]
    process.standardError = FileHandle.nullDevice
    return process
  }

  /// Leaks the current password into a filter, again and again.
  ///
  /// - Returns: how long each took, from the byte that was written to the filter to the first
  ///   connection that PostgreSQL refused.
  package static func leaks(
    _ count: Int, on server: PostgreSQLServer, program: String, parent: String? = nil
  ) async throws -> [Duration] {
    let scene = try RotationScene(server: server, parent: parent)
    // Something that a rule finds in a log; the first password is too plain for one.
    _ = try await scene.rotate()
    let process = try start(
      program, ["filter", "--on-leak", "rotate"], scene)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
    var times: [Duration] = []
    for round in 0..<count {
      let version = try scene.facts().current?.number ?? 0
      let leaked = try scene.value(version)
      guard let object = CredentialObject(leaked), let password = object.secret("password") else {
        throw CampaignFailure("the value has no password")
      }
      let text = password.bytes.withBytes { bytes in
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
      }
      let line = Data("level=error msg=\"login failed\" password=\(text)\n".utf8)
      let start = ContinuousClock.now
      try input.fileHandleForWriting.write(contentsOf: line)
      // A session that is cut while it begins is no refusal yet.
      while (try? scene.isAccepted(leaked)) ?? true {
        guard ContinuousClock.now - start < .seconds(30) else {
          throw CampaignFailure("round \(round): the old value still works after 30 s")
        }
      }
      times.append(ContinuousClock.now - start)
      let masked = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      guard !masked.contains(text), masked.contains("[REDACTED:") else {
        throw CampaignFailure("round \(round): the password was not masked")
      }
      // The rotation ends after the old value is refused; the client has the new one already.
      guard try scene.isAccepted() else {
        throw CampaignFailure("round \(round): the new value does not work")
      }
      while try scene.rotator().rotation(of: scene.path, scene.tenant)?.phase.isFinal != true {
        usleep(2000)
      }
    }
    return times.sorted()
  }
}

/// What must not be.
package struct CampaignFailure: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
