import ArgumentParser

/// The comparator: Hyperscan over the rules as far as it takes them.
///
/// Each command prints JSON.
@main
struct HyperscanBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hyperscan-bench",
    abstract: "Compile the rules for Hyperscan, and scan a file with them in memory.",
    subcommands: [CompileCommand.self, ScanCommand.self])
}

/// Why Hyperscan did not do what was asked.
struct HyperscanError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
