internal import ArgumentParser
internal import Foundation
internal import SluiceRules
internal import SluiceScan

/// How statistics are printed.
enum StatisticsFormat: String, CaseIterable {
  case text, json
}

/// The value of `--stats`.
///
/// Of an option that is a flag as well, ArgumentParser 1.8 takes a value it cannot read for none, and
/// loses one behind `=` if another option follows: this one reads every value, and looks itself.
enum StatisticsChoice: ExpressibleByArgument, Hashable {
  case known(StatisticsFormat)
  case unknown
  /// ArgumentParser saw no value.
  case asFlag

  init(argument: String) {
    self = StatisticsFormat(rawValue: argument).map { .known($0) } ?? .unknown
  }

  /// What stands behind `--stats=` on the command line.
  private static var attached: String? {
    let option = "--stats="
    return CommandLine.arguments.prefix { $0 != "--" }.last { $0.hasPrefix(option) }
      .map { String($0.dropFirst(option.count)) }
  }

  static var allValueStrings: [String] { StatisticsFormat.allCases.map(\.rawValue) }

  var defaultValueDescription: String { self == .asFlag ? "text" : format?.rawValue ?? "" }

  var format: StatisticsFormat? {
    switch self {
    case .known(let format): format
    case .unknown: nil
    case .asFlag: Self.attached.map { StatisticsFormat(rawValue: $0) } ?? .text
    }
  }
}

/// What a filter or a watch has done so far, for people and for programs.
struct StatisticsReport {
  let statistics: ScanStatistics
  let rules: [PlannedRule]
  let elapsed: Duration
  let reloads: Int
  let failedReloads: Int
  /// Whether records were counted and confirming was timed.
  let isMeasured: Bool

  func lines(as format: StatisticsFormat) -> [String] {
    format == .text ? textLines : [json]
  }

  private var seconds: Double {
    Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
  }

  private var byRule: [(id: String, count: UInt64)] {
    zip(rules, statistics.findingsByRule).filter { $0.1 > 0 }.map { ($0.0.rule.id, $0.1) }
  }

  private var textLines: [String] {
    let rate = seconds > 0 ? Double(statistics.settledBytes) / 1e6 / seconds : 0
    func rounded(_ number: Double, _ unit: Double) -> String {
      "\((number * unit).rounded() / unit)"
    }
    var lines = ["bytes            \(statistics.settledBytes)"]
    if isMeasured { lines.append("records          \(statistics.records)") }
    lines += [
      "megabytes/second \(rounded(rate, 10))",
      "findings         \(statistics.findings)",
    ]
    lines += byRule.map { "  \($0.id) \($0.count)" }
    if statistics.allowedFindings > 0 {
      lines.append("allowed findings \(statistics.allowedFindings)")
    }
    lines += [
      "candidates       \(statistics.candidates)",
      "match attempts   \(statistics.attempts)",
    ]
    if isMeasured {
      lines.append(
        "confirm seconds  \(rounded(Double(statistics.confirmNanoseconds) / 1e9, 1e6))")
    }
    lines += [
      "limit hits       \(statistics.limitHits)",
      "overlong secrets \(statistics.overlongSecrets)",
      "most bytes held  \(statistics.heldHighWater)",
    ]
    if reloads + failedReloads > 0 {
      lines.append("reloads          \(reloads), failed \(failedReloads)")
    }
    return lines
  }

  private struct Record: Encodable {
    let bytes: UInt64
    let records: UInt64?
    let findings: UInt64
    let findingsByRule: [String: UInt64]
    let allowedFindings, candidates, matchAttempts: UInt64
    let confirmSeconds: Double?
    let limitHits, overlongSecrets: UInt64
    let mostBytesHeld: Int
    let seconds: Double
    let reloads, failedReloads: Int
  }

  private var json: String {
    let record = Record(
      bytes: statistics.settledBytes, records: isMeasured ? statistics.records : nil,
      findings: statistics.findings,
      findingsByRule: Dictionary(uniqueKeysWithValues: byRule.map { ($0.id, $0.count) }),
      allowedFindings: statistics.allowedFindings, candidates: statistics.candidates,
      matchAttempts: statistics.attempts,
      confirmSeconds: isMeasured ? Double(statistics.confirmNanoseconds) / 1e9 : nil,
      limitHits: statistics.limitHits, overlongSecrets: statistics.overlongSecrets,
      mostBytesHeld: statistics.heldHighWater, seconds: seconds, reloads: reloads,
      failedReloads: failedReloads)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(record) else {
      preconditionFailure("numbers and names of rules are always JSON")
    }
    return String(decoding: data, as: UTF8.self)
  }
}
