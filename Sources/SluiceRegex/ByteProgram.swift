/// A nondeterministic program over bytes: a language without captures and backtracking, and with
/// one assertion, about the byte before.
///
/// `ByteAutomaton` runs it (Thompson: "Regular expression search algorithm", 1968).
package struct ByteProgram: Sendable, Hashable {
  package enum Step: Sendable, Hashable {
    /// Takes one byte of the set.
    case byte(ByteSet, next: Int)
    /// Goes on without a byte if the one before is in the set, or if there is none.
    case after(ByteSet, next: Int)
    /// Goes on at both.
    case split(Int, Int)
    /// What was read belongs to the language.
    case accept
  }

  package let steps: [Step]
  package let start: Int

  /// - Parameters:
  ///   - steps: each names its successors by their place.
  ///   - start: where a run begins.
  package init(steps: [Step], start: Int) {
    self.steps = steps
    self.start = start
  }
}
