package import SluiceRegex

/// The syntax tree of an expression: the subset of PCRE2, in byte mode, that rules may use.
///
/// Case-insensitivity is resolved while parsing: under `(?i)` a letter is a `byte` that accepts
/// both cases, which is how every analysis recognises a caseless literal, also one that was
/// written `[Aa]`. Non-capturing groups leave no trace.
package indirect enum RegexNode: Sendable, Hashable {
  /// Exactly one byte of the set.
  case byte(ByteSet)
  /// The elements one after the other; without elements, the empty string.
  case concatenation([RegexNode])
  /// Any one of the branches, tried from first to last.
  case alternation([RegexNode])
  /// A capturing group. A branch reset may give several groups the same number.
  case capture(Int, name: String?, RegexNode)
  /// A group that is not entered again once it has matched: `(?>…)`.
  case atomic(RegexNode)
  /// `?`, `*`, `+` and `{n,m}`.
  case repetition(Repetition)
  /// A lookahead or a lookbehind; consumes nothing.
  case look(Look)
  /// A simple assertion such as `^` or `\b`; consumes nothing.
  case assertion(Assertion)
  /// The text of an earlier group, or in its place what is known of it.
  case backreference(Backreference)

  /// The expression that matches only the empty string.
  package static var empty: RegexNode { .concatenation([]) }

  package struct Repetition: Sendable, Hashable {
    package enum Mode: Sendable, Hashable {
      case greedy, lazy, possessive
    }

    package var body: RegexNode
    package var minimum: Int
    /// Nil if there is no upper bound.
    package var maximum: Int?
    package var mode: Mode
    /// Offset in bytes of the quantifier in the expression's source.
    package var sourceOffset: Int

    package init(
      _ body: RegexNode, minimum: Int, maximum: Int?, mode: Mode = .greedy, sourceOffset: Int = 0
    ) {
      self.body = body
      self.minimum = minimum
      self.maximum = maximum
      self.mode = mode
      self.sourceOffset = sourceOffset
    }

    /// Whether it can match more than one number of times.
    var isVariable: Bool { maximum != minimum }
    /// Whether it can match its body twice or more.
    var isLoop: Bool { maximum.map { $0 > 1 } ?? true }
  }

  package struct Look: Sendable, Hashable {
    package enum Direction: Sendable, Hashable {
      case ahead, behind
    }

    package var direction: Direction
    package var isNegative: Bool
    package var body: RegexNode
  }

  package enum Assertion: Sendable, Hashable {
    /// `\A`, and `^` without `(?m)`.
    case subjectStart
    /// `^` with `(?m)`: at the start, or after a `\n` that is not the last byte.
    case lineStart
    /// `\z`.
    case subjectEnd
    /// `\Z`, and `$` without `(?m)`: at the end, or before a `\n` that is the last byte.
    case lastLineEnd
    /// `$` with `(?m)`.
    case lineEnd
    /// `\G`: where the search began.
    case searchStart
    /// `\b`.
    case wordBoundary
    /// `\B`.
    case notWordBoundary
  }

  package struct Backreference: Sendable, Hashable {
    package var group: Int
    /// A superset of the bytes the group can hold.
    package var bytes: ByteSet
    /// The longest text the group can hold; nil if that is unknown or unbounded.
    package var maximumLength: Int?
  }
}
