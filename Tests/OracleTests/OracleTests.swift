import Foundation
import OracleSupport
import SluiceBuiltins
import SluiceRules
import SluiceScan
import TestSupport
import Testing

@Suite("Oracle")
struct OracleTests {
  private static let builtins = Result { try RuleSet(BuiltinRules.all()) }

  @Test(
    "G4: the scanner finds what PCRE2 finds in generated text",
    arguments: PrefilterKernel.available, UInt64(0)..<4)
  func generated(kernel: PrefilterKernel, seed: UInt64) throws {
    let set = try Self.builtins.get()
    // Outlines from the first attempt on, but for one seed.
    let rules = try CompiledRules(
      set, kernel: kernel, outlineUse: seed == 3 ? .whenWorthIt : .always)
    let oracle = Oracle(rules: rules)
    let text = try OracleText(rules: set.rules).make(length: 50_000, seed: seed)
    let difference = oracle.difference(in: text, piece: [nil, 4096, 139, 17][Int(seed)])
    #expect(difference == nil, "seed \(seed): \(difference?.description ?? "")")
  }

  @Test("G4: the scanner finds what PCRE2 finds in the agent platform's log")
  func fixture() throws {
    let set = try Self.builtins.get()
    let log = AgentPlatformLog(rules: set.rules)
    let oracle = Oracle(rules: try CompiledRules(set))
    let difference = oracle.difference(in: log.text)
    #expect(difference == nil, "\(difference?.description ?? "")")
  }

  @Test("G2: what is encoded is found wherever the text is cut", arguments: UInt64(0)..<3)
  func encodedCuts(seed: UInt64) throws {
    let set = try Self.builtins.get()
    let oracle = Oracle(rules: try CompiledRules(set))
    let text = try OracleText(rules: set.rules).makeEncoded(length: 500, seed: seed)
    #expect(oracle.harmfulCut(of: text) == nil, "seed \(seed)")
    let difference = oracle.difference(in: text)
    #expect(difference == nil, "seed \(seed): \(difference?.description ?? "")")
  }

  @Test("G4: each decoder makes the same text as the reference", arguments: UInt64(0)..<4)
  func decoders(seed: UInt64) throws {
    let text = try OracleText(rules: Self.builtins.get().rules).make(length: 40_000, seed: seed)
    for slice in Oracle.slices(of: text, ofAtLeast: 400) {
      let difference = DecoderComparison.difference(in: slice)
      #expect(difference == nil, "seed \(seed): \(difference ?? "")")
    }
  }

  @Test("the oracle notices a prefilter that misses an anchor")
  func negativeControl() throws {
    var rules = BuiltinRules.all()
    for index in rules.indices where rules[index].rule.id == "github-pat" {
      rules[index].plan.anchors = [RulePlan.Literal(bytes: Array("ghx_".utf8), isCaseless: false)]
    }
    let oracle = Oracle(rules: try CompiledRules(RuleSet(rules)))
    let recipe = try Recipe("a «ghp_${alnum:30}${check:crc32-base62}» b", seed: 1)
    let difference = try #require(oracle.difference(in: recipe.text))
    #expect(difference.onlyReference.count == 1)
    #expect(difference.onlyScanner.isEmpty)
  }
}
