/// A shell pattern for one component of a path: `*`, `?`, `[a-z]` and `\`, as wildmatch reads
/// them (gitignore(5), glob(7)).
struct Glob: Sendable, Hashable {
  private enum Token: Sendable, Hashable {
    case literal(UInt8)
    case any
    case star
    /// 256 bits, a byte each.
    case oneOf([Bool])
  }

  private let tokens: [Token]
  /// Set if the pattern is nothing but literal bytes, the usual case.
  private let literal: [UInt8]?

  /// Reads a pattern; nil if a bracket is not closed, as such a pattern matches nothing.
  init?(_ pattern: ArraySlice<UInt8>) {
    var tokens: [Token] = []
    var rest = pattern
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "*"):
        if tokens.last != .star { tokens.append(.star) }
      case UInt8(ascii: "?"): tokens.append(.any)
      case UInt8(ascii: "["):
        guard let set = Self.bracket(&rest) else { return nil }
        tokens.append(.oneOf(set))
      case UInt8(ascii: "\\"):
        guard let escaped = rest.popFirst() else { return nil }
        tokens.append(.literal(escaped))
      default: tokens.append(.literal(byte))
      }
    }
    self.tokens = tokens
    var literal: [UInt8] = []
    for case .literal(let byte) in tokens { literal.append(byte) }
    self.literal = literal.count == tokens.count ? literal : nil
  }

  /// Whether the whole of `name` fits; takes time in proportion to both lengths at most.
  func matches(_ name: [UInt8]) -> Bool {
    if let literal { return literal == name }
    var (position, token) = (0, 0)
    var retry: (position: Int, token: Int)?
    while position < name.count {
      if token < tokens.count, tokens[token] == .star {
        retry = (position, token)
        token += 1
      } else if token < tokens.count, fits(tokens[token], name[position]) {
        token += 1
        position += 1
      } else if let last = retry {
        // The last star takes one byte more; earlier ones never need to.
        retry = (last.position + 1, last.token)
        position = last.position + 1
        token = last.token + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .star }
  }

  private func fits(_ token: Token, _ byte: UInt8) -> Bool {
    switch token {
    case .literal(let literal): literal == byte
    case .any: true
    case .star: false
    case .oneOf(let set): set[Int(byte)]
    }
  }

  /// Reads a set up to its closing bracket.
  private static func bracket(_ rest: inout ArraySlice<UInt8>) -> [Bool]? {
    var set = Array(repeating: false, count: 256)
    let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
    if isNegated { rest.removeFirst() }
    var isFirst = true
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]"), !isFirst {
        return isNegated ? set.map { !$0 } : set
      }
      isFirst = false
      if byte == UInt8(ascii: "["), rest.first == UInt8(ascii: ":") {
        guard let members = namedClass(&rest) else { return nil }
        for member in members { set[Int(member)] = true }
        continue
      }
      guard let low = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte else { return nil }
      var high = low
      if rest.first == UInt8(ascii: "-"), rest.dropFirst().first.map({ $0 != 0x5D }) == true {
        rest.removeFirst()
        guard var end = rest.popFirst() else { return nil }
        if end == UInt8(ascii: "\\") {
          guard let escaped = rest.popFirst() else { return nil }
          end = escaped
        }
        high = end
      }
      if low <= high { for member in low...high { set[Int(member)] = true } }
    }
    return nil
  }

  /// Reads `:alpha:]` and the like.
  private static func namedClass(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard let close = rest.firstIndex(of: UInt8(ascii: "]")),
      rest.distance(from: rest.startIndex, to: close) >= 2,
      rest[close - 1] == UInt8(ascii: ":")
    else { return nil }
    let name = String(decoding: rest[(rest.startIndex + 1)..<(close - 1)], as: UTF8.self)
    rest = rest[(close + 1)...]
    let letters = Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
    let capitals = Array(UInt8(ascii: "A")...UInt8(ascii: "Z"))
    let digits = Array(UInt8(ascii: "0")...UInt8(ascii: "9"))
    let graphic = Array<UInt8>(0x21...0x7E)
    switch name {
    case "alpha": return letters + capitals
    case "lower": return letters
    case "upper": return capitals
    case "digit": return digits
    case "alnum": return letters + capitals + digits
    case "xdigit": return digits + Array("abcdefABCDEF".utf8)
    case "space": return [0x20] + Array(0x09...0x0D)
    case "blank": return [0x20, 0x09]
    case "punct": return graphic.filter { !(letters + capitals + digits).contains($0) }
    case "graph": return graphic
    case "print": return graphic + [0x20]
    case "cntrl": return Array(0...0x1F) + [0x7F]
    default: return nil
    }
  }
}
