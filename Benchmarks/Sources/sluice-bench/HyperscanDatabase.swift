import Foundation

/// The rules as Hyperscan takes them, compiled once for all rounds.
struct HyperscanDatabase {
  /// What `hyperscan-bench compile` prints.
  private struct Compilation: Decodable {
    let compiled: Int
    let withoutBoundary: Int
    let withoutAssertions: Int
    let loosened: Int
    let withoutStart: Int
    let refused: [String]
    let seconds: Double
    let databaseBytes: Int
  }

  private struct Scan: Decodable {
    let nanoseconds: Int
  }

  private let program: String
  private let file: URL
  let summary: String

  /// - Parameters:
  ///   - rules: what to compile.
  ///   - reportsStarts: whether matches have a start (SOM), which masking needs, or an end only.
  ///   - program: `hyperscan-bench`.
  ///   - tools: runs it.
  /// - Throws: `BenchError` if Hyperscan refuses them all.
  init(
    rules: [RuleDescription.Rule], reportsStarts: Bool, program: String, tools: Tools
  ) throws {
    self.program = program
    let list = tools.cache.appendingPathComponent("rules.json")
    file = tools.cache.appendingPathComponent(reportsStarts ? "starts.hsdb" : "ends.hsdb")
    try JSONEncoder().encode(rules).write(to: list)
    progress("compiling for Hyperscan \(reportsStarts ? "with" : "without") starts of matches")
    let result = try JSONDecoder().decode(
      Compilation.self,
      from: tools.output(
        of: program,
        ["compile", list.path, file.path] + (reportsStarts ? ["--starts"] : [])))
    var parts = [
      "\(result.compiled) of \(rules.count) rules in \(fixed(result.seconds, 1)) s",
      "\(result.withoutBoundary) without their boundary",
      "\(result.withoutAssertions) without look-arounds or possessive repeats inside",
      "\(result.loosened) with longer repeats",
      "\(result.withoutStart) without a start",
      "\(result.refused.count) refused",
    ]
    if !result.refused.isEmpty {
      parts[parts.count - 1] += " (\(result.refused.joined(separator: ", ")))"
    }
    summary = parts.joined(separator: "; ")
  }

  /// - Returns: CPU time of the scanning thread in nanoseconds.
  func scan(_ input: URL, tools: Tools) throws -> Int {
    let data = try tools.output(of: program, ["scan", file.path, input.path])
    return try JSONDecoder().decode(Scan.self, from: data).nanoseconds
  }
}
