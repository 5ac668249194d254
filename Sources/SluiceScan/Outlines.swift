internal import SluiceRegex
internal import SluiceRules

/// When outlines are made; tests compare all.
package enum OutlineUse: Sendable, CaseIterable {
  case never, whenWorthIt, always

  /// How many calls PCRE2 gets before.
  fileprivate var patience: UInt8 { self == .always ? 0 : 16 }
}

/// Rules out attempts before PCRE2 is called: one scanner's outlines.
///
/// Behind a common word, such as `token` or `secret`, nearly every attempt fails within a few
/// bytes, and PCRE2 takes a hundred times as long to say so about a long expression as an
/// automaton does. An outline may let too much through and never too little: `RegexNode.isOutlined`
/// says which rules that can be stated of.
///
/// PERF: making one costs as much as some hundred calls, so a rule has to call PCRE2 a few times
/// first. Of 8 MB of keyword-dense JSON and 1369 rules it leaves 36,427 of 817,094 attempts, of
/// 45 MB of real logs 837 of 113,949.
struct Outlines: ~Copyable {
  private enum State {
    /// How many calls PCRE2 gets before an outline is made.
    case waiting(UInt8)
    case ready(ByteAutomaton)
    case useless
  }

  /// Bytes that an automaton reads before the attempt is PCRE2's.
  private static let longestLook = 2048

  private let rules: CompiledRules
  private var states: [State]
  private let longestLook: Int

  init(rules: CompiledRules) {
    self.rules = rules
    // A lookahead of an outlined rule never reaches from there to the end of an attempt.
    longestLook = min(Self.longestLook, rules.limits.longestAttempt - RegexNode.widestLookahead)
    let isUsable = longestLook > 0 && rules.outlineUse != .never
    states = rules.hot.map { rule in
      isUsable && rule.isOutlined ? .waiting(rules.outlineUse.patience) : .useless
    }
  }

  /// Whether `rule` may match at `offset`.
  ///
  /// - Returns: false only if PCRE2 would find that it does not, whatever follows `subject`.
  @inline(__always)
  mutating func canMatch(_ rule: RuleIndex, in subject: Span<UInt8>, from offset: Int) -> Bool {
    switch states[rule.position] {
    case .useless: return true
    case .ready(let automaton):
      return automaton.canMatch(
        in: subject, from: offset, upTo: min(subject.count, offset + longestLook))
    case .waiting(let patience):
      wait(for: rule, patience)
      return true
    }
  }

  private mutating func wait(for rule: RuleIndex, _ patience: UInt8) {
    guard patience == 0 else { return states[rule.position] = .waiting(patience - 1) }
    states[rule.position] =
      rules.outline(of: rule).map { .ready(ByteAutomaton($0)) } ?? .useless
  }
}
