import SluiceRegex

/// Finds the best literals of which every match contains one.
///
/// The idea: a match runs through every element of the top-level concatenation, so for each
/// window of adjacent elements whose strings can be spelled out, every match contains one of
/// these strings, and all these windows are tried. A window may begin inside an element of which
/// only the end is known, and end in one of which only the start is known. An alternation in
/// itself has what all of its branches have; a loop that runs at least once, what its body has.
/// Assertions are taken for the empty string, atomic groups for ordinary ones: that admits more
/// matches than there are, never fewer.
struct LiteralExtraction {
  /// Which literals are wanted.
  enum Goal {
    /// The ones with the best score.
    case rarest
    /// These, which are known to someone who wrote them down.
    case stated([[UInt8]])
  }

  /// What a prefilter keeps of a literal.
  static let maximumAnchorLength = 16
  static let minimumAnchorLength = 2

  let goal: Goal

  func bestSet(in node: RegexNode) -> AnchorSet? {
    bestCandidate(in: node)?.set
  }

  private struct Candidate {
    let set: AnchorSet
    let score: Double

    init(_ set: AnchorSet) {
      self.set = set
      score = set.score
    }
  }

  private func bestCandidate(in node: RegexNode) -> Candidate? {
    let elements = SequenceElement.elements(of: node)
    var best: Candidate?
    func keep(_ candidate: Candidate?) {
      guard let candidate, candidate.score > best?.score ?? -.infinity else { return }
      best = candidate
    }

    var offset = ByteExtent.zero
    var lead = ByteSet()
    for (index, element) in elements.enumerated() {
      let start = LiteralSet([Literal(bytes: [], isWhole: true, offset: offset)])
      for run in runs(from: start, through: elements[index...]) {
        keep(candidate(of: run.literals, leadBytes: lead))
      }
      let leadWithin = lead.union(element.bytes)
      if let tail = element.tail(at: offset) {
        for run in runs(from: tail, through: elements[(index + 1)...]) {
          keep(candidate(of: run.literals, leadBytes: leadWithin))
        }
      }
      if let inner = bestCandidate(inside: element.node) {
        let anchors = inner.set.anchors.map { anchor in
          var moved = anchor
          moved.extent += offset
          return moved
        }
        let leadBytes = lead.union(inner.set.leadBytes)
        keep(Candidate(AnchorSet(anchors, leadBytes: leadBytes)))
      }
      offset += element.extent
      lead = leadWithin
    }
    return best
  }

  /// The best of an element that is not spelled out.
  private func bestCandidate(inside node: RegexNode) -> Candidate? {
    switch node {
    case .alternation(let branches):
      var anchors: [Anchor] = []
      var leadBytes = ByteSet()
      for branch in branches {
        guard let own = bestCandidate(in: branch) else { return nil }
        anchors += own.set.anchors
        leadBytes = leadBytes.union(own.set.leadBytes)
        guard anchors.count <= LiteralSet.maximumCount else { return nil }
      }
      return anchors.isEmpty ? nil : Candidate(AnchorSet(anchors, leadBytes: leadBytes))
    case .repetition(let repetition) where repetition.minimum > 0:
      return bestCandidate(in: repetition.body)
    case .byte, .concatenation, .capture, .atomic, .repetition, .look, .assertion, .backreference:
      return nil
    }
  }

  /// `start`, and its continuations through one element after the other.
  private func runs(
    from start: LiteralSet, through elements: ArraySlice<SequenceElement>
  ) -> [LiteralSet] {
    var runs = [start]
    var run = start
    for element in elements {
      guard run.hasWhole else { break }
      run = run.followed(by: element.head)
      runs.append(run)
    }
    return runs
  }

  private func candidate(of literals: [Literal], leadBytes: ByteSet) -> Candidate? {
    switch goal {
    case .rarest: rarestCandidate(of: literals, leadBytes: leadBytes)
    case .stated(let stated): statedCandidate(of: literals, leadBytes: leadBytes, stated: stated)
    }
  }

  /// The literals as anchors; of long ones the start or the end, whichever is better.
  private func rarestCandidate(of literals: [Literal], leadBytes: ByteSet) -> Candidate? {
    guard literals.allSatisfy({ $0.bytes.count >= Self.minimumAnchorLength }) else { return nil }
    let limit = Self.maximumAnchorLength
    let starts = Candidate(
      AnchorSet(literals.map { $0.anchor(0..<min($0.bytes.count, limit)) }, leadBytes: leadBytes))
    guard literals.contains(where: { $0.bytes.count > limit }) else { return starts }
    let ends = Candidate(
      AnchorSet(
        literals.map { $0.anchor(max($0.bytes.count - limit, 0)..<$0.bytes.count) },
        leadBytes: literals.reduce(leadBytes) { $0.union($1.acceptedBytes) }))
    return starts.score >= ends.score ? starts : ends
  }

