import ArgumentParser
import Foundation
import RotationSupport

/// Proves the closed loop at length, against a real PostgreSQL server that it starts.
@main
struct RotationCampaign: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-campaign",
    abstract: "Rotate, kill and leak against a real PostgreSQL server, many times.",
    discussion: """
      Examples:
        sluice-campaign rotations --count 100
        sluice-campaign kills --count 200 --seed 7
        sluice-campaign leaks --count 100
      """)

  enum Kind: String, ExpressibleByArgument, CaseIterable { case rotations, kills, leaks }

  @Argument(help: "rotations, kills or leaks.") var kind: Kind
  @Option(help: "How many; of kills, those that fall inside a rotation.") var count = 100
  @Option(help: "Decides the instants of kills.") var seed: UInt64 = 1
  @Flag(help: "One role instead of two that take turns (kills).") var oneRole = false
  @Option(help: "How long both values work in rotations, in milliseconds.") var drain = 1000
  @Option(help: "Where the vault of leaks is made: a disk, to count its writes.")
  var parent: String?

  func run() async throws {
    guard let server = try PostgreSQLServer.start() else {
      throw ValidationError("PostgreSQL is not installed")
    }
    // At the end of a process nothing is released by itself.
    defer { server.end() }
    let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
      .deletingLastPathComponent().appending(path: "sluice").path
    switch kind {
    case .rotations:
      let counts = try await Campaigns.rotations(
        count, on: server, drain: .milliseconds(drain))
      print(
        "\(count) rotations, \(counts.queries) connections with a query each, "
          + "\(counts.failures.count) failed")
      for failure in counts.failures.prefix(5) { print("  \(failure)") }
      if !counts.failures.isEmpty { throw ExitCode(1) }
    case .kills:
      let kills = try await Campaigns.kills(
        count, on: server, program: program, hasTwoRoles: !oneRole, seed: seed)
      func text(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      }
      print(
        "\(kills.inside) killed inside a rotation, left as: \(text(kills.phases)); "
          + "\(kills.outside) killed before or after, \(kills.ended) ended first")
      print("taken on by another process, and ended as: \(text(kills.resumed))")
      print("always one current version and a value that works; log and records verified")
    case .leaks:
      let times = try await Campaigns.leaks(
        count, on: server, program: program, parent: parent)
      func at(_ part: Double) -> String {
        let time = times[min(times.count - 1, Int((Double(times.count) * part).rounded(.up)) - 1)]
        let parts = time.components
        return "\(parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000) ms"
      }
      print(
        "\(count) leaks, from the byte written to the refused connection: "
          + "p50 \(at(0.5)), p90 \(at(0.9)), p99 \(at(0.99)), most \(at(1))")
    }
  }
}
