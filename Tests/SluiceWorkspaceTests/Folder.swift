import Foundation
import Testing

@testable import SluiceWorkspace

/// A folder of files for one test, removed when its owner lets go.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "sluice-workspace-\(UUID().uuidString)").resolvingSymlinksInPath()
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit {
    _ = try? run(["/bin/chmod", "-R", "u+rwx", path])
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Writes a file and the folders above it.
  @discardableResult
  func write(_ name: String, _ content: some Sequence<UInt8>) throws -> WorkspacePath {
    let url = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(content).write(to: url)
    return WorkspacePath(url.path)
  }

  @discardableResult
  func write(_ name: String, _ content: String) throws -> WorkspacePath {
    try write(name, Array(content.utf8))
  }

  /// Runs git here, with nothing of the user's configuration.
  @discardableResult
  func git(_ arguments: String...) throws -> String {
    try run(
      ["/usr/bin/env", "git", "-C", path, "-c", "user.name=T", "-c", "user.email=t@example.org"]
        + arguments)
  }

  @discardableResult
  func run(_ command: [String], input: String = "") throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path,
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
      "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z", "LC_ALL": "C.UTF-8",
    ]
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try Data(input.utf8).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    process.standardInput = try FileHandle(forReadingFrom: folder)
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  var root: WorkspacePath { WorkspacePath(path) }
}
