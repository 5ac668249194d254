import SluiceRegex

extension RegexNode {
  /// The lengths of the text it consumes: none is outside of this range.
  var extent: ByteExtent {
    switch self {
    case .byte: .one
    case .concatenation(let elements): elements.reduce(into: .zero) { $0 += $1.extent }
    case .alternation(let branches):
      branches.dropFirst().reduce(branches.first?.extent ?? .zero) { $0.union($1.extent) }
    case .capture(_, _, let body), .atomic(let body): body.extent
    case .repetition(let repetition):
      repetition.body.extent.repeated(minimum: repetition.minimum, maximum: repetition.maximum)
    case .look, .assertion: .zero
    case .backreference(let reference): ByteExtent(lower: 0, upper: reference.maximumLength)
    }
  }

  /// Every byte it can consume.
  var consumedBytes: ByteSet {
    switch self {
    case .byte(let set): set
    case .concatenation(let nodes), .alternation(let nodes):
      nodes.reduce(ByteSet()) { $0.union($1.consumedBytes) }
    case .capture(_, _, let body), .atomic(let body): body.consumedBytes
    case .repetition(let repetition):
      repetition.maximum == 0 ? ByteSet() : repetition.body.consumedBytes
    case .look, .assertion: ByteSet()
    case .backreference(let reference): reference.bytes
    }
  }

  /// Every byte that can be the first of a text it consumes.
  var firstBytes: ByteSet {
    switch self {
    case .concatenation(let elements):
      var set = ByteSet()
      for element in elements {
        set = set.union(element.firstBytes)
        if element.extent.lower > 0 { break }
      }
      return set
    case .alternation(let branches):
      return branches.reduce(ByteSet()) { $0.union($1.firstBytes) }
    case .capture(_, _, let body), .atomic(let body):
      return body.firstBytes
    case .repetition(let repetition):
      return repetition.maximum == 0 ? ByteSet() : repetition.body.firstBytes
    case .byte, .look, .assertion, .backreference:
      return consumedBytes
    }
  }

  /// Every byte that something without an upper bound can consume.
  var unboundedBytes: ByteSet {
    switch self {
    case .byte, .look, .assertion: ByteSet()
    case .concatenation(let nodes), .alternation(let nodes):
      nodes.reduce(ByteSet()) { $0.union($1.unboundedBytes) }
    case .capture(_, _, let body), .atomic(let body): body.unboundedBytes
    case .repetition(let repetition):
      switch repetition.maximum {
      case nil: repetition.body.consumedBytes
      case 0: ByteSet()
      default: repetition.body.unboundedBytes
      }
    case .backreference(let reference):
      reference.maximumLength == nil ? reference.bytes : ByteSet()
    }
  }

  /// Whether a positive lookahead in it can take in a byte of `set`.
  func looksAhead(at set: ByteSet) -> Bool {
    switch self {
    case .byte, .assertion, .backreference: false
    case .concatenation(let nodes), .alternation(let nodes):
      nodes.contains { $0.looksAhead(at: set) }
    case .capture(_, _, let body), .atomic(let body): body.looksAhead(at: set)
    case .repetition(let repetition): repetition.body.looksAhead(at: set)
    case .look(let look):
      !look.isNegative
        && (look.body.looksAhead(at: set)
          || look.direction == .ahead && !look.body.consumedBytes.intersection(set).isEmpty)
    }
  }

  /// How far beyond its own end an assertion in it may have to look; nil if there is no bound.
  var reachAhead: Int? {
    switch self {
    case .byte, .backreference: return 0
    case .concatenation(let elements):
      var reach = 0
      var following = ByteExtent.zero
      for element in elements.reversed() {
        guard let own = element.reachAhead else { return nil }
        reach = max(reach, own - following.lower)
        following += element.extent
      }
      return reach
    case .alternation(let branches):
      var reach = 0
      for branch in branches {
        guard let own = branch.reachAhead else { return nil }
        reach = max(reach, own)
      }
      return reach
    case .capture(_, _, let body), .atomic(let body): return body.reachAhead
    case .repetition(let repetition): return repetition.body.reachAhead
    case .look(let look):
      guard let inner = look.body.reachAhead else { return nil }
      guard look.direction == .ahead else { return inner }
      return (look.body.extent + ByteExtent(lower: inner, upper: inner)).upper
    case .assertion(let assertion): return assertion.reachAhead
    }
  }

  /// How far before its own start an assertion in it may have to look.
  var reachBehind: Int {
    switch self {
    case .byte, .backreference: return 0
    case .concatenation(let elements):
      var reach = 0
      var preceding = ByteExtent.zero
      for element in elements {
        reach = max(reach, element.reachBehind - preceding.lower)
        preceding += element.extent
      }
      return reach
    case .alternation(let branches): return branches.map(\.reachBehind).max() ?? 0
    case .capture(_, _, let body), .atomic(let body): return body.reachBehind
    case .repetition(let repetition): return repetition.body.reachBehind
    case .look(let look):
      let inner = look.body.reachBehind
      guard look.direction == .behind else { return inner }
      // The parser admits only bodies of a fixed length here.
      return (look.body.extent + ByteExtent(lower: inner, upper: inner)).upper ?? .max
    case .assertion(let assertion): return assertion.reachBehind
    }
  }
}

extension RegexNode.Assertion {
  /// How many bytes after its position decide it, the end of the subject counted as one.
  fileprivate var reachAhead: Int {
    switch self {
    case .subjectStart, .searchStart: 0
    // PCRE2 does not take the end of the subject for the start of a line.
    case .lineStart, .lineEnd, .subjectEnd, .wordBoundary, .notWordBoundary: 1
    // A line end counts only if nothing follows it.
    case .lastLineEnd: 2
    }
  }

  /// How many bytes before its position decide it, the start of the subject counted as one.
  fileprivate var reachBehind: Int {
    switch self {
    case .subjectStart, .lineStart, .searchStart, .wordBoundary, .notWordBoundary: 1
    case .subjectEnd, .lastLineEnd, .lineEnd: 0
    }
  }
}
