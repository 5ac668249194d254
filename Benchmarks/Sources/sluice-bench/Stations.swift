import Foundation

/// Everything that is measured on an input, in the order of the report.
enum Contender: String, CaseIterable {
  case filterFile = "sluice filter          file > null"
  case catFile = "cat                    file > null"
  case grepFile = "grep -F, all literals  file > pipe"
  case filterPipe = "sluice filter          pipe > pipe"
  case catPipe = "cat                    pipe > pipe"
  case catLargePipe = "cat, pipes of 1 MiB    pipe > pipe"
  case emptySeat = "no filter, one pipe    file > pipe"
  case engine = "engine                 memory"
  case engineAVX2 = "engine, AVX2 kernel    memory"
  case enginePortable = "engine, no SIMD        memory"
  case memchr = "memchr newline loop    memory"
  case read = "read(2), 128 KiB       file"
  case hyperscanStarts = "Hyperscan with SOM     memory"
  case hyperscanEnds = "Hyperscan, ends only   memory"
  case pcre2 = "PCRE2, rule by rule    memory"
}

/// One contender in one round.
struct Sample {
  let bytes: Int
  /// What the rate is taken from: wall time of a process, CPU time of a thread in memory.
  let seconds: Double
  let cpuSeconds: Double
  var peakKibibytes: Int?
  var pipeBytes = 0

  init(bytes: Int, process result: SeatResult) {
    self.bytes = bytes
    seconds = result.wallSeconds
    cpuSeconds = result.cpuSeconds
    peakKibibytes = result.peakKibibytes
    pipeBytes = result.pipeBytes
  }

  init(bytes: Int, threadNanoseconds: Int) {
    self.bytes = bytes
    seconds = Double(threadNanoseconds) / 1e9
    cpuSeconds = seconds
  }

  /// Millions of bytes a second.
  var rate: Double { Double(bytes) / max(seconds, 1e-9) / 1e6 }
  var cpuRate: Double { Double(bytes) / max(cpuSeconds, 1e-9) / 1e6 }
  var cpuMillisecondsPerGigabyte: Double { cpuSeconds * 1e3 / Double(bytes) * 1e9 }
}

typealias Round = [Contender: Sample]

/// Runs all contenders once a round.
struct Stations {
  private let tools: Tools
  private let literals: URL
  private var databases: [(contender: Contender, database: HyperscanDatabase)] = []
  private let literalCount: Int
  private let ruleCount: Int

  init(tools: Tools, rules: [RuleDescription.Rule]) throws {
    self.tools = tools
    ruleCount = rules.count
    literals = tools.cache.appendingPathComponent("literals.txt")
    // A line end cannot be part of a literal of grep.
    let texts = Set(rules.flatMap(\.anchors).map(\.bytes)).filter {
      !$0.contains(UInt8(ascii: "\n"))
    }.sorted { $0.lexicographicallyPrecedes($1) }
    literalCount = texts.count
    try Data(texts.joined(separator: "\n".utf8)).write(to: literals)
    if let hyperscan = tools.hyperscan {
      databases = [
        (
          .hyperscanStarts,
          try HyperscanDatabase(rules: rules, reportsStarts: true, program: hyperscan, tools: tools)
        ),
        (
          .hyperscanEnds,
          try HyperscanDatabase(
            rules: rules, reportsStarts: false, program: hyperscan, tools: tools)
        ),
      ]
    }
  }

  /// What was done to make the contenders comparable.
  var preparation: String {
    var lines = ["rules: \(ruleCount), \(literalCount) literals for grep -F -i -c"]
    if databases.isEmpty { lines.append("Hyperscan is left out") }
    for (contender, database) in databases {
      lines.append("\(contender == .hyperscanStarts ? "SOM:  " : "ends: ")\(database.summary)")
    }
    return lines.joined(separator: "\n")
  }

  /// Runs everything once, starting at another station each round.
  func round(_ number: Int, on input: Input, check: OutputCheck) throws -> Round {
    var samples: Round = [:]
    let stations = self.stations(input, check)
    for index in stations.indices {
      let station = stations[(index + number) % stations.count]
      samples.merge(try station()) { _, new in new }
    }
    return samples
  }

  private func stations(
    _ input: Input, _ check: OutputCheck
  ) -> [() throws -> Round] {
    let filter = [tools.sluice, "filter"]
    var stations: [() throws -> Round] = [
      { try process(filter, .filterFile, .file, input) },
      { try process(["cat"], .catFile, .file, input) },
      // Not into /dev/null: grep looks, and then stops at its first match.
      {
        try process(
          ["grep", "-F", "-i", "-c", "-f", literals.path], .grepFile, .fileCounted, input,
          statuses: [0, 1])
      },
      { try process(filter, .filterPipe, .pipe, input, expected: check.maskedBytes) },
      { try process(["cat"], .catPipe, .pipe, input, expected: input.bytes) },
      { try process(["cat"], .catLargePipe, .largePipe, input, expected: input.bytes) },
      { try process([], .emptySeat, .pipe, input, expected: input.bytes) },
      { try inMemory(input, check) },
    ]
    for (contender, database) in databases {
      stations.append {
        let time = try database.scan(input.file, tools: tools)
        return [contender: Sample(bytes: input.bytes, threadNanoseconds: time)]
      }
    }
    return stations
  }

  private func process(
    _ command: [String], _ contender: Contender, _ seat: Seat, _ input: Input,
    expected: Int? = nil, statuses: Set<Int32> = [0]
  ) throws -> Round {
    let result = try tools.run(command, in: seat, input: input.file, statuses: statuses)
    if let expected, result.bytes != expected {
      throw BenchError(
        "\(contender.rawValue): \(result.bytes) bytes came out on \(input.kind.rawValue), "
          + "not \(expected)")
    }
    return [contender: Sample(bytes: input.bytes, process: result)]
  }

  private static let slowerKernels: [String: Contender] = [
    "avx2": .engineAVX2, "portable": .enginePortable,
  ]

  private func inMemory(_ input: Input, _ check: OutputCheck) throws -> Round {
    let result = try tools.measureEngine(on: input.file)
    var samples: Round = [
      .memchr: Sample(bytes: input.bytes, threadNanoseconds: result.memchrNanoseconds),
      .read: Sample(bytes: input.bytes, threadNanoseconds: result.readNanoseconds),
      .pcre2: Sample(bytes: result.pcre2Bytes, threadNanoseconds: result.pcre2Nanoseconds),
    ]
    for (place, kernel) in result.kernels.enumerated() {
      guard kernel.maskedBytes == check.maskedBytes, kernel.findings == check.findings else {
        throw BenchError("kernel \(kernel.name) differs on \(input.kind.rawValue)")
      }
      guard let contender = place == 0 ? .engine : Self.slowerKernels[kernel.name] else { continue }
      samples[contender] = Sample(bytes: input.bytes, threadNanoseconds: kernel.nanoseconds)
    }
    return samples
  }
}
