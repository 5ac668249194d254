import ArgumentParser
import Foundation

/// Measures `sluice filter` and its engine beside what else could stand in their place.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-bench",
    abstract: "Measure throughput, memory and start-up, side by side with reference programs.",
    discussion: """
      Every contender runs once a round, and ratios are taken within a round. Nothing is asserted \
      about speed; a filter that writes the wrong number of bytes is an error.

      Example: make bench ARGS='--only log --rounds 5'
      """)

  @Option(help: "Rounds; each contender runs once in each. (default: 9, with --quick 3)")
  var rounds: Int?

  @Option(help: "Size of the inputs 'log' and 'log+s'. (default: 220, with --quick 20)")
  var megabytes: Int?

  @Option(
    help: ArgumentHelp(
      "A folder of real logs, *_2k.log; else SLUICE_CORPUS, else generated lines.",
      valueName: "DIR"))
  var corpus: String?

  @Option(help: "Only this input; may be repeated.")
  var only: [InputKind] = []

  @Flag(help: "20 MB and 3 rounds: to see that it works, not to quote.")
  var quick = false

  @Flag(help: "Only the audit log, not the filter.")
  var audit = false

  @Flag(help: "Also write the report to Benchmarks/Results.")
  var save = false

  func validate() throws {
    guard (rounds ?? 1) > 0, (1...100_000).contains(megabytes ?? 1) else {
      throw ValidationError("--rounds and --megabytes must be positive")
    }
  }

  func run() throws {
    let tools = try Tools()
    let rounds = rounds ?? (quick ? 3 : 9)
    let corpus = corpus ?? ProcessInfo.processInfo.environment["SLUICE_CORPUS"]
    if audit {
      var report = Report(save: save ? tools.results : nil)
      let machine = Machine()
      report.add(machine.text(tools: tools, rounds: 1))
      report.add(try auditLog(tools))
      report.add(machine.closingText())
      return try report.close(named: "\(Machine.date)-\(machine.commit(of: tools.root))-audit")
    }
    let inputs = try InputFiles(
      folder: tools.cache, corpus: corpus, megabytes: megabytes ?? (quick ? 20 : 220))
    var report = Report(save: save ? tools.results : nil)
    let machine = Machine()
    report.add(machine.text(tools: tools, rounds: rounds))
    let description = try tools.describeRules(secrets: inputs.secretCount)
    let stations = try Stations(tools: tools, rules: description.rules)
    report.add(stations.preparation)
    report.add(try StartUp(tools: tools).text())
    for kind in only.isEmpty ? InputKind.allCases : only {
      let input = try inputs.make(kind, secrets: description.secrets)
      let check = try OutputCheck(of: input, tools: tools)
      var table = ResultTable(input: input, check: check)
      for round in 0..<rounds {
        progress("\(kind.rawValue): round \(round + 1) of \(rounds)")
        table.add(try stations.round(round, on: input, check: check))
      }
      report.add(table.text())
    }
    if only.isEmpty { report.add(try auditLog(tools)) }
    report.add(machine.closingText())
    try report.close(named: "\(Machine.date)-\(machine.commit(of: tools.root))")
  }

  private func auditLog(_ tools: Tools) throws -> String {
    progress("audit log")
    return "== Audit log\n\n" + (try tools.measureAuditLog(entries: quick ? 20_000 : 1_000_000))
  }
}

/// A failure that the person who runs the benchmark can do something about.
struct BenchError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Tells a person who waits; not part of the report.
func progress(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}
