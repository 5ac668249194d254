package import SluiceRules

/// The log of a made-up platform for AI agents, with fake secrets whose places are known.
///
/// It mixes what such a log holds: plain lines, logfmt, JSON in JSON, stack traces, headers, shell
/// traces, configuration dumps, PEM blocks, CR LF, colours, several scripts, invalid UTF-8, NUL,
/// lines of 20 KB, and many things that look like secrets and are none. Every example of every
/// rule stands in it once, with values of its own, and hand-written records carry the secrets
/// that agents leak most, in the shapes in which they leak.
///
/// What it holds depends on the rules and the seed alone. Each record is drawn by itself and each
/// example has a fixed place, so that a change of one rule changes only that rule's lines.
package struct AgentPlatformLog: Sendable {
  package let marked: MarkedText

  /// Without a line end at its end.
  package var text: [UInt8] { marked.text }
  /// In order, disjoint.
  package var planted: [Planted] { marked.planted }

  /// Records besides the examples of the rules.
  private static let recordCount = 2600
  /// One record in so many is a hand-written one with a secret.
  private static let secretEvery = 26
  /// One record in so many is a rare one.
  private static let rarityEvery = 173

  package init(rules: [PlannedRule], seed: UInt64 = 1) {
    var writer = LogWriter()
    var examples = Self.places(of: rules)
    let ordinary = ordinaryShapes.flatMap { Array(repeating: $0.template, count: $0.weight) }
    for record in 0..<Self.recordCount {
      writer.random = SplitMix64(state: seed &* 1_000_003 &+ UInt64(record))
      writer.clock.advance(byMilliseconds: writer.number(in: 3...900))
      let (lap, turn) = record.quotientAndRemainder(dividingBy: Self.secretEvery)
      let (rarity, step) = record.quotientAndRemainder(dividingBy: Self.rarityEvery)
      if turn == Self.secretEvery / 2 {
        let shape = secretShapes[lap % secretShapes.count]
        writer.append(shape.template, rules: shape.rules, values: shape.values)
      } else if step == 11 {
        writer.append(rareShapes[rarity % rareShapes.count])
      } else {
        writer.append(writer.choose(ordinary))
      }
      for example in examples.removeValue(forKey: record) ?? [] {
        writer.random = SplitMix64(state: seed &+ example.seed)
        let prefix = example.isOneLine ? writer.choose(examplePrefixes) : ""
        writer.append(example: example.recipe, rule: example.rule, after: prefix)
      }
    }
    writer.append("‹iso› INFO  gateway.proxy shutting down, password: ")
    writer.dropLineEnd()
    marked = writer.marked
  }

  private struct Example {
    let rule: String
    let recipe: String
    let seed: UInt64
    /// A prefix cannot change what is found in it, and does not stand inside of a block.
    var isOneLine: Bool { !recipe.dropLast().utf8.contains(UInt8(ascii: "\n")) }
  }

  /// The record that each example follows.
  private static func places(of rules: [PlannedRule]) -> [Int: [Example]] {
    var places: [Int: [Example]] = [:]
    for rule in rules.map(\.rule) {
      for (index, recipe) in rule.examples.enumerated() {
        let seed = Recipe.seed(rule: rule.id, kind: "log", index: index)
        places[Int(seed % UInt64(recordCount)), default: []]
          .append(Example(rule: rule.id, recipe: recipe, seed: seed))
      }
    }
    return places
  }
}
