import SluiceRegex

/// Reads the subset of PCRE2 syntax that rules may use, with PCRE2's default options in byte mode.
///
/// Settings that change no match, such as `(*LIMIT_MATCH=n)`, are skipped at the start.
/// What an analysis could not follow is refused rather than guessed at: recursion, conditionals,
/// callouts, verbs, Unicode properties, `\K`, `\C`, `\X`, duplicate names, references to a group
/// that is not yet closed.
/// The reference is pcre2pattern(3) of PCRE2 10.42; where later versions read an expression
/// differently (`{,n}`), the reading is that of 10.42.
package struct RegexParser {
  /// PCRE2's own limit (`PARENS_NEST_LIMIT`); it also bounds the depth of every recursion over
  /// the tree.
  static let maximumDepth = 250
  /// PCRE2's limit on the counts of a quantifier.
  static let maximumCount = 65535

  /// The settings of `(?imsxn)`.
  struct Options {
    var isCaseless = false
    var isMultiline = false
    var dotMatchesNewline = false
    var ignoresSpace = false
    var ignoresSpaceInClasses = false
    var capturesOnlyNamed = false
  }

  let bytes: [UInt8]
  var position = 0
  var options = Options()
  var depth = 0
  /// Number of the group that was opened last.
  var groupCount = 0
  /// The number of open `(?|…)` groups.
  var branchResetDepth = 0
  /// The bodies of the groups that are closed, by number.
  var groupBodies: [Int: [RegexNode]] = [:]
  var groupNumbers: [String: Int] = [:]
  var groupNames: [Int: String] = [:]

  private init(_ pattern: String) {
    bytes = Array(pattern.utf8)
  }

  /// Parses a whole expression.
  ///
  /// - Parameter pattern: the expression; its UTF-8 bytes are what it is read as.
  /// - Returns: the tree of the expression.
  /// - Throws: `RegexSyntaxError` at the first construct that is wrong or not supported.
  package static func parse(_ pattern: String) throws(RegexSyntaxError) -> RegexNode {
    var parser = RegexParser(pattern)
    parser.skipLimits()
    let branches = try parser.parseBranches(resettingGroups: false)
    guard parser.position == parser.bytes.count else {
      throw parser.failure("')' without '('")
    }
    return .anyOf(branches)
  }

  /// Skips leading `(*LIMIT_MATCH=n)` and its like, which change no match.
  private mutating func skipLimits() {
    while true {
      let start = position
      let names = ["MATCH", "DEPTH", "HEAP", "RECURSION"]
      guard consume("(*LIMIT_"), names.contains(where: { consume($0 + "=") }),
        parseDecimal() != nil, consume(")")
      else {
        position = start
        return
      }
    }
  }

  /// Parses up to the closing parenthesis or the end.
  ///
  /// - Parameter resettingGroups: whether each branch counts its groups from the same number.
  /// - Returns: the branches, at least one.
  /// - Throws: `RegexSyntaxError` at what is wrong in them.
  mutating func parseBranches(
    resettingGroups: Bool
  ) throws(RegexSyntaxError) -> [RegexNode] {
    let outerCount = groupCount
    var highestCount = groupCount
    var branches = [try parseSequence()]
    while consume("|") {
      highestCount = max(highestCount, groupCount)
      if resettingGroups { groupCount = outerCount }
      branches.append(try parseSequence())
    }
    groupCount = max(highestCount, groupCount)
    return branches
  }

  private mutating func parseSequence() throws(RegexSyntaxError) -> RegexNode {
    var items: [RegexNode] = []
    var isRepeatable = false
    while let next = current, next != "|", next != ")" {
      if try skipIgnorable() { continue }
      let start = position
      guard let counts = try parseCounts() else {
        isRepeatable = try parseItem(into: &items)
        continue
      }
      guard isRepeatable, let body = items.popLast() else {
        throw failure("a quantifier with nothing to repeat", at: start)
      }
      let mode = try parseMode()
      items.append(
        .repetition(
          RegexNode.Repetition(
            body, minimum: counts.minimum, maximum: counts.maximum, mode: mode,
            sourceOffset: start)))
      isRepeatable = false
    }
    return items.count == 1 ? items[0] : .concatenation(items)
  }

  /// Parses one item and appends what it matches.
  ///
  /// - Returns: whether a quantifier may follow.
  private mutating func parseItem(
    into items: inout [RegexNode]
  ) throws(RegexSyntaxError) -> Bool {
    switch current {
    case "(":
      guard let group = try parseGroup() else { return false }
      items.append(group)
    case "[":
      items.append(.byte(try parseClass()))
    case "\\" where peek(1) == "Q":
      position += 2
      while position < bytes.count, !isAt("\\E") { items.append(parseLiteral()) }
    case "\\":
      let escape = try parseEscape()
      items.append(escape)
      if case .assertion = escape { return false }
    case "^":
      position += 1
      items.append(.assertion(options.isMultiline ? .lineStart : .subjectStart))
      return false
    case "$":
      position += 1
      items.append(.assertion(options.isMultiline ? .lineEnd : .lastLineEnd))
      return false
    case ".":
      position += 1
      items.append(.byte(options.dotMatchesNewline ? .all : .notNewline))
    default:
      items.append(parseLiteral())
    }
    return true
  }

  /// Skips one thing that stands for nothing; a quantifier after it belongs to what precedes it.
  ///
  /// - Returns: whether there was one.
  private mutating func skipIgnorable() throws(RegexSyntaxError) -> Bool {
    if consume("\\E") || consume("\\Q\\E") { return true }
    if isAt("(?#") {
      guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ")")) else {
        throw failure("comment without ')'")
      }
      position = end + 1
      return true
    }
    guard options.ignoresSpace, let next = current else { return false }
    if next == "#" {
      position = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      return true
    }
    guard ByteSet.space.contains(bytes[position]) else { return false }
    position += 1
    return true
  }

  /// Parses the next byte as a literal, whatever it is.
  private mutating func parseLiteral() -> RegexNode {
    defer { position += 1 }
    return literal(bytes[position])
  }

  /// A literal byte under the current options.
  func literal(_ byte: UInt8) -> RegexNode {
    let set = ByteSet(byte)
    return .byte(options.isCaseless ? set.caseFolded : set)
  }
}

