internal import SluiceRegex

/// An expression that is tried at one place.
final class Recognizer {
  private let pattern: Pattern
  private var scratch: MatchScratch

  init(_ expression: String) {
    do {
      pattern = try Pattern(expression, start: .anchored)
      scratch = MatchScratch(groups: pattern.captureCount)
    } catch {
      preconditionFailure("an expression of the reference does not compile: \(error)")
    }
  }

  /// The length of the match at `index`, and of its first group.
  func match(_ bytes: [UInt8], at index: Int) -> (length: Int, group: Range<Int>?)? {
    guard pattern.match(in: bytes.span, from: index, isFinal: true, scratch: &scratch) == .match,
      let whole = scratch.range(ofGroup: 0)
    else { return nil }
    return (whole.count, pattern.captureCount > 0 ? scratch.range(ofGroup: 1) : nil)
  }
}
