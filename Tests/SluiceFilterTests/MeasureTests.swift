import MeasureSupport
import SluiceBuiltins
import SluiceRules
import SluiceScan
import Testing

/// The short form of `sluice-measure`: recall and false alarms on data that does not come from the
/// rules.
@Suite("Measure")
struct MeasureTests {
  private static let compiled = Result { try CompiledRules(RuleSet(BuiltinRules.all())) }
  private static let data = Result {
    try MeasureData(
      folder: #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        + "/Fixtures/measure")
  }

  @Test("G3: at least nine of ten secrets of all families that vendors make are covered")
  func families() throws {
    let cases = try Self.data.get().familyCases(count: 2, seed: 11)
    try expect(cases.enumerated().filter { $0.offset % 3 == 0 }.map(\.element), atLeast: 0.90)
  }

  @Test("G3: at least 93 of 100 secrets are covered in every wrapping of a log line")
  func wrappings() throws {
    let cases = try Self.data.get().wrappingCases(count: 1, seed: 11)
    try expect(cases.enumerated().filter { $0.offset % 4 == 0 }.map(\.element), atLeast: 0.93)
  }

  @Test("G3: at least 96 of 100 secrets in the files of agents are covered")
  func definitions() throws {
    try expect(try Self.data.get().definitionCases(count: 1, seed: 11), atLeast: 0.96)
  }

  @Test("at most two findings in a megabyte of lines that look as if they held secrets")
  func provoking() throws {
    var gauge = Gauge(rules: try Self.compiled.get())
    let text = try Self.data.get().provokingText(bytes: 500_000, seed: 11)
    var rules: [String] = []
    for finding in gauge.findings(in: text) { rules.append(gauge.name(of: finding)) }
    #expect(rules.count <= 1, "\(rules.prefix(20))")
  }

  private func expect(_ cases: [MeasuredCase], atLeast share: Double) throws {
    var gauge = Gauge(rules: try Self.compiled.get())
    var tally = Tally()
    for one in cases { tally.add(gauge.outcome(of: one), to: one.group) }
    #expect(tally.share >= share, "\(tally.text(title: "worst", limit: 12))")
  }
}
