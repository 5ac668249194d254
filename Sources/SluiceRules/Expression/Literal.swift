import SluiceRegex

/// One byte of a literal.
struct LiteralByte: Sendable, Hashable {
  /// The byte; lower case if either case will do.
  var value: UInt8
  var isCaseless: Bool
  /// Whether it is one of several bytes that may stand in its place.
  var isChoice: Bool

  /// Whether `byte` can stand in its place.
  func accepts(_ byte: UInt8) -> Bool {
    value == (isCaseless ? byte.asciiLowercased : byte)
  }
}

/// A string that begins or ends what a node matches, read from that edge inwards.
struct Literal: Sendable, Hashable {
  var bytes: [LiteralByte]
  /// Whether it is all that the node matches, so that what follows the node follows it.
  var isWhole: Bool
  /// Distance of its first byte from the start of the match, once it has a place.
  var offset = ByteExtent.zero

  var isCaseless: Bool { bytes.contains(where: \.isCaseless) }

  /// Its bytes; all of them in lower case if any is caseless.
  var foldedBytes: [UInt8] {
    isCaseless ? bytes.map(\.value.asciiLowercased) : bytes.map(\.value)
  }
}

/// Strings of which everything a node matches begins, or ends, with at least one.
///
/// Both limits keep the work per expression small; reaching one shortens the strings, which stay
/// true.
struct LiteralSet: Sendable {
  static let maximumCount = 64
  static let maximumLength = 64
  /// A larger class is not spelled out.
  static let maximumClass = 8

  /// Only the empty string.
  static let empty = LiteralSet([Literal(bytes: [], isWhole: true)])
  /// Anything.
  static let unknown = LiteralSet([Literal(bytes: [], isWhole: false)])

  private(set) var literals: [Literal]

  init(_ literals: [Literal]) {
    self.literals = literals
  }

  /// The members of a class, or `unknown` if they are too many.
  init(_ set: ByteSet) {
    self = .unknown
    guard !set.isEmpty, set.count <= 2 * Self.maximumClass else { return }
    var choices: [LiteralByte] = []
    for byte in set.members {
      let isCaseless = byte.isASCIILetter && set.contains(byte ^ 0x20)
      if isCaseless, byte != byte.asciiLowercased { continue }
      choices.append(LiteralByte(value: byte, isCaseless: isCaseless, isChoice: false))
    }
    guard choices.count <= Self.maximumClass else { return }
    if choices.count > 1 {
      for index in choices.indices { choices[index].isChoice = true }
    }
    literals = choices.map { Literal(bytes: [$0], isWhole: true) }
  }

  var isWhole: Bool { literals.allSatisfy(\.isWhole) }
  var hasWhole: Bool { literals.contains(where: \.isWhole) }

  /// The strings of a node and of the one after it, taken together.
  func followed(by next: LiteralSet) -> LiteralSet {
    var result: [Literal] = []
    for literal in literals {
      guard literal.isWhole else {
        result.append(literal)
        continue
      }
      for continuation in next.literals {
        let length = literal.bytes.count + continuation.bytes.count
        let bytes = (literal.bytes + continuation.bytes).prefix(Self.maximumLength)
        result.append(
          Literal(
            bytes: Array(bytes),
            isWhole: continuation.isWhole && length <= Self.maximumLength,
            offset: literal.offset))
        guard result.count <= Self.maximumCount else { return closed }
      }
    }
    return LiteralSet(result)
  }

  /// The same strings, with anything after them.
  var closed: LiteralSet {
    LiteralSet(literals.map { Literal(bytes: $0.bytes, isWhole: false, offset: $0.offset) })
  }

  /// The strings of either of several nodes, shortened until they are few enough.
  static func union(of sets: [LiteralSet]) -> LiteralSet {
    var all = sets.flatMap(\.literals).withoutDuplicates
    for length in [4, 3, 2] where all.count > maximumCount {
      all =
        all.map { literal in
          guard literal.bytes.count > length else { return literal }
          return Literal(
            bytes: Array(literal.bytes.prefix(length)), isWhole: false, offset: literal.offset)
        }.withoutDuplicates
    }
    return all.isEmpty || all.count > maximumCount ? .unknown : LiteralSet(all)
  }
}

/// An end of what a node matches.
enum Edge {
  case start, end
}

extension RegexNode {
  /// The strings that everything it matches begins or ends with.
  ///
  /// Those of the end are reversed: they are read from the edge inwards.
  func literals(at edge: Edge) -> LiteralSet {
    switch self {
    case .byte(let set): return LiteralSet(set)
    case .concatenation(let elements):
      var run = LiteralSet.empty
      for element in edge == .start ? elements : elements.reversed() {
        guard run.hasWhole else { break }
        run = run.followed(by: element.literals(at: edge))
      }
      return run
    case .alternation(let branches):
      return LiteralSet.union(of: branches.map { $0.literals(at: edge) })
    case .capture(_, _, let body), .atomic(let body): return body.literals(at: edge)
    case .repetition(let repetition): return repetition.literals(at: edge)
    case .look, .assertion: return .empty
    case .backreference: return .unknown
    }
  }
}

extension RegexNode.Repetition {
  /// As many optional repeats are spelled out; of more, only the first.
  private static let maximumOptional = 4

  fileprivate func literals(at edge: Edge) -> LiteralSet {
    if maximum == 0 { return .empty }
    let once = body.literals(at: edge)
    var run = LiteralSet.empty
    // More copies than a literal has bytes add nothing, unless the body is empty.
    let copies = min(minimum, LiteralSet.maximumLength + 1)
    for _ in 0..<copies where run.hasWhole { run = run.followed(by: once) }
    if copies < minimum { run = run.closed }
    guard run.hasWhole, isVariable else { return run }

    var rest = LiteralSet.empty
    if let maximum, maximum - minimum <= Self.maximumOptional {
      for _ in minimum..<maximum {
        rest = LiteralSet.union(of: [once.followed(by: rest), .empty])
      }
    } else {
      rest = LiteralSet.union(of: [once.closed, .empty])
    }
    return run.followed(by: rest)
  }
}

extension [Literal] {
  fileprivate var withoutDuplicates: [Literal] {
    var seen = Set<Literal>()
    return filter { seen.insert($0).inserted }
  }
}

extension UInt8 {
  var isASCIILetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var asciiLowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