  /// The stated literals that the literals contain; nil if one of them contains none.
  private func statedCandidate(
    of literals: [Literal], leadBytes: ByteSet, stated: [[UInt8]]
  ) -> Candidate? {
    var anchors: [Anchor] = []
    var leadBytes = leadBytes
    for literal in literals {
      guard let place = stated.lazy.compactMap(literal.firstRange(of:)).first else { return nil }
      anchors.append(literal.anchor(place))
      leadBytes = leadBytes.union(literal.acceptedBytes)
    }
    return Candidate(AnchorSet(anchors, leadBytes: leadBytes))
  }
}

extension Literal {
  /// A part of it as an anchor.
  fileprivate func anchor(_ range: Range<Int>) -> Anchor {
    let part = Literal(bytes: Array(bytes[range]), isWhole: false)
    let place = offset + ByteExtent(lower: range.lowerBound, upper: range.lowerBound)
    return Anchor(
      bytes: part.foldedBytes, isCaseless: part.isCaseless, minOffset: place.lower,
      maxOffset: place.upper)
  }

  /// Every byte that can stand where it stands.
  fileprivate var acceptedBytes: ByteSet {
    bytes.reduce(into: ByteSet()) { set, byte in
      set.insert(byte.value)
      if byte.isCaseless { set.insert(byte.value ^ 0x20) }
    }
  }

  /// Where `text` stands in it, the case left aside where it is caseless.
  fileprivate func firstRange(of text: [UInt8]) -> Range<Int>? {
    guard !text.isEmpty, text.count <= bytes.count else { return nil }
    for start in 0...(bytes.count - text.count) {
      let range = start..<(start + text.count)
      if zip(bytes[range], text).allSatisfy({ $0.accepts($1) }) { return range }
    }
    return nil
  }
}

/// One element of a flattened concatenation; adjacent literal bytes are one element.
private struct SequenceElement {
  let node: RegexNode
  let head: LiteralSet
  let extent: ByteExtent
  let bytes: ByteSet

  /// The elements of a node, with the groups that are only brackets opened.
  static func elements(of node: RegexNode) -> [SequenceElement] {
    var elements: [SequenceElement] = []
    var literal = LiteralSet.empty
    var literalNodes: [RegexNode] = []

    func endLiteral() {
      guard !literalNodes.isEmpty else { return }
      elements.append(SequenceElement(.concatenation(literalNodes), head: literal))
      literal = .empty
      literalNodes = []
    }

    for part in node.flattened {
      let head = part.literals(at: .start)
      guard case .byte = part, head.literals.count == 1, let byte = head.literals[0].bytes.first
      else {
        endLiteral()
        elements.append(SequenceElement(part, head: head))
        continue
      }
      // A literal has one case for all; so a caseless byte does not join one that has a case.
      let last = literal.literals[0]
      let isSameCase =
        last.isCaseless == byte.isCaseless || !byte.value.isASCIILetter
        || !last.bytes.contains(where: \.value.isASCIILetter)
      if !isSameCase || last.bytes.count == LiteralSet.maximumLength { endLiteral() }
      literal = literal.followed(by: head)
      literalNodes.append(part)
    }
    endLiteral()
    return elements
  }

  private init(_ node: RegexNode, head: LiteralSet) {
    self.node = node
    self.head = head
    extent = node.extent
    bytes = node.consumedBytes
  }

  /// The strings it ends with, placed, so that a window may begin with them; nil if that adds
  /// nothing to the windows that begin with the whole element.
  func tail(at offset: ByteExtent) -> LiteralSet? {
    let ends = node.literals(at: .end)
    guard !ends.isWhole, ends.literals.allSatisfy({ !$0.bytes.isEmpty }) else { return nil }
    return LiteralSet(
      ends.literals.map { end in
        let length = end.bytes.count
        var place = offset
        if !end.isWhole {
          let before = ByteExtent(
            lower: max(extent.lower - length, 0), upper: extent.upper.map { max($0 - length, 0) })
          place += before
        }
        return Literal(bytes: end.bytes.reversed(), isWhole: true, offset: place)
      })
  }
}

extension RegexNode {
  /// What it is a sequence of, when capturing and atomic groups are opened.
  fileprivate var flattened: [RegexNode] {
    switch self {
    case .concatenation(let elements): elements.flatMap(\.flattened)
    case .capture(_, _, let body), .atomic(let body): body.flattened
    case .repetition(let repetition) where repetition.minimum == 1 && repetition.maximum == 1:
      repetition.body.flattened
    case .byte, .alternation, .repetition, .look, .assertion, .backreference: [self]
    }
  }
}
