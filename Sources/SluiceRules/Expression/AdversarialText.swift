import SluiceRegex

/// Makes texts that are as slow as possible for an expression: what `rules lint` measures with.
///
/// For each repeat that can be long there is a text that gets to it on the shortest way, feeds it
/// for as long as wanted, and then breaks off with a byte that nothing accepts, so that whatever
/// can be divided in another way is tried in every way. Repeats that stand beside each other are
/// fed with a byte that all of them accept, where there is one.
struct AdversarialText {
  /// Repeats that can be no longer than this are not worth a text of their own.
  private static let shortestRepeat = 16
  /// Which byte of a set is taken, in three tempers.
  private static let preferences: [[UInt8]] = ["0aA", "aA0", "-_./\\\" "].map { Array($0.utf8) }

  private let root: RegexNode
  private let killer: UInt8

  init(_ root: RegexNode) {
    self.root = root
    let consumed = root.consumedBytes
    killer = [0x01, 0x21, 0xFF, 0x0A].first { !consumed.contains($0) } ?? 0x0A
  }

  /// - Parameter length: about how many bytes a repeat is fed with.
  /// - Returns: the texts, each to be tried at its start.
  func texts(length: Int) -> [[UInt8]] {
    var texts: Set<[UInt8]> = []
    for target in Set(root.longRepeats(atLeast: Self.shortestRepeat)) {
      for preference in Self.preferences {
        var draft = Draft(target: target, length: length, preference: preference)
        draft.append(root)
        if let end = draft.fedEnd {
          // With what follows behind it: PCRE2 gives up at once where a byte that must come is
          // nowhere in the text.
          texts.insert(Array(draft.bytes[..<end]) + [killer] + Array(draft.bytes[end...]))
        }
        texts.insert(Array(draft.bytes.dropLast()) + [killer])
      }
    }
    return texts.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// A text that is being made.
  private struct Draft {
    /// Offset of the quantifier that is fed.
    let target: Int
    let length: Int
    let preference: [UInt8]
    var bytes: [UInt8] = []
    var groups: [Int: [UInt8]] = [:]
    /// Where the fed repeat ends.
    var fedEnd: Int?

    mutating func append(_ node: RegexNode) {
      switch node {
      case .byte(let set):
        if let byte = preference.first(where: set.contains) ?? set.members.last {
          bytes.append(byte)
        }
      case .concatenation(let elements):
        for element in elements { append(element) }
      case .alternation(let branches):
        guard let branch = branches.first(where: { $0.holds(target) }) ?? branches.first else {
          return
        }
        append(branch)
      case .capture(let number, _, let body):
        let start = bytes.count
        append(body)
        groups[number] = Array(bytes[start...])
      case .atomic(let body): append(body)
      case .repetition(let repetition): append(repetition)
      case .look(let look):
        if look.direction == .ahead, look.body.holds(target) { append(look.body) }
      case .assertion: break
      case .backreference(let reference): bytes += groups[reference.group] ?? []
      }
    }

    private mutating func append(_ repetition: RegexNode.Repetition) {
      let isFed = repetition.sourceOffset == target
      var count = repetition.minimum
      if isFed {
        count = repetition.maximum ?? .max
      } else if repetition.body.holds(target) {
        count = max(count, 1)
      }
      let end = bytes.count + length
      for _ in 0..<count {
        let before = bytes.count
        // What the body repeats must be fed with something if the whole is fed.
        append(isFed ? repetition.body.filled : repetition.body)
        if bytes.count >= end || bytes.count == before { break }
      }
      if isFed { fedEnd = bytes.count }
    }
  }
}

extension RegexNode {
  /// The quantifiers of repeats that can take in `count` bytes or more.
  fileprivate func longRepeats(atLeast count: Int) -> [Int] {
    switch self {
    case .byte, .assertion, .backreference: return []
    case .concatenation(let nodes), .alternation(let nodes):
      return nodes.flatMap { $0.longRepeats(atLeast: count) }
    case .capture(_, _, let body), .atomic(let body): return body.longRepeats(atLeast: count)
    case .look(let look): return look.body.longRepeats(atLeast: count)
    case .repetition(let repetition):
      let inner = repetition.body.longRepeats(atLeast: count)
      let isLong = extent.upper.map { $0 >= count && $0 != extent.lower } ?? true
      return isLong ? [repetition.sourceOffset] + inner : inner
    }
  }

  /// Whether the quantifier at this offset is in it.
  fileprivate func holds(_ offset: Int) -> Bool {
    switch self {
    case .byte, .assertion, .backreference: false
    case .concatenation(let nodes), .alternation(let nodes): nodes.contains { $0.holds(offset) }
    case .capture(_, _, let body), .atomic(let body): body.holds(offset)
    case .look(let look): look.body.holds(offset)
    case .repetition(let repetition):
      repetition.sourceOffset == offset || repetition.body.holds(offset)
    }
  }

  /// The same, but where it can be empty because of a repeat it is not.
  fileprivate var filled: RegexNode {
    guard extent.lower == 0 else { return self }
    switch self {
    case .repetition(var repetition):
      repetition.minimum = max(1, repetition.minimum)
      return .repetition(repetition)
    case .concatenation(let nodes): return .concatenation(nodes.map(\.filled))
    case .capture(let number, let name, let body): return .capture(number, name: name, body.filled)
    case .atomic(let body): return .atomic(body.filled)
    case .alternation(let branches):
      return branches.first { $0.extent.upper != 0 }?.filled ?? self
    default: return self
    }
  }
}
