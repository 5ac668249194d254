import SluiceRegex

extension RegexParser {
  /// Parses an escape outside of a class; `\Q` and `\E` are the caller's.
  mutating func parseEscape() throws(RegexSyntaxError) -> RegexNode {
    let start = position
    position += 1
    guard let letter = current else { throw failure("'\\' at the end", at: start) }
    if let assertion = Self.assertion(letter) {
      position += 1
      return .assertion(assertion)
    }
    if let set = parseTypeEscape() { return .byte(set) }
    switch letter {
    case "1"..."9": return try parseNumberEscape(startingAt: start)
    case "g", "k": return try parseReference(startingAt: start)
    case "N":
      position += 1
      try rejectNamedCharacter(startingAt: start)
      return .byte(.notNewline)
    case "R":
      position += 1
      let pair: [RegexNode] = "\r\n".utf8.map { .byte(ByteSet($0)) }
      return .atomic(.alternation([.concatenation(pair), .byte(.verticalSpace)]))
    default:
      return literal(try parseByteEscape(startingAt: start))
    }
  }

  private static func assertion(_ letter: Unicode.Scalar) -> RegexNode.Assertion? {
    switch letter {
    case "A": .subjectStart
    case "z": .subjectEnd
    case "Z": .lastLineEnd
    case "G": .searchStart
    case "b": .wordBoundary
    case "B": .notWordBoundary
    default: nil
    }
  }

  /// Parses the letter of `\d`, `\S` and the like; nil, and nothing consumed, for other letters.
  mutating func parseTypeEscape() -> ByteSet? {
    let set: ByteSet? =
      switch current {
      case "d": .digits
      case "D": ByteSet.digits.inverted
      case "w": .word
      case "W": ByteSet.word.inverted
      case "s": .space
      case "S": ByteSet.space.inverted
      case "h": .horizontalSpace
      case "H": ByteSet.horizontalSpace.inverted
      case "v": .verticalSpace
      case "V": ByteSet.verticalSpace.inverted
      default: nil
      }
    if set != nil { position += 1 }
    return set
  }

  /// Parses the rest of an escape that stands for one byte, in a class or outside.
  ///
  /// - Parameter start: offset of the backslash; the position is at the byte after it.
  /// - Returns: the byte it stands for.
  /// - Throws: `RegexSyntaxError` if it is none, or not one that rules may use.
  mutating func parseByteEscape(startingAt start: Int) throws(RegexSyntaxError) -> UInt8 {
    guard let letter = current else { throw failure("'\\' at the end", at: start) }
    let byte = bytes[position]
    position += 1
    switch letter {
    case "a": return 0x07
    case "e": return 0x1B
    case "f": return 0x0C
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    case "0":
      position -= 1
      return try parseDigits(radix: 8, atMost: 3, startingAt: start)
    case "o":
      guard current == "{" else { throw failure("'\\o' without '{'", at: start) }
      return try parseBraced(radix: 8, startingAt: start)
    case "x" where current == "{":
      return try parseBraced(radix: 16, startingAt: start)
    case "x":
      return try parseDigits(radix: 16, atMost: 2, startingAt: start)
    case "c":
      guard let control = current, (" "..."~").contains(control) else {
        throw failure("'\\c' without a printable ASCII character", at: start)
      }
      defer { position += 1 }
      let upper = ("a"..."z").contains(control) ? bytes[position] - 0x20 : bytes[position]
      return upper ^ 0x40
    case _ where ByteSet.alphanumeric.contains(byte):
      throw failure("'\\\(letter)' is not supported here", at: start)
    default:
      return byte
    }
  }

  /// Parses up to `count` digits, none of which stand for 0.
  mutating func parseDigits(
    radix: Int, atMost count: Int, startingAt start: Int
  ) throws(RegexSyntaxError) -> UInt8 {
    var value = 0
    for _ in 0..<count {
      guard let digit = current?.value(radix: radix) else { break }
      value = value * radix + digit
      position += 1
    }
    guard let byte = UInt8(exactly: value) else {
      throw failure("a character code above 255", at: start)
    }
    return byte
  }

