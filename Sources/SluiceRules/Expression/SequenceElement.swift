import SluiceRegex

/// One element of a flattened concatenation; adjacent literal bytes are one element.
struct SequenceElement {
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

  /// The strings it ends with, placed, so that a window may begin with them, and the bytes of the
  /// element that can stand before them; nil if that adds nothing to the other windows.
  func tail(at offset: ByteExtent) -> (literals: LiteralSet, leadBytes: ByteSet)? {
    guard !head.isWhole else { return nil }
    let ends = node.placedEnds(at: offset)
    guard ends.literals.allSatisfy({ !$0.bytes.isEmpty }),
      ends.literals.count <= LiteralSet.maximumCount
    else { return nil }
    return (LiteralSet(ends.literals), ends.leadBytes)
  }
}

extension RegexNode {
  /// The strings it ends with, in reading order, and its bytes that can stand before them; each
  /// branch places its own.
  fileprivate func placedEnds(
    at offset: ByteExtent
  ) -> (literals: [Literal], leadBytes: ByteSet) {
    if case .alternation(let branches) = self {
      let ends = branches.map { $0.placedEnds(at: offset) }
      return (
        ends.flatMap(\.literals), ends.reduce(ByteSet()) { $0.union($1.leadBytes) }
      )
    }
    let extent = self.extent
    let literals = literals(at: .end).literals.map { end in
      let length = end.bytes.count
      let before = ByteExtent(
        lower: max(extent.lower - length, 0), upper: extent.upper.map { max($0 - length, 0) })
      return Literal(
        bytes: end.bytes.reversed(), isWhole: true, offset: end.isWhole ? offset : offset + before)
    }
    let covered = literals.map { $0.bytes.count }.min() ?? 0
    return (literals, bytes(beforeLast: covered))
  }

  /// A superset of the bytes it consumes before its last `count` bytes.
  private func bytes(beforeLast count: Int) -> ByteSet {
    var parts = flattened[...]
    var rest = count
    while let extent = parts.last?.extent, extent.isFixed, extent.lower <= rest {
      rest -= extent.lower
      parts.removeLast()
    }
    return parts.reduce(ByteSet()) { $0.union($1.consumedBytes) }
  }

  /// What it is a sequence of, when groups are opened and what consumes nothing is left out.
  fileprivate var flattened: [RegexNode] {
    switch self {
    case .concatenation(let elements): elements.flatMap(\.flattened)
    case .capture(_, _, let body), .atomic(let body): body.flattened
    case .repetition(let repetition) where repetition.minimum == 1 && repetition.maximum == 1:
      repetition.body.flattened
    case .repetition(let repetition) where repetition.maximum == 0: []
    case .look, .assertion: []
    case .byte, .alternation, .repetition, .backreference: [self]
    }
  }
}
