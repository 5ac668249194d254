import SluiceRegex

/// Makes byte strings that an expression consumes, for tests and for `rules lint`.
///
/// Assertions and lookarounds are ignored, and so is what an atomic group or a possessive repeat
/// rules out: most samples match, not all.
package struct RegexSampler {
  /// Beyond this length, repeats stop at their minimum.
  private static let enoughBytes = 4096
  /// The most that a repeat adds to its minimum.
  private static let mostExtraRepeats = 40

  private let root: RegexNode

  package init(_ root: RegexNode) {
    self.root = root
  }

  /// Draws one string; alternatives are equally likely, repeats stay near their minimum.
  package func sample(using random: inout some RandomNumberGenerator) -> [UInt8] {
    var draft = Draft()
    append(root, to: &draft, using: &random)
    return draft.bytes
  }

  /// Damages a string in one place: a byte dropped, a byte changed, or the end cut off.
  ///
  /// What comes out may still match. An empty string is returned as it is.
  package func nearMiss(
    of bytes: [UInt8], using random: inout some RandomNumberGenerator
  ) -> [UInt8] {
    guard let index = bytes.indices.randomElement(using: &random) else { return bytes }
    var result = bytes
    switch Int.random(in: 0..<3, using: &random) {
    case 0: result.remove(at: index)
    case 1: result[index] = result[index] &+ UInt8.random(in: 1...255, using: &random)
    default: result.removeSubrange(index...)
    }
    return result
  }

  /// A string that is being made.
  private struct Draft {
    var bytes: [UInt8] = []
    /// The text of each group, for the references to it.
    var groups: [Int: [UInt8]] = [:]
  }

  private func append(
    _ node: RegexNode, to draft: inout Draft, using random: inout some RandomNumberGenerator
  ) {
    switch node {
    case .byte(let set):
      if let byte = set.members.randomElement(using: &random) { draft.bytes.append(byte) }
    case .concatenation(let elements):
      for element in elements { append(element, to: &draft, using: &random) }
    case .alternation(let branches):
      guard let branch = branches.randomElement(using: &random) else { return }
      append(branch, to: &draft, using: &random)
    case .capture(let number, _, let body):
      let start = draft.bytes.count
      append(body, to: &draft, using: &random)
      draft.groups[number] = Array(draft.bytes[start...])
    case .atomic(let body):
      append(body, to: &draft, using: &random)
    case .repetition(let repetition):
      let isFull = draft.bytes.count > Self.enoughBytes
      let count = isFull ? repetition.minimum : count(for: repetition, using: &random)
      for _ in 0..<count { append(repetition.body, to: &draft, using: &random) }
    case .look, .assertion:
      break
    case .backreference(let reference):
      draft.bytes += draft.groups[reference.group] ?? []
    }
  }

  private func count(
    for repetition: RegexNode.Repetition, using random: inout some RandomNumberGenerator
  ) -> Int {
    let minimum = repetition.minimum
    let maximum = min(repetition.maximum ?? .max, minimum + Self.mostExtraRepeats)
    switch Int.random(in: 0..<10, using: &random) {
    case 0..<5: return minimum
    case 5..<9: return Int.random(in: minimum...min(maximum, minimum + 3), using: &random)
    default: return maximum
    }
  }
}
