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
    let process = scene.process(program, ["filter", "--on-leak", "rotate"])
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
      let text = try scene.password(version)
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

  package init(_ description: String) { self.description = description }
}
