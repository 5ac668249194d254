import Foundation
import RotationSupport
import Testing

/// The short forms of `sluice-campaign`.
@Suite(
  "Closed loop", .serialized,
  .enabled(if: isAvailable(PostgreSQLServer.isInstalled, "postgresql")))
struct CampaignTests {
  private func server() throws -> PostgreSQLServer {
    try #require(try PostgreSQLServer.start(), "postgresql is required in CI")
  }

  @Test("no query of clients that connect all the time fails while roles take turns")
  func rotations() async throws {
    let counts = try await Campaigns.rotations(3, on: server(), drain: .seconds(1))
    #expect(counts.failures.isEmpty)
    #expect(counts.queries > 0)
  }

  @Test(
    "G9: kill -9 at any instant leaves one current version and a value that works",
    arguments: [true, false])
  func kills(hasTwoRoles: Bool) async throws {
    let kills = try await Campaigns.kills(
      6, on: server(), program: builtProgram, hasTwoRoles: hasTwoRoles, seed: 3)
    #expect(kills.inside == 6)
  }

  @Test("a password in a stream is masked, rotated, and the old one refused")
  func leaks() async throws {
    #expect(try await Campaigns.leaks(2, on: server(), program: builtProgram).count == 2)
  }
}
