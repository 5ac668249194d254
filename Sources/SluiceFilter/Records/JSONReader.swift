/// A string, a number or a literal in a JSON text, as a range of its bytes.
struct JSONToken: BitwiseCopyable {
  enum Kind: BitwiseCopyable {
    /// The name of a member; without its quotes.
    case key
    /// Without its quotes.
    case string
    /// A number, `true`, `false` or `null`.
    case scalar
  }

  let kind: Kind
  let start: Int
  let end: Int
  /// How many objects and arrays are open around it.
  let depth: Int
  /// Where its first escape is; nil: it has none.
  let firstEscape: Int?

  var hasEscapes: Bool { firstEscape != nil }
}

/// A member of the outermost object.
struct JSONMember: BitwiseCopyable {
  /// The place of its name among the tokens.
  let key: Int
  /// The value, as a range of bytes.
  let start: Int
  let end: Int
}

/// Splits a JSON text (RFC 8259) into its tokens, without recursion and without allocating anew.
///
/// More lenient than the standard inside of strings (control characters, invalid UTF-8) and of
/// numbers: what is not understood here would only be filtered as plain text.
struct JSONReader {
  /// Deeper texts are not taken for JSON.
  private static let deepest = 512

  private enum Expectation {
    case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, nothing
  }

  private(set) var tokens: [JSONToken] = []
  private(set) var members: [JSONMember] = []
  /// Whether each open container is an object.
  private var containers: [Bool] = []
  private var memberKey = 0
  private var memberStart = 0

  init() {
    tokens.reserveCapacity(256)
    members.reserveCapacity(64)
    containers.reserveCapacity(Self.deepest)
  }

  /// Reads one value with white space around it.
  ///
  /// - Returns: whether that is all there is; if not, `tokens` are of no use.
  mutating func read(_ text: Span<UInt8>) -> Bool {
    tokens.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
    containers.removeAll(keepingCapacity: true)
    var expected = Expectation.value
    var index = 0
    while index < text.count {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        index += 1
        continue
      case UInt8(ascii: "\""):
        let isKey = expected == .key || expected == .keyOrEnd
        guard isKey || expected == .value || expected == .valueOrEnd,
          let end = string(in: text, from: index + 1, isKey: isKey)
        else { return false }
        expected = isKey ? .colon : closeValue(at: end + 1)
        index = end + 1
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard expected == .value || expected == .valueOrEnd,
          containers.count < Self.deepest
        else { return false }
        containers.append(byte == UInt8(ascii: "{"))
        expected = byte == UInt8(ascii: "{") ? .keyOrEnd : .valueOrEnd
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        let isObject = byte == UInt8(ascii: "}")
        guard containers.last == isObject,
          expected == .commaOrEnd || expected == (isObject ? .keyOrEnd : .valueOrEnd)
        else { return false }
        containers.removeLast()
        expected = closeValue(at: index + 1)
      case UInt8(ascii: ","):
        guard expected == .commaOrEnd, let isObject = containers.last else { return false }
        expected = isObject ? .key : .value
      case UInt8(ascii: ":"):
        guard expected == .colon else { return false }
        if containers.count == 1 {
          memberKey = tokens.count - 1
          memberStart = index + 1
        }
        expected = .value
      default:
        guard expected == .value || expected == .valueOrEnd, Self.isScalar(byte) else {
          return false
        }
        let start = index
        while index < text.count, Self.isScalar(text[index]) { index += 1 }
        tokens.append(
          JSONToken(
            kind: .scalar, start: start, end: index, depth: containers.count, firstEscape: nil))
        expected = closeValue(at: index)
        continue
      }
      index += 1
    }
    return expected == .nothing
  }

  /// Where the member of that name is, if the outermost value is an object that has it.
  func member(named name: StaticString, in text: Span<UInt8>) -> JSONMember? {
    members.first { Self.equals(tokens[$0.key], name, in: text) }
  }

  static func equals(_ token: JSONToken, _ name: StaticString, in text: Span<UInt8>) -> Bool {
    let wanted = name.description.utf8
    return token.end - token.start == wanted.count
      && zip(token.start..., wanted).allSatisfy { text[$0] == $1 }
  }

  private mutating func closeValue(at end: Int) -> Expectation {
    if containers.count == 1, containers[0] {
      members.append(JSONMember(key: memberKey, start: memberStart, end: end))
    }
    return containers.isEmpty ? .nothing : .commaOrEnd
  }

  /// - Returns: where the closing quote is.
  private mutating func string(in text: Span<UInt8>, from start: Int, isKey: Bool) -> Int? {
    var index = start
    var firstEscape: Int?
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\""):
        tokens.append(
          JSONToken(
            kind: isKey ? .key : .string, start: start, end: index, depth: containers.count,
            firstEscape: firstEscape))
        return index
      case UInt8(ascii: "\\"):
        firstEscape = firstEscape ?? index
        index += 2
      default: index += 1
      }
    }
    return nil
  }

  /// Letters, digits, sign and point: enough to find where a scalar ends.
  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
