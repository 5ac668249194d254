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
      if let tail = element.tail(at: offset) {
        let leadBytes = lead.union(tail.leadBytes)
        for run in runs(from: tail.literals, through: elements[(index + 1)...]) {
          keep(candidate(of: run.literals, leadBytes: leadBytes))
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
      lead = lead.union(element.bytes)
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
