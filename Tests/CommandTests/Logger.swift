import Foundation
import Testing

/// A real log daemon, run from where `.ci/loggers` put it, or from the system's.
final class Logger {
  enum Program: String {
    case rsyslog = "rsyslogd"
    case syslogNG = "syslog-ng"
  }

  /// Where `.ci/loggers` puts them.
  private static let unpacked: String? =
    ProcessInfo.processInfo.environment["SLUICE_LOGGERS"]
    ?? {
      let path = FileManager.default.currentDirectoryPath + "/.build/loggers"
      return FileManager.default.fileExists(atPath: path) ? path : nil
    }()

  private static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  /// Whether a test can run; in CI it must, so that a missing program is a failure there.
  static func isThere(_ program: Program) -> Bool { isCI || path(of: program) != nil }

  private static func path(of program: Program) -> String? {
    let folders =
      (unpacked.map { [$0 + "/usr/sbin"] } ?? []) + ["/usr/sbin", "/usr/bin", "/usr/local/sbin"]
    return folders.map { $0 + "/" + program.rawValue }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private let program: Program
  private let folder: String
  private let configuration: String
  private var process = Process()

  /// - Parameters:
  ///   - program: which one.
  ///   - folder: where it keeps its state.
  ///   - configuration: the text of its configuration file.
  /// - Throws: if it cannot be started.
  init(_ program: Program, in folder: String, configuration: String) throws {
    self.program = program
    self.folder = folder
    self.configuration = folder + "/logger.conf"
    try configuration.write(toFile: self.configuration, atomically: true, encoding: .utf8)
    try start()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func start() throws {
    let path = try #require(
      Self.path(of: program), "\(program.rawValue) is missing; .ci/loggers .build/loggers gets it")
    process = Process()
    // Foundation hands on the signals that one of its threads blocks, and SIGTERM is one of them.
    process.executableURL = URL(filePath: "/usr/bin/env")
    var environment = ProcessInfo.processInfo.environment
    let library = String(path.dropLast("/sbin/\(program.rawValue)".count)) + "/lib"
    switch program {
    case .rsyslog:
      let modules = (try? FileManager.default.contentsOfDirectory(atPath: library))?
        .map { library + "/" + $0 + "/rsyslog/" }
        .first { FileManager.default.fileExists(atPath: $0 + "imfile.so") }
      process.arguments =
        ["-n", "-f", configuration, "-i", folder + "/pid"] + (modules.map { ["-M", $0] } ?? [])
    case .syslogNG:
      environment["LD_LIBRARY_PATH"] = library + "/syslog-ng"
      let versions = (try? FileManager.default.contentsOfDirectory(atPath: library + "/syslog-ng"))
      let modules = versions?.map { library + "/syslog-ng/" + $0 }
        .filter { FileManager.default.fileExists(atPath: $0 + "/libafprog.so") }
      process.arguments =
        [
          "-F", "--no-caps", "-f", configuration, "--persist-file", folder + "/persist",
          "--pidfile", folder + "/pid", "--control", folder + "/control",
        ] + (modules?.first.map { ["--module-path", $0] } ?? [])
    }
    process.arguments = ["--default-signal", path] + (process.arguments ?? [])
    process.environment = environment
    let log = folder + "/logger.log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: log))
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// What it said.
  var log: String { (try? String(contentsOfFile: folder + "/logger.log", encoding: .utf8)) ?? "" }

  func hangUp() { kill(process.processIdentifier, SIGHUP) }

  /// Ends it as an init system does, and waits.
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
