import Foundation
import SluiceRules
import Testing

/// The built program, run as a user would.
enum Sluice {
  /// What a finished process left.
  struct Outcome {
    let status: Int32
    let output: [UInt8]
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
  }

  /// It is built beside the test bundle.
  static let path: String = {
    let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    return bundle.resolvingSymlinksInPath().deletingLastPathComponent()
      .appending(path: "sluice").path
  }()

  /// Runs `sluice` and waits for its end.
  ///
  /// Whatever the test is about: no secret of `Fake` may get to standard error (G3), and no
  /// process may end by a signal.
  static func run(
    _ arguments: [String], input: [UInt8] = [], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    return try run(process, input: input, in: folder, sourceLocation: sourceLocation)
  }

  /// Runs a shell script that calls `sluice` by that name; `$1` and so on are `arguments`.
  static func shell(
    _ script: String, _ arguments: [String] = [], input: [UInt8] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "sluice() { '\(path)' \"$@\"; }\n\(script)", "sh"] + arguments
    return try run(process, input: input, in: folder, sourceLocation: sourceLocation)
  }

  // Files instead of pipes: nobody has to read while another one writes.
  private static func run(
    _ process: Process, input: [UInt8], in folder: TemporaryFolder, sourceLocation: SourceLocation
  ) throws -> Outcome {
    let files = try ["in", "out", "err"].map { try folder.file($0, $0 == "in" ? input : []) }
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: files[0]))
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: files[1]))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: files[2]))
    try process.run()
    process.waitUntilExit()
    let errors = String(decoding: try bytes(ofFile: files[2]), as: UTF8.self)
    #expect(process.terminationReason == .exit, sourceLocation: sourceLocation)
    #expect(
      !Fake.leaks(into: errors), "G3: a secret in '\(errors)'", sourceLocation: sourceLocation)
    return Outcome(
      status: process.terminationStatus, output: try bytes(ofFile: files[1]), errors: errors)
  }

  static func bytes(ofFile path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path)))
  }
}

/// Removed, with all that is in it, when its owner lets go.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "sluice-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file.
  ///
  /// - Returns: its path.
  func file(_ name: String, _ content: [UInt8], permissions: Int = 0o600) throws -> String {
    let file = path + "/" + name
    try Data(content).write(to: URL(filePath: file))
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
    return file
  }

  func file(_ name: String, _ content: String, permissions: Int = 0o600) throws -> String {
    try file(name, Array(content.utf8), permissions: permissions)
  }
}

/// Secrets that are none, made anew from their recipe in every run.
enum Fake {
  /// A GitHub token with a valid checksum.
  static let token: String = made("ghp_${alnum:30}${check:crc32-base62}", seed: 1)
  static let otherToken: String = made("ghp_${alnum:30}${check:crc32-base62}", seed: 2)
  /// What stands for a token in the mask `label`.
  static let label = "[REDACTED:github-pat]"

  private static func made(_ recipe: String, seed: UInt64) -> String {
    do {
      return String(decoding: try Recipe(recipe, seed: seed).text, as: UTF8.self)
    } catch {
      preconditionFailure("a recipe of the tests is wrong: \(error)")
    }
  }

  /// Whether a piece of a token, beyond what everybody knows of it, is in the text.
  static func leaks(into text: String) -> Bool {
    [token, otherToken].contains { secret in
      let body = Array(secret.utf8.dropFirst(4))
      return (0...body.count - 8).contains { start in
        text.contains(String(decoding: body[start..<start + 8], as: UTF8.self))
      }
    }
  }
}
