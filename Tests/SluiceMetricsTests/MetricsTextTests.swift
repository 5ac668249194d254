import SluiceMetrics
import SluiceRules
import SluiceScan
import Testing

@Suite("Metrics")
struct MetricsTextTests {
  @Test("the text is what Prometheus reads: one block a name, labels escaped")
  func text() {
    let text = MetricsText.text(of: [
      MetricFamily("a_total", "What\\is\nit.", .counter, [.init(3, [.init("out", "1")])]),
      MetricFamily("b", "B.", .gauge, [.init(0.25), .init(.infinity, [.init("x", "q\"\\\n")])]),
      MetricFamily("a_total", "What\\is\nit.", .counter, [.init(1e15, [.init("out", "2")])]),
      MetricFamily("c_total", "None yet.", .counter, []),
    ])
    #expect(
      text == #"""
        # HELP a_total What\\is\nit.
        # TYPE a_total counter
        a_total{out="1"} 3
        a_total{out="2"} 1000000000000000
        # HELP b B.
        # TYPE b gauge
        b 0.25
        b{x="q\"\\\n"} +Inf
        # HELP c_total None yet.
        # TYPE c_total counter

        """#)
  }

  @Test(
    "a port alone is on this machine only",
    arguments: [
      ("9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"), ("0", "127.0.0.1:0"),
      ("0.0.0.0:80", "0.0.0.0:80"), ("localhost:65535", "localhost:65535"),
      ("[::1]:9464", "[::1]:9464"), ("[::]:9464", "[::]:9464"),
    ])
  func endpoint(text: String, expected: String) {
    #expect(MetricsEndpoint(text)?.text == expected)
  }

  @Test(
    "what is no address is refused",
    arguments: [
      "", ":", "a", "65536", "-1", "+1", "1 ", "::1:9464", "host:", "host:x", "[::1]", "[host]:1",
      "http://host:1", "user@host:1", "a b:1", "[]:1", "000001",
    ])
  func noEndpoint(text: String) {
    #expect(MetricsEndpoint(text) == nil)
  }

  private static func rules(_ ids: [String]) throws -> [PlannedRule] {
    let yaml =
      "rules:\n" + ids.map { "  - id: \($0)\n    regex: '\($0)_[0-9]{8}'\n" }.joined()
    return try RuleFile(named: "test", requiresDocumentation: false).rules(in: yaml)
      .map { try PlannedRule($0) }
  }

  @Test("numbers are those that were left last, and a reload keeps them under their rules' names")
  func reload() throws {
    let former = try Self.rules(["one", "two"])
    let metrics = StreamMetrics(
      rules: former, labels: [.init("output", "stdout")], isMeasured: true)
    var statistics = ScanStatistics(ruleCount: 2)
    statistics.settledBytes = 1000
    statistics.records = 7
    statistics.confirmNanoseconds = 250_000_000
    statistics.findingsByRule = [4, 2]
    metrics.update(statistics)
    metrics.reloaded(nil)
    metrics.reloaded(try Self.rules(["two", "three", "four"]))
    let text = MetricsText.text(of: metrics.families)
    for line in [
      #"sluice_bytes_total{output="stdout"} 1000"#, #"sluice_records_total{output="stdout"} 7"#,
      #"sluice_confirm_seconds_total{output="stdout"} 0.25"#,
      #"sluice_findings_total{output="stdout",rule="two",severity="high"} 2"#,
      #"sluice_reloads_total{output="stdout",result="success"} 1"#,
      #"sluice_reloads_total{output="stdout",result="failure"} 1"#,
    ] {
      #expect(text.contains(line + "\n"), "\(line) in \(text)")
    }
    #expect(!text.contains("\"one\""))
  }
}
