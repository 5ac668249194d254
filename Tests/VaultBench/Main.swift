import ArgumentParser
import Foundation
import SluiceAudit
import SluiceCrypto
import SluiceVault

/// How many values a second go into a vault and out of it, each on record and durable (G8, G9).
@main
struct VaultBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-vault-bench",
    abstract: "Measure puts and gets per second, audited and durable, with several processes.",
    discussion: """
      Every operation is a transaction of its own: the value, its audit entry, the tree's new hashes \
      and a signed checkpoint are on disk when it returns. The directory must be on the disk that is \
      meant; in /tmp it may be memory.

      Example: sluice-vault-bench --seconds 10 --processes 1 --processes 8
      """)

  @Option(help: "For how long each measurement runs.") var seconds = 5.0
  @Option(help: "How many processes at a time; may be repeated. (default: 1 and 8)")
  var processes: [Int] = []
  @Option(help: "Where the vault is made; it must not be there.")
  var directory = ".build/vault-bench"
  @Option(help: ArgumentHelp("Internal: measure this operation.", visibility: .hidden))
  var worker: Operation?

  enum Operation: String, ExpressibleByArgument, CaseIterable { case put, get }

  private static let paths = 50

  func validate() throws {
    guard (0.1...3600).contains(seconds) else { throw ValidationError("--seconds is 0.1 to 3600") }
    guard processes.allSatisfy({ (1...64).contains($0) }) else {
      throw ValidationError("--processes is 1 to 64")
    }
  }

  func run() throws {
    if let worker { return try measure(worker) }
    let vault = try Vault.create(home: directory, sealer: try Self.sealer(), by: Self.requester())
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for index in 0..<Self.paths { try Self.put(index, into: vault) }
    print("operation  processes  per second  entries in the log")
    for count in processes.isEmpty ? [1, 8] : processes {
      for operation in Operation.allCases {
        let rate = try total(of: operation, processes: count)
        func padded(_ text: String, _ width: Int) -> String {
          String(repeating: " ", count: max(0, width - text.count)) + text
        }
        print(
          operation.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
            + padded(String(count), 11) + padded(String(Int(rate.rounded())), 12)
            + padded(String(try vault.auditSize()), 20))
      }
    }
    _ = try vault.verifyLog()
  }

  // MARK: - One process

  // A vault for the length of a measurement: this is no secret.
  private static func sealer() throws -> MaterialSealer {
    let bytes = Array("the key of a benchmark".utf8)
    let description = try SealDescription.keyFile(hint: nil)
    return try description.sealer(SecretBytes(copying: bytes.span))
  }

  private static func requester() throws -> Requester { try Requester(.operator("bench")) }

  private static func path(_ index: Int) throws -> SecretPath { try SecretPath("bench/\(index)") }

  private static func put(_ index: Int, into vault: Vault) throws {
    let bytes = Array("value \(index) of the benchmark".utf8)
    try vault.put(
      SecretBytes(copying: bytes.span), at: path(index), of: Name("default", kind: "tenant"),
      by: requester())
  }

  private func measure(_ operation: Operation) throws {
    let vault = try Vault.open(home: directory)
    let bytes = Array("the key of a benchmark".utf8)
    try vault.unseal(
      with: try vault.sealDescription().sealer(SecretBytes(copying: bytes.span)))
    let tenant = try Name("default", kind: "tenant")
    let clock = ContinuousClock()
    let start = clock.now
    var count = 0
    while clock.now - start < .seconds(seconds) {
      // Versions of one secret grow: each process has paths of its own, and many of them.
      let index = Int(getpid()) * 1000 + count / 4
      switch operation {
      case .put: try Self.put(index, into: vault)
      case .get:
        _ = try vault.read(Self.path(count % Self.paths), of: tenant, by: Self.requester())
      }
      count += 1
    }
    let elapsed = (clock.now - start) / .seconds(1)
    print(Double(count) / elapsed)
  }

  // MARK: - Several

  private func total(of operation: Operation, processes: Int) throws -> Double {
    let workers = try (0..<processes).map { _ in
      let process = Process()
      process.executableURL = Bundle.main.executableURL
      process.arguments = [
        "--worker", operation.rawValue, "--directory", directory, "--seconds", String(seconds),
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      return (process: process, output: output)
    }
    var sum = 0.0
    for worker in workers {
      let data = try worker.output.fileHandleForReading.readToEnd() ?? Data()
      worker.process.waitUntilExit()
      let text = String(decoding: data, as: UTF8.self)
      guard let rate = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
        throw ValidationError("a process gave no figure")
      }
      sum += rate
    }
    return sum
  }
}