extension RegexParser {
  /// Parses the counts of a quantifier; nil, and nothing consumed, if there is none here.
  ///
  /// A brace that does not have the form of a quantifier is a literal.
  mutating func parseCounts() throws(RegexSyntaxError) -> (minimum: Int, maximum: Int?)? {
    if consume("*") { return (0, nil) }
    if consume("+") { return (1, nil) }
    if consume("?") { return (0, 1) }
    let start = position
    guard consume("{"), let minimum = parseDecimal() else {
      position = start
      return nil
    }
    var maximum: Int? = minimum
    if consume(",") { maximum = parseDecimal() }
    guard consume("}") else {
      position = start
      return nil
    }
    guard max(minimum, maximum ?? 0) <= Self.maximumCount else {
      throw failure("a quantifier larger than \(Self.maximumCount)", at: start)
    }
    guard minimum <= maximum ?? minimum else {
      throw failure("a quantifier whose numbers are out of order", at: start)
    }
    return (minimum, maximum)
  }

  private mutating func parseMode() throws(RegexSyntaxError) -> RegexNode.Repetition.Mode {
    while try skipIgnorable() {}
    if consume("?") { return .lazy }
    return consume("+") ? .possessive : .greedy
  }

  /// Parses decimal digits; nil if there are none.
  ///
  /// Large numbers are clipped, not wrapped.
  mutating func parseDecimal() -> Int? {
    var value: Int?
    while let digit = current?.decimalValue {
      value = min((value ?? 0) * 10 + digit, 1_000_000)
      position += 1
    }
    return value
  }
}

extension RegexParser {
  /// The byte at the position as a scalar, so that it compares with literals; nil at the end.
  var current: Unicode.Scalar? { peek(0) }

  func peek(_ distance: Int) -> Unicode.Scalar? {
    let index = position + distance
    return index < bytes.count ? Unicode.Scalar(bytes[index]) : nil
  }

  func isAt(_ text: String) -> Bool {
    var index = position
    for byte in text.utf8 {
      guard index < bytes.count, bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  mutating func consume(_ text: String) -> Bool {
    guard isAt(text) else { return false }
    position += text.utf8.count
    return true
  }

  func failure(_ problem: String, at offset: Int? = nil) -> RegexSyntaxError {
    RegexSyntaxError(offset: offset ?? position, problem: problem)
  }
}

extension RegexNode {
  /// The alternation of `branches`, which is the branch itself if there is only one.
  static func anyOf(_ branches: [RegexNode]) -> RegexNode {
    branches.count == 1 ? branches[0] : .alternation(branches)
  }
}

extension Unicode.Scalar {
  var decimalValue: Int? {
    ("0"..."9").contains(self) ? Int(value) - 0x30 : nil
  }
}
