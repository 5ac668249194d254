import Foundation
import Glibc
import Testing

/// A filter whose input is still open.
final class RunningFilter {
  let process = Process()
  let input = Pipe()
  let output = Pipe()
  private let folder: TemporaryFolder
  private var pending: [UInt8] = []

  /// - Parameters:
  ///   - arguments: behind `sluice filter`.
  ///   - discardingOutput: whether nobody reads what it writes.
  ///   - isNonBlocking: whether its ends of both pipes return EAGAIN instead of waiting.
  ///   - environment: nil: that of the tests.
  /// - Throws: if it cannot be started.
  init(
    _ arguments: [String] = [], discardingOutput: Bool = false, isNonBlocking: Bool = false,
    environment: [String: String]? = nil
  ) throws {
    folder = try TemporaryFolder()
    errorFile = try folder.file("errors", "")
    // A process that ended early is a failed expectation, not the end of the test run.
    _ = signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(filePath: Sluice.path)
    process.arguments = ["filter"] + arguments
    if let environment { process.environment = environment }
    process.standardInput = input
    process.standardOutput = discardingOutput ? FileHandle.nullDevice : output
    process.standardError = try FileHandle(forWritingTo: URL(filePath: errorFile))
    if isNonBlocking {
      for handle in [input.fileHandleForReading, output.fileHandleForWriting] {
        _ = fcntl(handle.fileDescriptor, F_SETFL, O_NONBLOCK)
      }
    }
    try process.run()
  }

  private let errorFile: String

  /// What it wrote to standard error so far.
  var errors: String {
    (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? ""
  }

  /// Waits until standard error holds a text; false if it does not come in time.
  func waitForErrors(containing text: String) -> Bool {
    for _ in 0..<2000 {
      if errors.contains(text) { return true }
      usleep(10_000)
    }
    return false
  }

  /// Waits until the filter waits: for input that does not come, or for a reader.
  ///
  /// Its signal handlers are there then, and every order but the last was carried out.
  func waitUntilIdle() {
    var before = ""
    var quiet = 0
    for _ in 0..<4000 where quiet < 8 {
      let path = "/proc/\(process.processIdentifier)/stat"
      let fields = ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "")
        .split(separator: " ")
      guard fields.count > 15 else { return }
      // State, and the time that it took in user and kernel mode.
      let now = "\(fields[2]) \(fields[13]) \(fields[14])"
      quiet = fields[2] == "S" && now == before ? quiet + 1 : 0
      before = now
      usleep(5_000)
    }
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  deinit { if process.isRunning { process.terminate() } }

  func write(_ bytes: [UInt8]) throws {
    try input.fileHandleForWriting.write(contentsOf: Data(bytes))
  }

  /// Writes from another thread, so that nobody waits if it is not taken.
  func writeAside(_ bytes: [UInt8], thenEnding: Bool) {
    let handle = input.fileHandleForWriting
    Thread.detachNewThread {
      try? handle.write(contentsOf: Data(bytes))
      if thenEnding { try? handle.close() }
    }
  }

  func endInput() throws {
    try input.fileHandleForWriting.close()
  }

  /// The next line with its line end; what there is if none comes in time.
  func nextLine(within milliseconds: Int = 20_000) throws -> String {
    let clock = ContinuousClock()
    let deadline = clock.now + .milliseconds(milliseconds)
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        defer { pending.removeFirst(end + 1) }
        return String(decoding: pending[...end], as: UTF8.self)
      }
      guard clock.now < deadline, isReadable() else {
        return String(decoding: pending, as: UTF8.self)
      }
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { return String(decoding: pending, as: UTF8.self) }
      pending += data
    }
  }

  func isReadable(within milliseconds: Int32 = 20_000) -> Bool {
    var request = pollfd(
      fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, milliseconds) > 0
  }

  func rest() throws -> [UInt8] {
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return pending + data
  }

  /// A line of `/proc/PID/status`, in kilobytes.
  func kilobytes(_ key: String) throws -> Int {
    let status = try String(
      contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(key + ":") })
    let words = line.split(whereSeparator: \.isWhitespace)
    return try #require(words.dropFirst().first.flatMap { Int($0) })
  }
}
