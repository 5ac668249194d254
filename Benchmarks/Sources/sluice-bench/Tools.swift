import Foundation

/// The programs that are measured or help to measure, and the folders that belong to them.
struct Tools {
  /// The repository.
  let root: URL
  /// Inputs and other files that can be made again.
  let cache: URL
  let results: URL
  /// `sluice`, in the form that is installed.
  let sluice: String
  private let seat: String
  private let engine: String
  private let trial: String
  /// Nil where Hyperscan is not installed.
  let hyperscan: String?

  init() throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    root = package.deletingLastPathComponent()
    cache = package.appendingPathComponent(".build/bench", isDirectory: true)
    results = package.appendingPathComponent("Results", isDirectory: true)
    try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
    let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent()
    func required(_ name: String, in folder: URL) throws -> String {
      let path = folder.appendingPathComponent(name).path
      guard FileManager.default.isExecutableFile(atPath: path) else {
        throw BenchError("'\(path)' is missing; start this with 'make bench'")
      }
      return path
    }
    let release = root.appendingPathComponent(".build/release")
    sluice = try required("sluice", in: release)
    engine = try required("sluice-engine-bench", in: release)
    trial = try required("sluice-audit-trial", in: release)
    seat = try required("bench-seat", in: folder)
    // It may be left over from a build that was allowed to have it.
    let isWanted = ProcessInfo.processInfo.environment["SLUICE_BENCH_HYPERSCAN"] != "0"
    hyperscan = isWanted ? try? required("hyperscan-bench", in: folder) : nil
  }

  /// Measures the audit log as it grows.
  ///
  /// - Returns: a table.
  func measureAuditLog(entries: Int) throws -> String {
    let data = try output(
      of: trial, ["measure", "--entries", String(entries), "--folder", cache.path])
    return String(decoding: data, as: UTF8.self)
  }

  /// Runs a program to its end.
  ///
  /// - Returns: its standard output.
  /// - Throws: `BenchError` unless it ends with one of `statuses`.
  func output(
    of program: String, _ arguments: [String], statuses: Set<Int32> = [0]
  ) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // Byte semantics and no translation for every program that is compared.
    process.arguments = ["LC_ALL=C", program] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard statuses.contains(process.terminationStatus) else {
      throw BenchError("'\(program)' ended with status \(process.terminationStatus)")
    }
    return data
  }

  func line(of program: String, _ arguments: [String]) -> String {
    let data = (try? output(of: program, arguments)) ?? Data()
    return String(decoding: data.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }

  // MARK: - Measurements

  /// Runs `command` in a seat of `bench-seat`.
  func run(
    _ command: [String], in seat: Seat, input: URL, statuses: Set<Int32> = [0]
  ) throws -> SeatResult {
    let size = seat == .largePipe ? Seat.largePipeBytes : 0
    let data = try output(of: self.seat, [seat.argument, input.path, String(size)] + command)
    let result = try JSONDecoder().decode(SeatResult.self, from: data)
    guard statuses.contains(result.status) else {
      throw BenchError(
        "'\(command.joined(separator: " "))' ended with status \(result.status) "
          + "on \(input.lastPathComponent)")
    }
    return result
  }

  /// Runs the engine and its references over a file, in memory.
  func measureEngine(on input: URL) throws -> EngineResult {
    try JSONDecoder().decode(
      EngineResult.self, from: output(of: engine, ["measure", input.path]))
  }

  func describeRules(secrets: Int) throws -> RuleDescription {
    try JSONDecoder().decode(
      RuleDescription.self,
      from: output(of: engine, ["describe", "--secrets", String(secrets)]))
  }
}

/// Where a filter sits between its input and its output; see `bench-seat`.
enum Seat {
  case file
  case fileCounted
  case pipe
  case largePipe

  /// The largest that the kernel gives to everybody.
  static let largePipeBytes = 1 << 20

  var argument: String {
    switch self {
    case .file: "null"
    case .fileCounted: "count"
    case .pipe, .largePipe: "pipe"
    }
  }
}

/// What `bench-seat` prints.
struct SeatResult: Decodable {
  let status: Int32
  let wallNanoseconds: Int
  let userMicroseconds: Int
  let systemMicroseconds: Int
  let peakKibibytes: Int
  /// Bytes that came out; 0 where nobody counts them.
  let bytes: Int
  /// Size of the last pipe at the end.
  let pipeBytes: Int

  var wallSeconds: Double { Double(wallNanoseconds) / 1e9 }
  var cpuSeconds: Double { Double(userMicroseconds + systemMicroseconds) / 1e6 }
}

/// What `sluice-engine-bench measure` prints.
struct EngineResult: Decodable {
  struct Kernel: Decodable {
    let name: String
    let nanoseconds: Int
    let findings: Int
    let maskedBytes: Int
  }

  let bytes: Int
  let lines: Int
  /// The fastest first; it is the one that `sluice filter` takes.
  let kernels: [Kernel]
  let memchrNanoseconds: Int
  let readNanoseconds: Int
  let pcre2Nanoseconds: Int
  let pcre2Bytes: Int
}

/// What `sluice-engine-bench describe` prints.
struct RuleDescription: Codable {
  struct Literal: Codable {
    let bytes: Data
    let isCaseless: Bool
  }

  struct Rule: Codable {
    let id: String
    let expression: String
    let boundary: String
    let anchors: [Literal]
  }

  struct Secret: Codable {
    let line: Data
    let secret: Data
  }

  let rules: [Rule]
  let secrets: [Secret]
}
