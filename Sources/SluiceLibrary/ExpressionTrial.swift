internal import SluiceRegex
internal import SluiceRules

/// Attempts of one expression at chosen starts, and how far those got that failed.
struct ExpressionTrial: ~Copyable {
  /// What became of an attempt.
  enum Outcome {
    case match(Range<Int>, secret: Range<Int>)
    /// There is a match, but for what stands beside it.
    case beside(Range<Int>)
    case gaveUp
    /// Everything before this offset fits, the byte there does not.
    case stopped(at: Int)
  }

  private let bounded: Pattern
  private let bare: Pattern
  private var scratch: MatchScratch

  init(_ planned: PlannedRule) throws {
    // All that can throw comes first: a value that cannot be copied is made at once or not at all.
    let bounded = try Pattern(planned.rule.boundedExpression, start: .anchored)
    let bare = try Pattern(Fragments.expanded(planned.rule.expression), start: .anchored)
    self.bounded = bounded
    self.bare = bare
    scratch = MatchScratch(groups: max(bounded.captureCount, bare.captureCount))
  }

  mutating func outcome(at start: Int, in text: [UInt8]) -> Outcome {
    switch bounded.match(in: text.span, from: start, isFinal: true, scratch: &scratch) {
    case .match:
      let match = scratch.range(ofGroup: 0) ?? start..<start
      return .match(match, secret: scratch.range(ofGroup: bounded.secretGroup) ?? match)
    case .gaveUp: return .gaveUp
    case .none, .partial: break
    }
    if bare.match(in: text.span, from: start, isFinal: true, scratch: &scratch) == .match {
      return .beside(scratch.range(ofGroup: 0) ?? start..<start)
    }
    return .stopped(at: reach(from: start, in: text))
  }

  /// How far an attempt that fails can read: PCRE2 asks for more than the text up to there, and
  /// for nothing more of a longer one.
  private mutating func reach(from start: Int, in text: [UInt8]) -> Int {
    var (fits, fails) = (start, text.count + 1)
    while fits + 1 < fails {
      let end = (fits + fails) / 2
      let piece = text.span.extracting(0..<end)
      if case .partial = bare.match(in: piece, from: start, isFinal: false, scratch: &scratch) {
        fits = end
      } else {
        fails = end
      }
    }
    return fits
  }
}

/// Names places in a text, and kinds of bytes, without showing what stands there.
struct TextPlaces {
  private let text: [UInt8]
  private let lineStarts: [Int]

  init(_ text: [UInt8]) {
    self.text = text
    lineStarts = [0] + text.indices.filter { text[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  /// `offset 12 (line 1, column 13)`.
  func name(of offset: Int) -> String {
    let line = lineStarts.lastIndex { $0 <= offset } ?? 0
    return "offset \(offset) (line \(line + 1), column \(offset - lineStarts[line] + 1))"
  }

  /// `12..<52 (line 1, column 13)`.
  func name(of range: Range<Int>) -> String {
    let line = lineStarts.lastIndex { $0 <= range.lowerBound } ?? 0
    return "\(range) (line \(line + 1), column \(range.lowerBound - lineStarts[line] + 1))"
  }

  func kind(at offset: Int) -> String {
    guard text.indices.contains(offset) else {
      return offset < 0 ? "the start of the text" : "the end of the text"
    }
    switch text[offset] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return "a digit"
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return "a small letter"
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): return "a capital letter"
    case 0x0A, 0x0D: return "a line end"
    case 0x20, 0x09: return "a blank"
    case 0..<0x20, 0x7F: return "a control character"
    case 0x80...: return "a byte outside of ASCII"
    default: return "a punctuation character"
    }
  }
}
