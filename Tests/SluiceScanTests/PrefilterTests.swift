import SluiceBuiltins
import SluiceRules
import Testing

@testable import SluiceScan

@Suite("Prefilter")
struct PrefilterTests {
  private static let literals = BuiltinRules.all().enumerated().flatMap { position, planned in
    planned.plan.anchors.map { Prefilter.Literal(rule: RuleIndex(position), literal: $0) }
  }

  private func starts(
    _ prefilter: Prefilter, _ text: [UInt8], in range: Range<Int>? = nil
  ) -> [Prefilter.Candidate] {
    var scratch = Prefilter.Scratch()
    var candidates: [Prefilter.Candidate] = []
    prefilter.find(
      in: text.span, startingIn: range ?? 0..<text.count, scratch: &scratch, into: &candidates)
    return candidates
  }

  @Test(
    "G4: every literal is found by every kernel at every offset",
    arguments: PrefilterKernel.available)
  func everyLiteral(kernel: PrefilterKernel) {
    let prefilter = Prefilter(literals: Self.literals, kernel: kernel)
    var random = SplitMix64(state: 1)
    for literal in Self.literals {
      for offset in [0, 1, 2, 3, 31, 60, 61, 62, 63, 64, 65, 127, 128, 200] {
        for after in [0, 1, 2, 3, 5, 64, 67, 130] {
          var text = (0..<offset).map { _ in UInt8.random(in: 0...255, using: &random) }
          text += literal.bytes.map { byte in
            literal.isCaseless && byte &- 0x61 < 26 && Bool.random(using: &random)
              ? byte & 0xDF : byte
          }
          text += (0..<after).map { _ in UInt8.random(in: 0...255, using: &random) }
          let isFound = starts(prefilter, text).contains {
            $0.offset == offset && $0.rule == literal.rule
          }
          if !isFound {
            Issue.record("a literal of rule \(literal.rule.value) is missed at \(offset)")
            return
          }
        }
      }
    }
  }

  @Test("G4: all kernels find the same, in order of start", arguments: UInt64(0)..<20)
  func kernelsAgree(seed: UInt64) {
    var random = SplitMix64(state: seed)
    var text: [UInt8] = []
    while text.count < 3000 {
      text += Self.literals.randomElement(using: &random)?.bytes ?? []
      if Bool.random(using: &random) {
        text += (0..<Int.random(in: 0...90, using: &random)).map { _ in
          UInt8.random(in: 32...126, using: &random)
        }
      }
    }
    let expected = text.indices.flatMap { offset in
      Self.literals.filter { literal in
        offset + literal.bytes.count <= text.count
          && literal.bytes.indices.allSatisfy { literal.accepts(text[offset + $0], at: $0) }
      }.map { "\(offset) \($0.rule.value)" }
    }
    for kernel in PrefilterKernel.available {
      let prefilter = Prefilter(literals: Self.literals, kernel: kernel)
      let candidates = starts(prefilter, text)
      #expect(candidates.map(\.offset) == candidates.map(\.offset).sorted())
      #expect(candidates.map { "\($0.offset) \($0.rule.value)" }.sorted() == expected.sorted())
    }
  }

  @Test("anchors are reported by where they begin")
  func range() throws {
    let literal = Prefilter.Literal(
      rule: RuleIndex(0),
      literal: RulePlan.Literal(bytes: Array("anchor_literal".utf8), isCaseless: false))
    let prefilter = Prefilter(literals: [literal])
    let text = Array("..anchor_literal..".utf8)
    #expect(starts(prefilter, text, in: 0..<2).isEmpty)
    #expect(starts(prefilter, text, in: 2..<3).map(\.offset) == [2])
    #expect(starts(prefilter, text, in: 3..<18).isEmpty)
  }

  @Test(
    "an unfinished anchor is recognised",
    arguments: [("abc", 3), ("xGHP", 1), ("xghp_", 1), ("ghp_x", 5), ("gghgh", 3), ("", 0)])
  func unfinished(text: String, expected: Int) {
    let literal = Prefilter.Literal(
      rule: RuleIndex(0),
      literal: RulePlan.Literal(bytes: Array("ghp_y".utf8), isCaseless: true))
    let prefilter = Prefilter(literals: [literal])
    #expect(prefilter.unfinishedAnchor(in: Array(text.utf8).span) == expected)
  }
}
