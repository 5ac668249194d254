import ArgumentParser
import SluiceBuiltins
import SluiceCrypto
import SluiceRules
import SluiceScan

/// What it costs to look for a vault's values besides the rules, by how many there are.
struct KnownCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "known",
    abstract: "Scan a file in memory with all rules and with more and more known values.",
    discussion: """
      Values are random, of 12 to 64 characters. Every round scans with each number of them in turn; \
      the ratio is taken within a round. CPU time of the thread.

      Example: sluice-engine-bench known --values 0 --values 1000 --values 100000 agent.log
      """)

  @Option(
    name: .customLong("values"), help: "How many; may be repeated. (default: 0, 1000, 100000)")
  var counts: [Int] = []
  @Option(help: "How often each is measured.") var rounds = 9
  @Option(help: "Bytes that are added to the scanner's window at a time.") var block = 128 * 1024
  @Argument(help: "The file.") var file: String

  func run() throws {
    let counts = counts.isEmpty ? [0, 1000, 100_000] : counts
    let bytes = try FileBytes(path: file)
    let base = try CompiledRules(RuleSet(BuiltinRules.forScanning()))
    let sets = try counts.map { count in
      count == 0 ? base : try CompiledRules(base, known: try Self.knownValues(count))
    }
    var rates = Array(repeating: [Double](), count: counts.count)
    var ratios = rates
    for round in 0...rounds {
      var first: Double?
      for index in sets.indices {
        var scanner = SluiceScan.Scanner(rules: sets[index])
        var sink = CountingSink(rules: sets[index].rules)
        let nanoseconds = scanner.run(over: bytes, block: block, into: &sink)
        // In the first round expressions are compiled.
        guard round > 0 else { continue }
        let rate = Double(bytes.count) / Double(nanoseconds) * 1e3
        rates[index].append(rate)
        ratios[index].append(rate / (first ?? rate))
        first = first ?? rate
      }
    }
    print("known values    MB/s    of the first")
    for index in counts.indices {
      print(
        padded(String(counts[index]), 12) + padded(String(Int(median(rates[index]))), 8)
          + padded(String(Int(median(ratios[index]) * 1000)), 11) + " ‰")
    }
  }

  private func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  private static func knownValues(_ count: Int) throws -> KnownValues {
    let material = try SecureRandom.secret(32)
    var marker = try KnownMarker(material: material)
    var fingerprinter = try Fingerprinter(material: material)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var random = SystemRandomNumberGenerator()
    let values = (0..<count).map { number in
      let value = (0..<Int.random(in: 12...64, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      return (
        value: KnownValues.Value(
          tenant: "bench", path: "value/\(number)", version: 1, state: "current",
          fingerprint: fingerprinter.fingerprint(of: value.span)),
        marks: marker.marks(of: value.span)
      )
    }
    return KnownValues(
      values, key: try MatchKey(material: material),
      fingerprints: FingerprintKey(material: material.withBytes { SecretBytes(copying: $0) }))
  }
}
