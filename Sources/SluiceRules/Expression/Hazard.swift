import SluiceRegex

/// A construct that can make a match attempt slow; the offsets say where the quantifiers stand,
/// in bytes of the expression.
package enum Hazard: Sendable, Hashable {
  /// A variable loop around something that is itself variable, one of them without a bound: the
  /// number of ways to divide a text among them can grow exponentially.
  case nestedRepeats(outer: Int, inner: Int)
  /// Two variable repeats, one without a bound, that meet and share a byte: the text can be
  /// divided between them in as many ways as it has bytes.
  case adjacentRepeats(first: Int, second: Int)
  /// A match can begin with an unbounded repeat, so that an attempt at each byte of a long run
  /// reads to its end.
  case leadingRepeat(Int)

  /// What is wrong, for a person; lower case, no full stop.
  package var problem: String {
    switch self {
    case .nestedRepeats(let outer, let inner):
      "the repeat at \(outer) contains the variable repeat at \(inner), and one is unbounded"
    case .adjacentRepeats(let first, let second):
      "the repeats at \(first) and \(second) accept a common byte, and one is unbounded"
    case .leadingRepeat(let offset):
      "a match can begin with the unbounded repeat at \(offset)"
    }
  }
}

/// Finds the hazards of an expression, each once, in the order of the search.
///
/// Warnings, not a proof: an expression without hazards can still be slow (`(?:a|a)*b`), and one
/// with hazards can be fast. Possessive repeats and atomic groups are never given up piece by
/// piece and therefore count as solid.
struct HazardSearch {
  private(set) var hazards: [Hazard] = []

  init(_ root: RegexNode) {
    for repetition in root.repeats(at: .start) where repetition.maximum == nil {
      report(.leadingRepeat(repetition.sourceOffset))
    }
    visit(root)
  }

  private mutating func report(_ hazard: Hazard) {
    if !hazards.contains(hazard) { hazards.append(hazard) }
  }

  private mutating func visit(_ node: RegexNode) {
    switch node {
    case .byte, .assertion, .backreference: break
    case .alternation(let branches): for branch in branches { visit(branch) }
    case .capture(_, _, let body), .atomic(let body): visit(body)
    case .look(let look): visit(look.body)
    case .concatenation(let elements): visitSequence(elements)
    case .repetition(let repetition): visitRepetition(repetition)
    }
  }

  private mutating func visitSequence(_ elements: [RegexNode]) {
    /// The repeats that can end where the next element begins.
    var open: [RegexNode.Repetition] = []
    for element in elements {
      pair(open, with: element.repeats(at: .start))
      if element.extent.lower > 0 { open = [] }
      open += element.repeats(at: .end)
      visit(element)
    }
  }

  private mutating func visitRepetition(_ repetition: RegexNode.Repetition) {
    let body = repetition.body
    if repetition.isLoop, repetition.mode != .possessive {
      let inner = body.variableRepeats.filter {
        repetition.isVariable && (repetition.maximum == nil || $0.maximum == nil)
      }
      for repeated in inner {
        report(.nestedRepeats(outer: repetition.sourceOffset, inner: repeated.sourceOffset))
      }
      if inner.isEmpty { pair(body.repeats(at: .end), with: body.repeats(at: .start)) }
    }
    visit(body)
  }

  private mutating func pair(
    _ first: [RegexNode.Repetition], with second: [RegexNode.Repetition]
  ) {
    for left in first where left.mode != .possessive {
      for right in second where left.maximum == nil || right.maximum == nil {
        let common = left.body.consumedBytes.intersection(right.body.consumedBytes)
        guard !common.isEmpty else { continue }
        report(.adjacentRepeats(first: left.sourceOffset, second: right.sourceOffset))
      }
    }
  }
}

extension RegexNode {
  /// The variable repeats in it that can be given up piece by piece.
  fileprivate var variableRepeats: [Repetition] {
    switch self {
    case .byte, .atomic, .look, .assertion, .backreference: []
    case .concatenation(let nodes), .alternation(let nodes): nodes.flatMap(\.variableRepeats)
    case .capture(_, _, let body): body.variableRepeats
    case .repetition(let repetition) where repetition.mode == .possessive: []
    case .repetition(let repetition):
      (repetition.isVariable ? [repetition] : []) + repetition.body.variableRepeats
    }
  }

  /// The variable repeats that can stand at an edge of what it matches.
  ///
  /// At the end, those that cannot be given up are left out.
  fileprivate func repeats(at edge: Edge) -> [Repetition] {
    switch self {
    case .byte, .look, .assertion, .backreference: return []
    case .concatenation(let elements):
      var found: [Repetition] = []
      for element in edge == .start ? elements : elements.reversed() {
        found += element.repeats(at: edge)
        if element.extent.lower > 0 { break }
      }
      return found
    case .alternation(let branches): return branches.flatMap { $0.repeats(at: edge) }
    case .capture(_, _, let body): return body.repeats(at: edge)
    case .atomic(let body): return edge == .start ? body.repeats(at: edge) : []
    case .repetition(let repetition):
      if edge == .end, repetition.mode == .possessive { return [] }
      return repetition.isVariable ? [repetition] : repetition.body.repeats(at: edge)
    }
  }
}
