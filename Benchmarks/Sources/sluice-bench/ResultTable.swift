import Foundation

/// All rounds on one input.
struct ResultTable {
  private let input: Input
  private let check: OutputCheck
  private var rounds: [Round] = []

  init(input: Input, check: OutputCheck) {
    self.input = input
    self.check = check
  }

  mutating func add(_ round: Round) { rounds.append(round) }

  func text() -> String {
    var lines = [title]
    lines.append(
      row("", "MB/s median", "best", "CPU ms/GB", "peak MiB"))
    for contender in Contender.allCases {
      let samples = rounds.compactMap { $0[contender] }
      guard !samples.isEmpty else { continue }
      let rates = samples.map(\.rate)
      let hasProcess = contender != .emptySeat
      let peak = samples.compactMap(\.peakKibibytes).max()
      lines.append(
        row(
          contender.rawValue, rate(median(rates)), rate(rates.max() ?? 0),
          hasProcess ? fixed(median(samples.map(\.cpuMillisecondsPerGigabyte)), 0) : "-",
          hasProcess ? peak.map { fixed(Double($0) / 1024, 1) } ?? "-" : "-"))
    }
    lines.append("ratios, median of the rounds' ratios (lowest to highest)")
    lines += ratios.map { name, values in
      "  " + name.padding(toLength: 40, withPad: " ", startingAt: 0)
        + "\(ratio(median(values)))  (\(ratio(values.min() ?? 0)) to \(ratio(values.max() ?? 0)))"
    }
    if let pipe = rounds.compactMap({ $0[.filterPipe]?.pipeBytes }).max() {
      lines.append("the filter left its output pipe at \(pipe / 1024) KiB")
    }
    return lines.joined(separator: "\n")
  }

  private var title: String {
    var text =
      "== \(input.kind.rawValue): \(input.summary), \(fixed(Double(input.bytes) / 1e6, 1)) MB, "
      + "\(check.lines) lines, \(check.findings) findings, \(check.maskedBytes) bytes out"
    if check.planted > 0 {
      text += "\n   \(check.planted) different secrets put in, \(check.left) of them left"
    }
    return text
  }

  private var ratios: [(String, [Double])] {
    let pairs: [(String, Contender, Contender, KeyPath<Sample, Double>)] = [
      ("filter / cat, file > null", .filterFile, .catFile, \.rate),
      ("filter / cat, pipe > pipe", .filterPipe, .catPipe, \.rate),
      ("filter / cat with pipes of 1 MiB", .filterPipe, .catLargePipe, \.rate),
      ("CPU of filter / CPU of cat, file", .catFile, .filterFile, \.cpuRate),
      ("CPU of filter / CPU of cat, pipe", .catPipe, .filterPipe, \.cpuRate),
      ("engine / memchr", .engine, .memchr, \.cpuRate),
      ("engine / read(2)", .engine, .read, \.cpuRate),
      ("engine / grep (its CPU, with reading)", .engine, .grepFile, \.cpuRate),
      ("engine / Hyperscan with SOM", .engine, .hyperscanStarts, \.cpuRate),
      ("engine / Hyperscan, ends only", .engine, .hyperscanEnds, \.cpuRate),
      ("engine / PCRE2 rule by rule", .engine, .pcre2, \.cpuRate),
    ]
    return pairs.compactMap { name, upper, lower, rate in
      let values = rounds.compactMap { round -> Double? in
        guard let above = round[upper], let below = round[lower] else { return nil }
        return above[keyPath: rate] / below[keyPath: rate]
      }
      return values.isEmpty ? nil : (name, values)
    }
  }

  private func row(_ name: String, _ cells: String...) -> String {
    let widths = [13, 10, 11, 10]
    return "  " + name.padding(toLength: 38, withPad: " ", startingAt: 0)
      + zip(cells, widths).map { right($0, $1) }.joined()
  }

  private func rate(_ value: Double) -> String { fixed(value, value < 100 ? 1 : 0) }

  private func ratio(_ value: Double) -> String { fixed(value, value < 0.1 ? 4 : 2) }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}

/// The middle value; of an even number, the mean of the middle two.
func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return 0 }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

func fixed(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}
