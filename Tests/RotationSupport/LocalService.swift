internal import Foundation

/// A server that a test starts on the loopback interface, and ends.
package final class LocalService {
  package let port: Int
  private let process: Process

  /// - Parameters:
  ///   - program: looked for in `PATH`.
  ///   - arguments: `%PORT%` in one stands for the port.
  ///   - environment: what is added to this process' own.
  /// - Throws: if it does not answer within half a minute.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:]
  ) throws {
    port = try Self.freePort()
    let text = String(port)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments.map { $0.replacing("%PORT%", with: text) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    self.process = process
    try process.run()
    for _ in 0..<600 {
      if Self.isOpen(port) { return }
      usleep(50_000)
    }
    kill(process.processIdentifier, SIGKILL)
    throw CocoaError(.fileReadUnknown)
  }

  deinit {
    // Nothing that it has is worth an orderly end.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  package static func isInstalled(_ program: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
    }
  }

  private static func freePort() throws -> Int {
    // Below the range from which the system hands out ports by itself.
    for _ in 0..<100 {
      let port = Int.random(in: 20_000..<32_000)
      if !isOpen(port) { return port }
    }
    throw CocoaError(.fileReadUnknown)
  }

  private static func isOpen(_ port: Int) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
