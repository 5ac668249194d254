import ArgumentParser

/// The parts of the benchmark that need the engine's own types, which only this package can see.
///
/// `Benchmarks/` starts it; each command prints JSON.
@main
struct EngineBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-engine-bench",
    abstract: "Measure the scanner in memory, or describe the rules for other engines.",
    subcommands: [MeasureCommand.self, KnownCommand.self, DescribeCommand.self])
}
