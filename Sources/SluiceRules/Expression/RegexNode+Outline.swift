package import SluiceRegex

extension RegexNode {
  /// No lookahead of an outlined expression takes in more bytes.
  package static let widestLookahead = 1024

  /// The expression with every assertion left out and every long count loosened: whatever it
  /// matches at a place begins there with a word of this program.
  ///
  /// - Parameter pattern: the expression.
  /// - Returns: nil if it does not parse or the program would be too long to be worth it.
  package static func outline(of pattern: String) -> ByteProgram? {
    guard let root = try? RegexParser.parse(pattern) else { return nil }
    var writer = OutlineWriter()
    let start = writer.write(root, before: writer.end)
    return writer.isTooLong ? nil : ByteProgram(steps: writer.steps, start: start)
  }

  /// Whether an attempt that the outline rules out would have ended without a match, and not at a
  /// limit.
  ///
  /// An expression that can run away is left to PCRE2 and its match limit, and so is one whose
  /// lookaheads read far beyond the place at which the outline stops.
  func isOutlined(hazards: [Hazard]) -> Bool {
    hazards.isEmpty && (lookaheadWidth ?? .max) <= Self.widestLookahead
  }

  /// Every byte that can be the last of a text it consumes; all, if it can be empty.
  fileprivate var lastBytes: ByteSet {
    switch self {
    case .byte(let set): set
    case .concatenation(let nodes):
      nodes.last { $0.extent != .zero }.map { $0.extent.lower > 0 ? $0.lastBytes : .all } ?? .all
    case .alternation(let branches):
      branches.reduce(ByteSet()) { $0.union($1.lastBytes) }
    case .capture(_, _, let body), .atomic(let body): body.lastBytes
    case .repetition(let repetition): repetition.minimum > 0 ? repetition.body.lastBytes : .all
    case .look, .assertion, .backreference: .all
    }
  }

  /// Whether it stands for one byte of a set and nothing else.
  fileprivate var isOneByte: Bool {
    switch self {
    case .byte: true
    case .alternation(let branches): branches.allSatisfy(\.isOneByte)
    case .capture(_, _, let body), .atomic(let body): body.isOneByte
    default: false
    }
  }

  /// The most bytes that a lookahead in it takes in; nil if there is no bound.
  private var lookaheadWidth: Int? {
    switch self {
    case .byte, .assertion, .backreference: return 0
    case .concatenation(let nodes), .alternation(let nodes):
      var widest = 0
      for node in nodes {
        guard let own = node.lookaheadWidth else { return nil }
        widest = max(widest, own)
      }
      return widest
    case .capture(_, _, let body), .atomic(let body): return body.lookaheadWidth
    case .repetition(let repetition): return repetition.body.lookaheadWidth
    case .look(let look):
      guard let inner = look.body.lookaheadWidth, let own = look.body.extent.upper else {
        return nil
      }
      return inner + (look.direction == .ahead ? own : 0)
    }
  }
}

/// Writes a program from its end: each node is written before what follows it.
private struct OutlineWriter {
  private static let mostSteps = 8192
  /// Repeats are counted up to here, and up to so many steps; more are let through.
  private static let mostCopies = 64
  private static let mostCopiedSteps = 512

  private(set) var steps: [ByteProgram.Step] = [.accept]
  /// The fewest bytes from each step to the end.
  private var shortest = [0]
  var end: Int { 0 }
  var isTooLong: Bool { steps.count > Self.mostSteps }

  private mutating func add(_ step: ByteProgram.Step) -> Int {
    let length =
      switch step {
      case .byte(_, let next): shortest[next] + 1
      case .after(_, let next): shortest[next]
      case .split(let first, let second): min(shortest[first], shortest[second])
      case .accept: 0
      }
    steps.append(step)
    shortest.append(length)
    return steps.count - 1
  }

  /// - Returns: where a run that matches `node` and goes on at `next` begins.
  mutating func write(_ node: RegexNode, before next: Int) -> Int {
    guard !isTooLong else { return next }
    switch node {
    case .byte(let set): return add(.byte(set, next: next))
    case .concatenation(let nodes):
      return nodes.reversed().reduce(next) { write($1, before: $0) }
    case .alternation(let branches):
      let starts = branches.map { write($0, before: next) }
      return starts.dropLast().reversed().reduce(starts.last ?? next) { add(.split($1, $0)) }
    case .capture(_, _, let body), .atomic(let body): return write(body, before: next)
    case .repetition(let repetition): return write(repetition, before: next)
    case .look(let look): return write(look, before: next)
    case .assertion: return next
    case .backreference(let reference):
      return writeLoop(of: .byte(reference.bytes), before: next)
    }
  }

  /// Writes what is known of a lookahead or a lookbehind.
  ///
  /// What a lookahead takes in must follow, and so must what stands after it: one of them can be
  /// said, and the longer one says more. Of a lookbehind the last byte is kept.
  private mutating func write(_ look: RegexNode.Look, before next: Int) -> Int {
    switch (look.direction, look.isNegative) {
    case (.ahead, false) where look.body.extent.lower > shortest[next]:
      return write(look.body, before: end)
    case (.behind, false): return add(.after(look.body.lastBytes, next: next))
    case (.behind, true) where look.body.isOneByte:
      return add(.after(look.body.lastBytes.inverted, next: next))
    default: return next
    }
  }

  private mutating func write(_ repetition: RegexNode.Repetition, before next: Int) -> Int {
    guard repetition.maximum != 0 else { return next }
    let body = repetition.body
    var start = next
    let options = repetition.maximum.map { $0 - repetition.minimum }
    // How many bytes there may be at most is left to PCRE2, unless they are few.
    if let options, options <= 4 {
      for _ in 0..<options {
        let copy = write(body, before: start)
        start = add(.split(copy, next))
      }
    } else {
      start = writeLoop(of: body, before: next)
    }
    let before = steps.count
    var copies = 0
    while copies < min(repetition.minimum, Self.mostCopies),
      steps.count - before < Self.mostCopiedSteps
    {
      start = write(body, before: start)
      copies += 1
    }
    if copies < repetition.minimum { start = writeLoop(of: body, before: start) }
    return start
  }

  private mutating func writeLoop(of body: RegexNode, before next: Int) -> Int {
    let loop = add(.split(next, next))
    let start = write(body, before: loop)
    steps[loop] = .split(start, next)
    return loop
  }
}
