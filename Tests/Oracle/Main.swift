import ArgumentParser
import Foundation
import OracleSupport
import SluiceBuiltins
import SluiceRules
import SluiceScan
import TestSupport

/// The differential oracle as a command: as many bytes as one likes (G4).
@main
struct OracleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice-oracle",
    abstract: "Compare the scanner with every rule alone through PCRE2, finding by finding.",
    discussion: "Example: sluice-oracle --megabytes 100 /var/log/*.log")

  @Option(help: "Megabytes of generated text.")
  var megabytes = 16

  @Option(help: "Seed of the generated text.")
  var seed: UInt64 = 1

  @Option(help: "The scanner's window in bytes.")
  var window = ScanLimits.defaultWindow

  @Flag(help: "Cut the agent platform's log in two at every offset as well (G2).")
  var cuts = false

  @Argument(help: "Files to compare on as well.")
  var files: [String] = []

  func run() throws {
    let set = try RuleSet(BuiltinRules.all())
    let oracle = Oracle(rules: try CompiledRules(set, limits: ScanLimits(window: window)))
    var compared = 0
    var findings = 0
    var differences = 0
    func compare(_ text: [UInt8], _ name: String, piece: Int?) throws {
      compared += text.count
      findings += oracle.scan(text, pieces: [piece ?? max(text.count, 1)]).count
      if let difference = oracle.difference(in: text, piece: piece) {
        differences += 1
        print("\(name): \(difference)")
      }
    }
    for path in files {
      let text = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      try compare(text, path, piece: nil)
    }
    let generator = try OracleText(rules: set.rules)
    var random = SplitMix64(state: seed)
    let length = 256 * 1024
    for number in 0..<(megabytes * 1_000_000 + length - 1) / length {
      let textSeed = random.next()
      let piece = [nil, 1 << 16, 4096, 139, 1].randomElement(using: &random) ?? nil
      try compare(
        generator.make(length: length, seed: textSeed),
        "text \(number) (seed \(textSeed), pieces of \(piece.map(String.init) ?? "all"))",
        piece: piece)
    }
    if cuts { differences += harmfulCuts(of: oracle, in: AgentPlatformLog(rules: set.rules).text) }
    print("\(compared) bytes, \(findings) findings, \(differences) texts with differences")
    if differences > 0 { throw ExitCode(1) }
  }
  private func harmfulCuts(of oracle: Oracle, in text: [UInt8]) -> Int {
    var found = 0
    for slice in Oracle.slices(of: text, ofAtLeast: 600) {
      guard let length = oracle.harmfulCut(of: slice) else { continue }
      found += 1
      print("cut: \(length) of \(slice.count) bytes before the rest changes what is found")
    }
    print("\(text.count) bytes cut at every offset, \(found) slices with differences")
    return found
  }
}
