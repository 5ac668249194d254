import SluiceRegex
import Testing

@testable import SluiceRules

@Suite("RegexAnalysis against PCRE2")
struct ExpressionDifferentialTests {
  @Test("every claim holds for every match of a rule", arguments: ExpressionCorpus.rules)
  func corpus(rule: String) throws {
    let tree = try RegexParser.parse(rule)
    let analysis = RegexAnalysis(tree)
    let reference = try #require(ReferencePattern(rule))
    let sampler = RegexSampler(tree)
    let outline = ByteAutomaton(try #require(RegexNode.outline(of: rule)))
    var random = ExpressionRandom(state: UInt64(rule.utf8.count))
    var matches = 0
    var refused = 0
    for _ in 0..<60 {
      var subject = noise(using: &random)
      let sample = sampler.sample(using: &random)
      subject += Bool.random(using: &random) ? "\n".bytes : " ".bytes
      subject += sample
      subject += Bool.random(using: &random) ? "\n".bytes : " ".bytes
      subject += sampler.nearMiss(of: sample, using: &random) + noise(using: &random)
      for start in subject.indices {
        guard let match = reference.match(in: subject, at: start) else {
          let isOpen = outline.canMatch(in: subject.span, from: start, upTo: subject.count)
          refused += isOpen ? 0 : 1
          continue
        }
        matches += 1
        let shown = String(decoding: subject, as: UTF8.self)
        expectClaims(
          of: analysis, outline, toHoldFor: match, in: subject, "\(match.whole) of \(shown)")
      }
    }
    #expect(matches >= 20, "the samples hardly match")
    #expect(refused > 200, "the outline lets everything through")
    #expect(analysis.anchors != nil || rule.hasPrefix("[MNO]"))
  }

  @Test("every claim holds for random expressions", arguments: UInt64(0)..<8)
  func randomExpressions(seed: UInt64) throws {
    var random = ExpressionRandom(state: seed)
    var matches = 0
    var proofs = 0
    for _ in 0..<150 {
      var generator = ExpressionGenerator()
      let pattern = generator.expression(depth: 3, using: &random)
      let comment: Comment = "seed \(seed): \(pattern)"
      guard let reference = ReferencePattern(pattern) else { continue }
      guard let tree = try? RegexParser.parse(pattern) else {
        // PCRE2 takes references that the parser refuses: see `unsupported` in the parser's tests.
        #expect(pattern.contains("\\1"), comment)
        continue
      }
      let analysis = RegexAnalysis(tree)
      if analysis.maxLength == nil { #expect(!analysis.unboundedBytes.isEmpty, comment) }
      let stated = (0..<3).map { _ in generator.literal(using: &random) }
      let proved = analysis.anchorSet(proving: stated)
      let sampler = RegexSampler(tree)
      let outline = RegexNode.outline(of: pattern).map(ByteAutomaton.init)
      if generator.isRegular, let whole = ReferencePattern("(?:\(pattern))\\z") {
        let sample = sampler.sample(using: &random)
        #expect(!whole.refuses(sample), comment)
      }
      for _ in 0..<12 {
        let subject = generator.subject(around: sampler.sample(using: &random), using: &random)
        for start in 0...subject.count {
          guard let match = reference.match(in: subject, at: start) else { continue }
          matches += 1
          expectClaims(of: analysis, outline, toHoldFor: match, in: subject, comment)
          if let proved {
            proofs += 1
            #expect(proved.isSatisfied(by: match.whole, in: subject), comment)
          }
          guard !generator.hasCuts else { continue }
          expectReach(of: analysis, pattern, toHoldFor: match.whole, in: subject, &random, comment)
        }
      }
    }
    #expect(matches > 1500)
    #expect(proofs > 50)
  }

  /// Changes what lies beyond the reach of the assertions: the same bytes must still be a match,
  /// although PCRE2 may now prefer another one.
  private func expectReach(
    of analysis: RegexAnalysis, _ pattern: String, toHoldFor match: Range<Int>,
    in subject: [UInt8], _ random: inout ExpressionRandom, _ comment: Comment
  ) {
    guard Int.random(in: 0..<20, using: &random) == 0 else { return }
    var changed = subject
    let end = analysis.maxLookahead.map { min(match.upperBound + $0, subject.count) }
    for index in (end ?? subject.count)..<subject.count {
      changed[index] = ExpressionGenerator.alphabet.randomElement(using: &random) ?? 0
    }
    for index in 0..<max(match.lowerBound - analysis.maxLookbehind, 0) {
      changed[index] = ExpressionGenerator.alphabet.randomElement(using: &random) ?? 0
    }
    let place = "(?:\(pattern))(?<=\\A[\\s\\S]{\(match.upperBound)})"
    guard let reference = ReferencePattern(place) else { return }
    #expect(reference.match(in: changed, at: match.lowerBound) != nil, comment)
  }

  private func noise(using random: inout ExpressionRandom) -> [UInt8] {
    let words = [
      "api", "key", "token=", ": ", "ghp_", "\"", "0123", "\n", "Az", "-", " ", "://", "_",
    ]
    let count = Int.random(in: 0..<12, using: &random)
    return (0..<count).flatMap { _ in words.randomElement(using: &random)?.bytes ?? [] }
  }
}

/// Draws expressions over a small alphabet, so that random subjects match them.
struct ExpressionGenerator {
  static let alphabet = "aAbBc1_ \n".bytes

  private var groupCount = 0
  private var hasSecret = false
  /// Whether it holds something that is never given up, or a reference.
  private(set) var hasCuts = false
  private var hasAssertions = false

  /// Whether the sampler's strings must match.
  var isRegular: Bool { !hasCuts && !hasAssertions }

  mutating func expression(depth: Int, using random: inout ExpressionRandom) -> String {
    let branches = Int.random(in: 0..<4, using: &random) == 0 ? 2 : 1
    return (0..<branches).map { _ in sequence(depth: depth, using: &random) }
      .joined(separator: "|")
  }

  func subject(around sample: [UInt8], using random: inout ExpressionRandom) -> [UInt8] {
    let noise = (0..<Int.random(in: 0..<8, using: &random)).map { _ in
      Self.alphabet.randomElement(using: &random) ?? 0
    }
    return noise + sample.prefix(40) + noise.reversed()
  }

  /// A short literal that an expression may well contain.
  func literal(using random: inout ExpressionRandom) -> [UInt8] {
    let length = Int.random(in: 1...2, using: &random)
    return (0..<length).compactMap { _ in "abcA".bytes.randomElement(using: &random) }
  }

  private mutating func sequence(depth: Int, using random: inout ExpressionRandom) -> String {
    var result = ""
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      result += item(depth: depth, using: &random)
    }
    return result
  }

  private mutating func item(depth: Int, using random: inout ExpressionRandom) -> String {
    switch Int.random(in: 0..<(depth > 0 ? 16 : 9), using: &random) {
    case 0..<5: return atom(using: &random)
    case 5: return atom(using: &random) + atom(using: &random) + atom(using: &random)
    case 6, 7: return atom(using: &random) + quantifier(using: &random)
    case 8: return assertion(using: &random)
    case 9, 10: return group(depth: depth, using: &random)
    case 11, 12: return group(depth: depth, using: &random) + quantifier(using: &random)
    case 13: return "(?i:\(expression(depth: depth - 1, using: &random)))"
    case 14: return look(depth: depth, using: &random)
    default:
      guard groupCount > 0 else { return "(?i)" + atom(using: &random) }
      hasCuts = true
      return "\\1"
    }
  }

  private func atom(using random: inout ExpressionRandom) -> String {
    let atoms = [
      "a", "b", "c", "A", "B", "1", "_", "ab", "abc", "[ab]", "[aA]", "[a-c]", "[^a]", "\\w", "\\s",
      "\\d", ".", "\\n", "(?s:.)", "[[:upper:]]", "\\x61", "\\Qa_\\E",
    ]
    return atoms.randomElement(using: &random) ?? "a"
  }

  private mutating func assertion(using random: inout ExpressionRandom) -> String {
    hasAssertions = true
    let assertions = ["\\b", "\\B", "^", "$", "(?m:^)", "(?m:$)", "\\A", "\\z", "\\Z"]
    return assertions.randomElement(using: &random) ?? "\\b"
  }

  private mutating func group(depth: Int, using random: inout ExpressionRandom) -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      hasCuts = true
      return "(?>\(expression(depth: depth - 1, using: &random)))"
    case 1:
      let body = expression(depth: depth - 1, using: &random)
      groupCount += 1
      return "(\(body))"
    case 2 where !hasSecret:
      hasSecret = true
      let body = expression(depth: depth - 1, using: &random)
      groupCount += 1
      return "(?<secret>\(body))"
    case 3:
      let bodies = (0..<2).map { _ in sequence(depth: 0, using: &random) }
      groupCount += 1
      return "(?|(\(bodies[0]))|(\(bodies[1])))"
    default:
      return "(?:\(expression(depth: depth - 1, using: &random)))"
    }
  }

  private mutating func quantifier(using random: inout ExpressionRandom) -> String {
    let counts = ["?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}", "{0}", "{1}", "{3,9}"]
    let count = counts.randomElement(using: &random) ?? "?"
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return count + "?"
    case 1:
      hasCuts = true
      return count + "+"
    default: return count
    }
  }

  private mutating func look(depth: Int, using random: inout ExpressionRandom) -> String {
    hasAssertions = true
    let kind = ["(?=", "(?!", "(?<=", "(?<!"].randomElement(using: &random) ?? "(?="
    let body =
      kind.contains("<")
      ? (atom(using: &random) + atom(using: &random)) : expression(depth: depth - 1, using: &random)
    return kind + body + ")"
  }
}
