/// Reads a JSON object (RFC 8259) that is fed byte by byte, and shows its members.
///
/// Only the members of the outermost object are shown, and only the first bytes of a name and of a
/// value are kept: nothing is allocated, whatever the input. Objects nest at most 64 deep.
struct JSONObjectReader {
  enum Event {
    case none
    /// The value of a member has ended: see `isName` and `value`.
    case member
    case invalid
  }

  enum Kind {
    case string, number, literal, nested
  }

  private enum State {
    case start, firstKey, key, string, escape, unicode, colon, firstElement, value, number, literal
    case afterValue, done
  }

  private var state = State.start
  private var depth = 0
  /// Bit `depth` says whether what is open there is an object.
  private var objects: UInt64 = 0
  private var isKey = false
  private var unicodeLeft = 0
  private var name = BoundedText<32>()
  private var text = BoundedText<160>()
  private(set) var kind = Kind.nested

  /// Whether the object has been closed.
  var isComplete: Bool { state == .done }

  /// Whether the member that ended is called so.
  func isName(_ wanted: String) -> Bool { name.equals(wanted) }

  /// The first bytes of the value that ended, if it is a string, a number or a literal.
  var value: BoundedText<160> { text }

  mutating func feed(_ byte: UInt8) -> Event {
    switch state {
    case .string, .escape, .unicode: return feedString(byte)
    case .number, .literal: return feedScalar(byte)
    default: break
    }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      return .none
    case UInt8(ascii: "{"):
      guard state == .start || expectsValue else { return .invalid }
      return open(isObject: true)
    case UInt8(ascii: "["):
      return expectsValue ? open(isObject: false) : .invalid
    case UInt8(ascii: "}"):
      guard state == .firstKey || (state == .afterValue && isInObject) else { return .invalid }
      return close()
    case UInt8(ascii: "]"):
      guard state == .firstElement || (state == .afterValue && !isInObject) else { return .invalid }
      return close()
    case UInt8(ascii: "\""):
      isKey = state == .firstKey || state == .key
      guard isKey || expectsValue else { return .invalid }
      if isKey { name.removeAll() } else { text.removeAll() }
      state = .string
    case UInt8(ascii: ":"):
      guard state == .colon else { return .invalid }
      state = .value
    case UInt8(ascii: ","):
      guard state == .afterValue else { return .invalid }
      state = isInObject ? .key : .value
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return begin(.number, byte)
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      return begin(.literal, byte)
    default: return .invalid
    }
    return .none
  }

  private var expectsValue: Bool { state == .value || state == .firstElement }
  private var isInObject: Bool { objects &>> UInt64(depth - 1) & 1 == 1 }

  private mutating func open(isObject: Bool) -> Event {
    guard depth < 64 else { return .invalid }
    let bit = UInt64(1) &<< UInt64(depth)
    objects = isObject ? objects | bit : objects & ~bit
    depth += 1
    state = isObject ? .firstKey : .firstElement
    return .none
  }

  private mutating func close() -> Event {
    depth -= 1
    guard depth > 0 else {
      state = .done
      return .none
    }
    text.removeAll()
    return end(.nested)
  }

  private mutating func end(_ kind: Kind) -> Event {
    self.kind = kind
    state = .afterValue
    return depth == 1 ? .member : .none
  }

  private mutating func begin(_ scalar: State, _ byte: UInt8) -> Event {
    guard expectsValue else { return .invalid }
    text.removeAll()
    text.append(byte)
    state = scalar
    return .none
  }

  private mutating func feedScalar(_ byte: UInt8) -> Event {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "E"), UInt8(ascii: "a")...UInt8(ascii: "z"):
      text.append(byte)
      return .none
    default: break
    }
    if state == .literal {
      guard text.equals("true") || text.equals("false") || text.equals("null") else {
        return .invalid
      }
    } else if text.holdsLetters {
      return .invalid
    }
    let ended = end(state == .literal ? .literal : .number)
    return feed(byte) == .invalid ? .invalid : ended
  }

  private mutating func feedString(_ byte: UInt8) -> Event {
    switch state {
    case .unicode:
      guard hexNibble(byte) != nil else { return .invalid }
      unicodeLeft -= 1
      if unicodeLeft == 0 { state = .string }
    case .escape:
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): keep(byte)
      case UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"),
        UInt8(ascii: "t"):
        keep(0)
      case UInt8(ascii: "u"):
        keep(0)
        unicodeLeft = 4
        state = .unicode
        return .none
      default: return .invalid
      }
      state = .string
    default:
      switch byte {
      case UInt8(ascii: "\\"): state = .escape
      case UInt8(ascii: "\""):
        guard isKey else { return end(.string) }
        state = .colon
      case 0..<0x20: return .invalid
      default: keep(byte)
      }
    }
    return .none
  }

  private mutating func keep(_ byte: UInt8) {
    if isKey { name.append(byte) } else { text.append(byte) }
  }
}
