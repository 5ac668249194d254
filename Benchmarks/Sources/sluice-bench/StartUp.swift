import Foundation

/// What a process costs before its first byte: user and system time on empty input.
struct StartUp {
  private static let runs = 20
  private let tools: Tools

  init(tools: Tools) { self.tools = tools }

  func text() throws -> String {
    var results: [(name: String, runs: [SeatResult])] = [("sluice filter", []), ("cat", [])]
    for _ in 0..<Self.runs {
      for (index, command) in [[tools.sluice, "filter"], ["cat"]].enumerated() {
        results[index].runs.append(
          try tools.run(command, in: .file, input: URL(fileURLWithPath: "/dev/null")))
      }
    }
    let rows = results.map { name, runs in
      "start-up of \(name), empty input, median of \(runs.count): "
        + "\(fixed(median(runs.map(\.cpuSeconds)) * 1e3, 1)) ms CPU, "
        + "\(fixed(median(runs.map(\.wallSeconds)) * 1e3, 1)) ms wall, "
        + "\(fixed(median(runs.map { Double($0.peakKibibytes) }) / 1024, 1)) MiB"
    }
    return rows.joined(separator: "\n")
  }
}
