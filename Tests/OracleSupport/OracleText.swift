package import SluiceRules

/// Makes text that provokes differences: matches and near misses of every rule, made from its
/// expression, side by side, overlapping, cut short and between ordinary log text.
package struct OracleText {
  private let samplers: [RegexSampler]
  private let examples: [[UInt8]]

  /// - Throws: `RegexSyntaxError` if an expression cannot be parsed.
  package init(rules: [PlannedRule]) throws {
    samplers = try rules.map { RegexSampler(try RegexParser.parse($0.rule.boundedExpression)) }
    examples = rules.flatMap { planned in
      (planned.rule.examples + planned.rule.nonExamples).enumerated().compactMap { index, text in
        try? Recipe(text, seed: Recipe.seed(rule: planned.rule.id, kind: "oracle", index: index))
          .text
      }
    }
  }

  private static let filler = Array(
    "2026-11-23T07:00:00Z INFO agent=planner step=3 msg=\"tool call done\" ms=125 ok ".utf8)
  private static let glue: [[UInt8]] = [
    "\n", "\r\n", " ", "", "\"", "\\n", "%3D", "&", "=", "\u{1B}[31m", ",", "\\\"", ";", "é", "\0",
  ].map { Array($0.utf8) }

  /// At least `length` bytes of examples in encodings that are drawn by lot.
  package func makeEncoded(length: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(state: seed)
    var text: [UInt8] = []
    while text.count < length {
      let example = examples.randomElement(using: &random) ?? []
      text += EncodedText.make(of: example, using: &random) + [0x0A]
    }
    return text
  }

  /// At least `length` bytes.
  package func make(length: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(state: seed)
    var text: [UInt8] = []
    text.reserveCapacity(length + 4096)
    while text.count < length {
      switch Int.random(in: 0..<18, using: &random) {
      case 0..<6:
        text += samplers.randomElement(using: &random)?.sample(using: &random) ?? []
      case 6..<9:
        if let sampler = samplers.randomElement(using: &random) {
          let sample = sampler.sample(using: &random)
          text += sampler.nearMiss(of: sample, using: &random)
        }
      case 9..<11:
        text += examples.randomElement(using: &random) ?? []
      case 11:
        let sample = samplers.randomElement(using: &random)?.sample(using: &random) ?? []
        text += sample.prefix(Int.random(in: 0...sample.count, using: &random))
      case 12:
        for _ in 0..<Int.random(in: 1...80, using: &random) {
          text.append(UInt8.random(in: 0...255, using: &random))
        }
      case 13, 14:
        let hidden =
          Bool.random(using: &random)
          ? samplers.randomElement(using: &random)?.sample(using: &random)
          : examples.randomElement(using: &random)
        text += EncodedText.make(of: hidden ?? [], using: &random)
      default:
        text += Self.filler.prefix(Int.random(in: 0...Self.filler.count, using: &random))
      }
      text += Self.glue.randomElement(using: &random) ?? []
    }
    return text
  }
}
