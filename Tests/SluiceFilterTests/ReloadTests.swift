import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

@Suite("Reload")
struct ReloadTests {
  /// Orders a reload before every read.
  private struct Restless: StreamControl {
    let rules: [CompiledRules]
    var reloads = 0

    mutating func orders() -> StreamOrders { .reload }

    mutating func reload() -> StreamSetup? {
      reloads += 1
      return StreamSetup(rules: rules[reloads % rules.count], allowlist: nil)
    }

    mutating func report(_ statistics: ScanStatistics) {}
    mutating func publish(_ statistics: ScanStatistics) {}
  }

  private static func compiled(_ yaml: String, window: Int = 4096) throws -> CompiledRules {
    let rules = try RuleFile(named: "test", requiresDocumentation: false).rules(in: yaml)
    return try CompiledRules(
      RuleSet(rules.map { try PlannedRule($0) }), limits: ScanLimits(window: window))
  }

  private static let key = "  - id: key\n    regex: 'key_[0-9]{8}'\n"
  private static let long = "  - id: long\n    regex: 'long_[a-z]+'\n"
  private static let block = "  - id: block\n    regex: 'BEGIN\\n(?:[a-z]+\\n){1,5}END'\n"

  @Test(
    "G1, G2: the same rules, loaded before every read, give the same bytes and findings",
    arguments: [1, 2, 3, 7, 64])
  func everyRead(length: Int) throws {
    let rules = try Self.compiled("rules:\n\(Self.key)\(Self.long)\(Self.block)")
    let again = try Self.compiled("rules:\n\(Self.long)\(Self.block)\(Self.key)")
    let text = Array(
      """
      plain key_12345678 key_1234567 key_
      BEGIN
      abc
      def
      END key_87654321 long_\(String(repeating: "a", count: 9000)) end
      BEGIN
      not finished key_1
      """.utf8)
    let whole = redact(text, rules: rules, isKeyed: false)
    var source = ChunkedSource(text, pieces: .each(length))
    let output = MemorySink.Contents()
    let findings = MemorySink.Contents()
    var control = Restless(rules: [rules, again])
    let statistics = try Filter(rules: rules).run(
      &source, to: MemorySink(output), findings: MemorySink(findings), control: &control)
    #expect(output.bytes == whole.output)
    #expect(findings.lines == whole.findings)
    #expect(statistics.findings == whole.statistics.findings)
    #expect(control.reloads > text.count / length / 6)
  }

  @Test("counts of rules that are gone stay in the total")
  func statistics() throws {
    let first = try Self.compiled("rules:\n\(Self.key)")
    let second = try Self.compiled("rules:\n\(Self.long)")
    var source = ChunkedSource(
      Array("key_12345678\nkey_12345678\nlong_abc key_12345678\n".utf8), pieces: .each(13))
    let output = MemorySink.Contents()
    var control = Restless(rules: [second])
    let statistics = try Filter(rules: first).run(
      &source, to: MemorySink(output), findings: MemorySink?.none, control: &control)
    #expect(statistics.findingsByRule == [1])
    #expect(statistics.findings == 1)
    #expect(
      String(decoding: output.bytes, as: UTF8.self)
        == "key_12345678\nkey_12345678\n[REDACTED:long] key_12345678\n")
  }
}
