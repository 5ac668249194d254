import ArgumentParser
import Foundation
import SluiceBuiltins
import SluiceRules
import SluiceScan

/// One round over one file: the scanner and what it is compared with, in CPU time of the thread.
struct MeasureCommand: ParsableCommand {
  /// Bytes of the file that PCRE2 gets, rule after rule: it is slow.
  private static let sampleBytes = 4_000_000

  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "Scan a file in memory with each kernel; read it, count its lines, run PCRE2.",
    discussion: "Example: sluice-engine-bench measure agent.log")

  @Option(help: "Bytes that are added to the scanner's window at a time.")
  var block = 128 * 1024

  @Flag(inversion: .prefixedNo, help: "Run PCRE2 rule by rule as well.")
  var pcre2 = true

  @Argument(help: "The file.")
  var file: String

  func validate() throws {
    guard block > 0 else { throw ValidationError("--block must be positive") }
  }

  func run() throws {
    let set = try RuleSet(BuiltinRules.all())
    let bytes = try FileBytes(path: file)
    var report = MeasureReport(bytes: bytes.count)
    report.readNanoseconds = try FileBytes.readThrough(path: file, block: block)
    report.memchrNanoseconds = bytes.countLines(into: &report.lines)
    for kernel in PrefilterKernel.available {
      let rules = try CompiledRules(set, kernel: kernel)
      // Expressions are compiled when they are first needed: not while the clock counts.
      _ = scan(bytes, with: rules)
      let scanned = scan(bytes, with: rules)
      report.kernels.append(
        MeasureReport.Kernel(
          name: kernel.rawValue, nanoseconds: scanned.nanoseconds,
          findings: scanned.sink.findings, maskedBytes: bytes.count + scanned.sink.growth))
    }
    guard pcre2 else { return try printReport(report) }
    let sample = bytes.sample(ofLength: Self.sampleBytes)
    report.pcre2Bytes = sample.count
    report.pcre2Nanoseconds = try RuleByRule(set.rules)
      .search(sample, matches: &report.pcre2Matches)
    try printReport(report)
  }

  private func printReport(_ report: MeasureReport) throws {
    print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
  }

  private func scan(
    _ bytes: borrowing FileBytes, with rules: CompiledRules
  ) -> (nanoseconds: UInt64, sink: CountingSink) {
    var scanner = SluiceScan.Scanner(rules: rules)
    var sink = CountingSink(rules: rules.rules)
    return (scanner.run(over: bytes, block: block, into: &sink), sink)
  }
}

extension SluiceScan.Scanner {
  /// Scans all bytes, `block` more at a time.
  ///
  /// - Returns: CPU time of the thread in nanoseconds.
  mutating func run(
    over bytes: borrowing FileBytes, block: Int, into sink: inout CountingSink
  ) -> UInt64 {
    let all = bytes.span
    let start = threadNanoseconds()
    var origin = 0
    var end = 0
    while end < all.count {
      end = min(end + block, all.count)
      let settled = scan(
        all.extracting(origin..<end), at: UInt64(origin), isFinal: end == all.count, into: &sink)
      origin = max(origin, Int(settled) - contextLength)
    }
    return threadNanoseconds() - start
  }
}

/// What one round measured; all times are CPU time of the one thread.
struct MeasureReport: Encodable {
  struct Kernel: Encodable {
    let name: String
    let nanoseconds: UInt64
    let findings: Int
    /// What `sluice filter` must write for this file, counted without it.
    let maskedBytes: Int
  }

  let bytes: Int
  var lines = 0
  /// The engine with each prefilter kernel that runs here, the fastest first.
  var kernels: [Kernel] = []
  var memchrNanoseconds: UInt64 = 0
  var readNanoseconds: UInt64 = 0
  var pcre2Nanoseconds: UInt64 = 0
  var pcre2Bytes = 0
  var pcre2Matches = 0

  init(bytes: Int) { self.bytes = bytes }
}
