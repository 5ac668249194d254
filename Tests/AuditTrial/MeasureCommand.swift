import ArgumentParser
import Foundation
import SluiceAudit
import SluiceVault

/// Prints how fast entries are appended, verified and proved as the log grows.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Fill a log, and at each power of ten verify it and prove an entry.")

  @Option(help: "How many entries, at the end.") var entries = 1_000_000
  @Option(help: "Threads that append at once.") var threads = 32
  @Option(help: "Where the vault is made; on a disk, for appends to be durable.")
  var folder: String?

  func run() throws {
    let home = TrialVault.newFolder(in: folder)
    defer { try? FileManager.default.removeItem(atPath: home) }
    let vault = try TrialVault.create(in: home)
    let alone = try seconds { for _ in 0..<200 { try append(to: vault) } }
    print("append, one thread, durable: \(Self.rate(200, alone)) a second")
    print(
      """
      entries    appended/s  verify s  verified/s  proof µs  proof bytes  growth bytes  MB on disk
      """)
    var marks = [1000, 10_000, 100_000, 1_000_000, 10_000_000].filter { $0 < entries }
    marks.append(entries)
    let old = try Checkpoint(vault.newestCheckpoint())
    let oldNote = try vault.newestCheckpoint()
    precondition(old.size > 0, "a vault begins with an entry")
    for mark in marks {
      let missing = mark - Int(try vault.auditSize())
      guard missing > 0 else { continue }
      let append = try fill(vault, missing)
      var size: UInt64 = 0
      let verify = try seconds { size = try vault.verifyLog().size }
      let proof = try prove(vault, size)
      let growth = try vault.growthProof(from: oldNote).formatted.utf8.count
      print(
        Self.column(String(mark), 9), Self.column(Self.rate(missing, append), 11),
        Self.column(Self.text(verify), 9), Self.column(Self.rate(mark, verify), 11),
        Self.column(Self.text(proof.microseconds), 9), Self.column(String(proof.bytes), 12),
        Self.column(String(growth), 13), Self.column(Self.megabytes(home), 11))
    }
  }

  private func append(to vault: Vault) throws {
    try vault.recordAudit(
      "list", details: ["tenant": "acme", "from": "2026-11-01"], by: TrialVault.person())
  }

  /// - Returns: how long it took.
  private func fill(_ vault: Vault, _ count: Int) throws -> Double {
    let failures = Failures()
    let threads = threads
    let duration = seconds {
      onThreads(threads) { thread in
        for _ in 0..<(count / threads + (thread < count % threads ? 1 : 0)) {
          do { try append(to: vault) } catch { failures.add() }
        }
      }
    }
    guard failures.count == 0 else { throw TrialError("\(failures.count) appends failed") }
    return duration
  }

  private func prove(_ vault: Vault, _ size: UInt64) throws -> (microseconds: Double, bytes: Int) {
    var bytes = 0
    let count = 200
    let duration = try seconds {
      for index in 0..<UInt64(count) {
        bytes = max(bytes, try vault.proof(of: index * 7919 % size).formatted.utf8.count)
      }
    }
    return (duration / Double(count) * 1_000_000, bytes)
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let duration = try clock.measure(body)
    return Double(duration.components.seconds)
      + Double(duration.components.attoseconds) / 1e18
  }

  private static func rate(_ count: Int, _ seconds: Double) -> String {
    String(Int(Double(count) / max(seconds, 1e-9)))
  }

  private static func text(_ number: Double) -> String {
    number >= 100 ? String(Int(number)) : String(format: "%.2f", number)
  }

  private static func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func megabytes(_ home: String) -> String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: home)) ?? []
    let sizes = names.map { name in
      let facts = try? FileManager.default.attributesOfItem(atPath: home + "/" + name)
      return (facts?[.size] as? NSNumber)?.doubleValue ?? 0
    }
    return text(sizes.reduce(0, +) / 1_000_000)
  }
}

/// Counts what failed on any thread.
final class Failures: @unchecked Sendable {
  // `@unchecked`: every access is under the lock.
  private let lock = NSLock()
  private var failures = 0

  func add() { lock.withLock { failures += 1 } }

  var count: Int { lock.withLock { failures } }
}
