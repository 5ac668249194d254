import ArgumentParser
import Foundation

/// Streams that are made to hurt: what the filter needs for them, and whether a secret gets out.
@main
struct HostileBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hostile-bench",
    abstract: "Run sluice filter over hostile streams; print throughput and peak memory.",
    discussion: """
      Exit status: 0; 1 if a secret got out, memory exceeded --peak or a stream was slower than \
      --rate.
      """)

  @Option(help: "Megabytes of each stream.")
  var megabytes = 64

  @Option(help: "Most MiB that the process may have resident.")
  var peak = 64

  @Option(help: "Least MB/s.")
  var rate = 20.0

  @Option(help: "The sluice to measure.")
  var sluice = ".build/release/sluice"

  private struct Measured: Decodable {
    let status: Int
    let wallNanoseconds: UInt64
    let peakKibibytes: Int
  }

  func run() throws {
    let beside = Bundle.main.executableURL?.deletingLastPathComponent() ?? URL(filePath: ".")
    let program = URL(filePath: sluice).path
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "sluice-hostile-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    print("stream                     MB   MB/s  peak MiB  secrets out")
    var isBad = false
    for stream in HostileStream.allCases {
      let file = folder.appending(path: "in")
      let text = stream.text(bytes: megabytes * 1_000_000 / stream.divisor)
      try text.write(to: file)
      let seat = try Self.output(
        of: beside.appending(path: "bench-seat").path,
        ["null", file.path, "0", program, "filter"] + stream.arguments)
      let measured = try JSONDecoder().decode(Measured.self, from: seat)
      let masked = try Self.output(of: program, ["filter", "--in", file.path] + stream.arguments)
      let leaks = stream.leaks(in: masked)
      let rate = Double(text.count) * 1000 / Double(max(1, measured.wallNanoseconds))
      let mebibytes = measured.peakKibibytes / 1024
      isBad = isBad || leaks > 0 || mebibytes > peak || rate < self.rate || measured.status != 0
      print(
        stream.rawValue.padding(toLength: 24, withPad: " ", startingAt: 0)
          + String(
            format: "%5d %6.1f %9d %12d", text.count / 1_000_000, rate, mebibytes, leaks))
    }
    if isBad { throw ExitCode(1) }
  }

  private static func output(of program: String, _ arguments: [String]) throws -> Data {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return data
  }
}
