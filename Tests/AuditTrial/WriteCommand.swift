import ArgumentParser
import Foundation
import SluiceCrypto
import SluiceVault

/// Stores values until it is killed, and says so after each.
struct WriteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "write", abstract: "Store values, from several threads, until it is killed.",
    shouldDisplay: false)

  @Argument var home: String
  @Argument var name: String
  @Option var threads = 2

  func run() throws {
    let vault = try TrialVault.open(home)
    let name = name
    onThreads(threads) { thread in
      for round in 0..<1_000_000 {
        do {
          let bytes = Array("\(name) \(thread) \(round)".utf8)
          let path = try SecretPath("w/\(name)/\(thread)")
          let version = try vault.put(
            SecretBytes(copying: bytes.span), at: path, of: Name("default", kind: "tenant"),
            by: TrialVault.person())
          // One write of a short line is whole or not there.
          FileHandle.standardOutput.write(
            Data("\(path.text) \(version) \(thread) \(round)\n".utf8))
        } catch {
          FileHandle.standardError.write(Data("write: \(error)\n".utf8))
          Foundation.exit(3)
        }
      }
    }
  }
}