  private mutating func parseBraced(
    radix: Int, startingAt start: Int
  ) throws(RegexSyntaxError) -> UInt8 {
    position += 1
    guard current?.value(radix: radix) != nil else {
      throw failure("a character code without digits", at: start)
    }
    var value = 0
    while let digit = current?.value(radix: radix) {
      value = value * radix + digit
      guard value <= 255 else { throw failure("a character code above 255", at: start) }
      position += 1
    }
    guard consume("}") else { throw failure("a character code without '}'", at: start) }
    return UInt8(value)
  }

  /// Refuses `\N{name}`; `\N{2}` is `\N` with a quantifier.
  private mutating func rejectNamedCharacter(startingAt start: Int) throws(RegexSyntaxError) {
    guard current == "{" else { return }
    let brace = position
    guard try parseCounts() != nil else {
      throw failure("named characters are not supported", at: start)
    }
    position = brace
  }
}

extension RegexParser {
  /// Parses `\1` or, by PCRE2's rule, an octal code such as `\12`.
  private mutating func parseNumberEscape(
    startingAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode {
    let first = position
    let number = parseDecimal() ?? 0
    let isOctal = number >= 10 && number > groupCount && bytes[first] < UInt8(ascii: "8")
    guard isOctal else { return try reference(toGroup: number, at: start) }
    position = first
    return literal(try parseDigits(radix: 8, atMost: 3, startingAt: start))
  }

  /// Parses the forms of `\g` and `\k`.
  private mutating func parseReference(
    startingAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode {
    let isGeneral = current == "g"
    position += 1
    if isGeneral {
      if isAt("<") || isAt("'") {
        throw failure("recursion and subroutine calls are not supported", at: start)
      }
      if let number = parseGroupNumber() { return try reference(toGroup: number, at: start) }
    }
    if consume("{") {
      if isGeneral, let number = parseGroupNumber() {
        guard consume("}") else { throw failure("a group number without '}'", at: start) }
        return try reference(toGroup: number, at: start)
      }
      return try reference(toGroup: try parseName(endingWith: "}"), at: start)
    }
    if !isGeneral, consume("<") {
      return try reference(toGroup: try parseName(endingWith: ">"), at: start)
    }
    if !isGeneral, consume("'") {
      return try reference(toGroup: try parseName(endingWith: "'"), at: start)
    }
    throw failure("a reference without a group", at: start)
  }

  /// Parses `2`, `-1` or `+1`; nil, and nothing consumed, if it is none of them.
  private mutating func parseGroupNumber() -> Int? {
    let start = position
    let isBackward = consume("-")
    let isForward = !isBackward && consume("+")
    guard let number = parseDecimal() else {
      position = start
      return nil
    }
    if isBackward { return groupCount + 1 - number }
    return isForward ? groupCount + number : number
  }

  func reference(toGroup name: String, at start: Int) throws(RegexSyntaxError) -> RegexNode {
    guard let number = groupNumbers[name] else {
      throw failure("a reference to a group '\(name)' that is not closed before it", at: start)
    }
    return try reference(toGroup: number, at: start)
  }

  /// A reference to a closed group, with what is known of the text of that group.
  ///
  /// A later branch of an open `(?|…)` may fill the same group with something else, and a loop
  /// around it can carry that text here; then nothing is known.
  private func reference(toGroup number: Int, at start: Int) throws(RegexSyntaxError) -> RegexNode {
    guard let bodies = groupBodies[number] else {
      throw failure("a reference to group \(number), which is not closed before it", at: start)
    }
    guard branchResetDepth == 0 else {
      return .backreference(
        RegexNode.Backreference(group: number, bytes: .all, maximumLength: nil))
    }
    let group = RegexNode.anyOf(bodies)
    let text = group.consumedBytes
    return .backreference(
      RegexNode.Backreference(
        group: number, bytes: options.isCaseless ? text.caseFolded : text,
        maximumLength: group.extent.upper))
  }
}

extension Unicode.Scalar {
  /// The value of an octal or hexadecimal digit.
  fileprivate func value(radix: Int) -> Int? {
    let digit: Int? =
      switch self {
      case "0"..."9": Int(value) - 0x30
      case "a"..."f": Int(value) - 0x61 + 10
      case "A"..."F": Int(value) - 0x41 + 10
      default: nil
      }
    return digit.flatMap { $0 < radix ? $0 : nil }
  }
}
