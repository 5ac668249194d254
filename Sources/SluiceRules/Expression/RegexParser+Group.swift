import SluiceRegex

extension RegexParser {
  /// Parses what begins with `(`; nil if it is only a setting, such as `(?i)`.
  mutating func parseGroup() throws(RegexSyntaxError) -> RegexNode? {
    let start = position
    position += 1
    if current == "*" { throw failure("verbs, '(*…)', are not supported", at: start) }
    guard consume("?") else {
      if options.capturesOnlyNamed { return .anyOf(try parseBody(openedAt: start)) }
      return try parseCapture(named: nil, openedAt: start)
    }
    if consume(":") { return .anyOf(try parseBody(openedAt: start)) }
    if consume("|") { return try parseBranchReset(openedAt: start) }
    if consume(">") { return .atomic(.anyOf(try parseBody(openedAt: start))) }
    if consume("=") { return try parseLook(.ahead, isNegative: false, openedAt: start) }
    if consume("!") { return try parseLook(.ahead, isNegative: true, openedAt: start) }
    if consume("<=") { return try parseLook(.behind, isNegative: false, openedAt: start) }
    if consume("<!") { return try parseLook(.behind, isNegative: true, openedAt: start) }
    if isAt("*") || isAt("<*") { throw failure("non-atomic assertions are not supported") }
    if consume("P<") || consume("<") {
      return try parseCapture(named: try parseName(endingWith: ">"), openedAt: start)
    }
    if consume("'") {
      return try parseCapture(named: try parseName(endingWith: "'"), openedAt: start)
    }
    if consume("P=") {
      return try reference(toGroup: try parseName(endingWith: ")"), at: start)
    }
    if let problem = unsupportedGroup { throw failure(problem, at: start) }
    return try parseSettings(openedAt: start)
  }

  /// What stands after `(?`, if it is a construct of PCRE2 that rules may not use.
  private var unsupportedGroup: String? {
    if isAt("(") { return "conditional groups are not supported" }
    if isAt("C") { return "callouts are not supported" }
    let isNumber =
      current?.decimalValue != nil || isAt("+") || isAt("-") && peek(1)?.decimalValue != nil
    return isNumber || isAt("R") || isAt("&") || isAt("P>")
      ? "recursion and subroutine calls are not supported" : nil
  }

  /// Parses the branches of a group and its closing parenthesis.
  ///
  /// Settings made inside end with the group, and hold for the branches after them.
  private mutating func parseBody(
    openedAt start: Int, resettingGroups: Bool = false
  ) throws(RegexSyntaxError) -> [RegexNode] {
    guard depth < Self.maximumDepth else {
      throw failure("groups nested deeper than \(Self.maximumDepth)", at: start)
    }
    depth += 1
    let outerOptions = options
    let branches = try parseBranches(resettingGroups: resettingGroups)
    guard consume(")") else { throw failure("'(' without ')'", at: start) }
    options = outerOptions
    depth -= 1
    return branches
  }

  private mutating func parseCapture(
    named name: String?, openedAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode {
    groupCount += 1
    let number = groupCount
    if let name {
      guard groupNumbers[name, default: number] == number else {
        throw failure("two groups named '\(name)'", at: start)
      }
      guard groupNames[number, default: name] == name else {
        throw failure("different names for group \(number)", at: start)
      }
      groupNumbers[name] = number
      groupNames[number] = name
    }
    let body = RegexNode.anyOf(try parseBody(openedAt: start))
    groupBodies[number, default: []].append(body)
    return .capture(number, name: name, body)
  }

  private mutating func parseBranchReset(
    openedAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode {
    branchResetDepth += 1
    defer { branchResetDepth -= 1 }
    return .anyOf(try parseBody(openedAt: start, resettingGroups: true))
  }

  private mutating func parseLook(
    _ direction: RegexNode.Look.Direction, isNegative: Bool, openedAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode {
    let branches = try parseBody(openedAt: start)
    if direction == .behind {
      // PCRE2 10.42 takes branches of different lengths, each of a fixed one. A reference is
      // fixed for PCRE2 if its group is; here its minimum is 0, so it is refused.
      guard branches.allSatisfy({ $0.extent.isFixed }) else {
        throw failure("a lookbehind with a branch that has no fixed length", at: start)
      }
    }
    return .look(
      RegexNode.Look(direction: direction, isNegative: isNegative, body: .anyOf(branches)))
  }

  /// Parses `i-s)`, which sets options up to the end of the enclosing group, or `i-s:…)`.
  private mutating func parseSettings(
    openedAt start: Int
  ) throws(RegexSyntaxError) -> RegexNode? {
    var settings = options
    let isReset = consume("^")
    if isReset { settings = Options() }
    var isOn = true
    while let letter = current, letter != ")", letter != ":" {
      switch letter {
      case "-" where isOn && !isReset: isOn = false
      case "i": settings.isCaseless = isOn
      case "m": settings.isMultiline = isOn
      case "s": settings.dotMatchesNewline = isOn
      case "n": settings.capturesOnlyNamed = isOn
      case "x":
        settings.ignoresSpace = isOn
        settings.ignoresSpaceInClasses = isOn && peek(1) == "x"
        if peek(1) == "x" { position += 1 }
      default:
        throw failure("'\(letter)' is not a supported setting or kind of group")
      }
      position += 1
    }
    if consume(":") {
      let outerOptions = options
      options = settings
      defer { options = outerOptions }
      return .anyOf(try parseBody(openedAt: start))
    }
    guard consume(")") else { throw failure("'(' without ')'", at: start) }
    options = settings
    return nil
  }

  /// Parses the name of a group and its terminator.
  mutating func parseName(endingWith terminator: String) throws(RegexSyntaxError) -> String {
    let start = position
    while position < bytes.count, ByteSet.word.contains(bytes[position]) { position += 1 }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = name.unicodeScalars.first, first.decimalValue == nil else {
      throw failure("a group name must begin with a letter or '_'", at: start)
    }
    guard name.utf8.count <= 32 else {
      throw failure("a group name longer than 32 bytes", at: start)
    }
    guard consume(terminator) else {
      throw failure("a group name without its closing '\(terminator)'")
    }
    return name
  }
}
