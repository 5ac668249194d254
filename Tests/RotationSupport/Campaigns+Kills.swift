internal import Foundation
internal import Glibc
internal import SluiceActions
internal import SluiceVault

extension Campaigns {
  /// What came of killing rotators.
  package struct Kills: Sendable {
    /// Killed while they rotated: they held the rotation's lock, and left it open.
    package var inside = 0
    /// Killed before they began, or when all was done.
    package var outside = 0
    /// Faster than the kill.
    package var ended = 0
    /// In which phase a kill inside left the rotation.
    package var phases: [String: Int] = [:]
    /// What was killed and then taken on by a process that nobody killed, and how that ended.
    package var resumed: [String: Int] = [:]
  }

  /// Kills the rotator at random instants, and checks what is left each time.
  ///
  /// After half of the kills another process takes the rotation on and ends it, after the other half
  /// the next one is killed as well.
  ///
  /// - Parameters:
  ///   - count: how many kills have to fall inside a rotation.
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
    var random = Xorshift(seed)
    let rotate = ["rotate", scene.path.text, "--drain", "20ms"]
    // As long as a whole rotation takes here: a kill is to hit every step of it.
    let start = ContinuousClock.now
    guard try run(program, rotate, scene, killAfter: nil).isSuccess else {
      throw CampaignFailure("a rotation that nobody kills fails")
    }
    let whole = (ContinuousClock.now - start).milliseconds * 1000
    var round = 0
    while result.inside < count {
      round += 1
      guard round <= 5 * count + 20 else {
        throw CampaignFailure("only \(result.inside) of \(round) kills fell inside a rotation")
      }
      let delay = random.below(max(whole * 11 / 10, 1000))
      let end = try run(program, rotate, scene, killAfter: delay)
      let rotation = try scene.rotator().rotation(of: scene.path, scene.tenant)
      try check(scene, round, rotation)
      switch end {
      case .exited: result.ended += 1
      case .killed(let wasRotating):
        guard wasRotating, let rotation, !rotation.phase.isFinal else {
          result.outside += 1
          continue
        }
        result.inside += 1
        result.phases[rotation.phase.rawValue, default: 0] += 1
        if random.below(2) == 0 { try resume(program, scene, round, &result) }
      }
    }
    if try scene.rotator().rotation(of: scene.path, scene.tenant)?.phase.isFinal == false {
      try resume(program, scene, round, &result)
    }
    guard try scene.isAccepted() else { throw CampaignFailure("the last value does not work") }
    _ = try scene.vault.verifyLog()
    _ = try scene.vault.verifyRecords()
    return result
  }

  /// Another process ends what a dead one left.
  private static func resume(
    _ program: String, _ scene: RotationScene, _ round: Int, _ result: inout Kills
  ) throws {
    let end = try run(program, ["rotate", "resume", scene.path.text], scene, killAfter: nil)
    let rotation = try scene.rotator().rotation(of: scene.path, scene.tenant)
    guard let rotation, rotation.phase.isFinal else {
      throw CampaignFailure("round \(round): taken on, the rotation does not end")
    }
    // What could not prove itself is taken away, and the old value stays: that is no success.
    guard end.isSuccess == (rotation.phase == .complete) else {
      throw CampaignFailure("round \(round): the status does not say what is so")
    }
    result.resumed[rotation.phase.rawValue, default: 0] += 1
    try check(scene, round, rotation)
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

  // MARK: - Processes

  private enum End {
    case exited(status: Int32)
    case killed(wasRotating: Bool)

    var isSuccess: Bool { if case .exited(0) = self { true } else { false } }
  }

  private static func run(
    _ program: String, _ arguments: [String], _ scene: RotationScene, killAfter delay: Int64?
  ) throws -> End {
    let process = scene.process(program, arguments)
    try process.run()
    var wasRotating = false
    if let delay {
      usleep(UInt32(delay))
      wasRotating = holdsLock(process.processIdentifier, scene)
      kill(process.processIdentifier, SIGKILL)
    }
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? .exited(status: process.terminationStatus) : .killed(wasRotating: wasRotating)
  }

  /// Whether a process rotates the secret now.
  ///
  /// It only looks: taking the lock would be in the process's way.
  private static func holdsLock(_ process: Int32, _ scene: RotationScene) -> Bool {
    let file = ActionLock.file(Rotator.lockName(scene.path, scene.tenant), in: scene.home)
    let facts = try? FileManager.default.attributesOfItem(atPath: file)
    guard let number = facts?[.systemFileNumber] as? UInt64,
      let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8)
    else { return false }
    // `1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF`; a waiting one has an arrow first.
    return locks.split(separator: "\n").contains { line in
      let words = line.split(separator: " ")
      return words.count > 5 && words[1] == "FLOCK" && words[4] == String(process)
        && words[5].hasSuffix(":\(number)")
    }
  }
}

/// Numbers that a seed decides.
private struct Xorshift {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed | 1 }

  mutating func below(_ limit: Int64) -> Int64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int64(state >> 11) % limit
  }
}
