import ArgumentParser
import Foundation
import Glibc
import SluiceAudit
import SluiceCrypto
import SluiceVault

/// Kills writers at random instants, and looks at what they leave (G8, G9, G11).
///
/// Two processes with several threads each append to one log. After each kill, the log must verify
/// against every checkpoint of the rounds before, every value that was acknowledged must be there,
/// and no number may be missing.
struct KillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kill", abstract: "Kill writers with signal 9, and check what is left.")

  @Option(help: "How many times.") var kills = 200
  @Option(help: "Processes that write at once.") var writers = 2
  @Option(help: "Longest time until a kill, in milliseconds.") var longest = 250
  @Option(help: "Seed of the instants.") var seed: UInt64 = 1
  @Option(help: "Where the vault is made.") var folder: String?

  func run() throws {
    let home = TrialVault.newFolder(in: folder)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let person = try TrialVault.person()
    var kept = [try TrialVault.create(in: home).checkpoint(by: person)]
    var random = SplitMix64(state: seed)
    var acknowledged = 0
    for round in 0..<kills {
      let names = (0..<writers).map { "r\(round)-\($0)" }
      let lines = try names.map { try Writer(home: home, name: $0) }.killed { _ in
        usleep(UInt32(random.next() % UInt64(longest * 1000)))
      }
      acknowledged += lines.count
      let vault = try TrialVault.open(home)
      try check(lines, in: vault)
      kept.append(try vault.checkpoint(by: person))
      _ = try vault.verifyLog(earlier: kept)
      let proof = try vault.growthProof(from: kept[round], to: kept[round + 1])
      _ = try proof.verify(with: LogVerifier(key: vault.auditKey()))
    }
    let vault = try TrialVault.open(home)
    let report = try vault.verifyLog(earlier: kept)
    let records = try vault.verifyRecords()
    var next: UInt64 = 0
    try vault.forEachEntry(in: 0..<report.size) { entry in
      guard entry.sequence == next else { throw TrialError("entry \(next) is missing") }
      next += 1
      return true
    }
    print(
      "\(kills) kills of \(writers) writers, \(acknowledged) acknowledged writes, 0 lost, "
        + "\(report.size) entries without a gap, \(records) records as the log says, intact")
    guard acknowledged > 0 else {
      throw TrialError("nothing was written: the kills came too early")
    }
  }

  private func check(_ lines: [String], in vault: Vault) throws {
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 4, let version = UInt64(words[1]) else {
        throw TrialError("a writer said '\(line)'")
      }
      let value = try vault.read(
        SecretPath(words[0]), version: version, of: Name("default", kind: "tenant"),
        by: TrialVault.person())
      let text = value.bytes.withBytes { bytes in
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
      }
      let name = words[0].split(separator: "/")[1]
      guard text == "\(name) \(words[2]) \(words[3])" else {
        throw TrialError("\(words[0])#\(version) was lost or is another value")
      }
    }
  }
}

/// A process that writes, and what it said.
final class Writer {
  private let process = Process()
  private let output: URL

  init(home: String, name: String) throws {
    output = URL(fileURLWithPath: home).appendingPathComponent("said-\(name)")
    guard FileManager.default.createFile(atPath: output.path, contents: nil) else {
      throw TrialError("'\(output.path)' cannot be written")
    }
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["write", home, name]
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  func kill() { Glibc.kill(process.processIdentifier, SIGKILL) }

  /// What was acknowledged until it died.
  func lines() throws -> [String] {
    process.waitUntilExit()
    guard process.terminationReason == .uncaughtSignal else {
      throw TrialError("a writer ended by itself, with status \(process.terminationStatus)")
    }
    let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
    try FileManager.default.removeItem(at: output)
    return text.split(separator: "\n").map(String.init)
  }
}

extension [Writer] {
  /// Kills one after the other, each after a wait, and gives what all of them acknowledged.
  func killed(wait: (Int) -> Void) throws -> [String] {
    for (index, writer) in enumerated() {
      wait(index)
      writer.kill()
    }
    return try flatMap { try $0.lines() }
  }
}

/// Sebastiano Vigna's generator: one number repeats a run.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
