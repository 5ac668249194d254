import ArgumentParser
import Foundation
import Histogram

/// How long a line takes through a filter, at a steady rate.
///
/// Lines go into a pipe at fixed moments, whether or not the last one has come out: a filter that
/// stops for a while makes all lines late that should have come meanwhile (no coordinated
/// omission). `cat` in the same seat shows what two pipes and two switches of process take; the
/// difference is what the filter adds.
@main
struct LatencyBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency-bench",
    abstract: "Measure the latency of single lines through sluice filter and cat.")

  @Option(help: "Lines a second.")
  var rate = 10_000

  @Option(help: "Seconds for each contender.")
  var seconds = 10

  @Option(help: "One line in so many holds a secret.")
  var secretEvery = 100

  @Option(help: "The sluice to measure.")
  var sluice = ".build/release/sluice"

  func run() throws {
    let program = URL(filePath: sluice).path
    print("\(rate) lines/s for \(seconds) s, microseconds")
    print("                     p50      p90      p99    p99.9      max")
    var medians: [String: [UInt64]] = [:]
    for (name, command) in [
      ("cat", ["/bin/cat"]), ("sluice filter", [program, "filter"]),
      ("sluice jsonl", [program, "filter", "--protocol", "jsonl"]), ("cat again", ["/bin/cat"]),
    ] {
      let histogram = try Seat(command: command).measure(
        rate: rate, count: rate * seconds, secretEvery: secretEvery)
      let values = [50.0, 90, 99, 99.9, 100].map { histogram.valueAtPercentile($0) }
      medians[name] = values
      print(
        name.padding(toLength: 16, withPad: " ", startingAt: 0)
          + values.map { Self.microseconds($0) }.joined())
    }
    guard let filter = medians["sluice filter"], let cat = medians["cat"] else { return }
    let added = zip(filter, cat).map { $0 > $1 ? $0 - $1 : 0 }
    print("added by filter " + added.map { Self.microseconds($0) }.joined())
  }

  private static func microseconds(_ nanoseconds: UInt64) -> String {
    let text = String(format: "%.1f", Double(nanoseconds) / 1000)
    return String(repeating: " ", count: max(1, 9 - text.count)) + text
  }
}
