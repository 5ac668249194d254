import Foundation
import Testing

/// A vault of its own for a test, used through the program only.
final class VaultFolder {
  let folder: TemporaryFolder
  /// Keeps what the vault does apart from the vault of whoever runs the tests.
  let environment: String

  /// Makes the vault, sealed by a key file, unless `script` does it another way.
  init(_ script: String = "sluice vault init >/dev/null 2>&1") throws {
    folder = try TemporaryFolder()
    environment = """
      unset SLUICE_TOKEN SLUICE_KEY_FILE
      export SLUICE_HOME='\(folder.path)/home' XDG_CONFIG_HOME='\(folder.path)/config'
      cd '\(folder.path)'

      """
    let outcome = try shell(script)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  /// The same for a program that is started without a shell.
  var variables: [String: String] {
    ["SLUICE_HOME": folder.path + "/home", "XDG_CONFIG_HOME": folder.path + "/config"]
  }

  func shell(
    _ script: String, input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Sluice.Outcome {
    try Sluice.shell(
      environment + script, input: Array(input.utf8), sourceLocation: sourceLocation)
  }

  /// Starts the program and kills it after a while, if it has not ended by itself.
  ///
  /// - Returns: its exit status; nil if it was killed.
  func killed(
    _ arguments: [String], input: String, after delay: Duration
  ) throws -> Int32? {
    let process = Process()
    process.executableURL = URL(filePath: Sluice.path)
    process.arguments = arguments
    process.environment = variables
    let file = try folder.file("killed.in", input)
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: file))
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let nanoseconds = delay.components.attoseconds / 1_000_000_000
    usleep(UInt32(nanoseconds / 1000))
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }
}
