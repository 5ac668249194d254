import SluiceRegex

extension RegexParser {
  /// Parses a bracketed class.
  mutating func parseClass() throws(RegexSyntaxError) -> ByteSet {
    let start = position
    if posixNameEnd != nil {
      throw failure("a POSIX class outside of a class, as in '[[:alpha:]]'")
    }
    position += 1
    var scanner = ClassScanner(start: start, isNegated: consume("^"))
    while let atom = try parseClassAtom(&scanner) {
      switch atom {
      case .set(let set):
        scanner.set = scanner.set.union(set)
        // After a class, PCRE2 takes a hyphen only as the last byte.
        if isAtRangeHyphen(&scanner) { throw failure("a range that begins with a class") }
      case .byte(let lower):
        let upper = try parseRangeEnd(&scanner) ?? lower
        guard lower <= upper else { throw failure("a range that is out of order", at: start) }
        scanner.set = scanner.set.union(ByteSet(lower...upper))
      }
    }
    let set = options.isCaseless ? scanner.set.caseFolded : scanner.set
    return scanner.isNegated ? set.inverted : set
  }

  /// The state of a class that is being read.
  private struct ClassScanner {
    let start: Int
    let isNegated: Bool
    var set = ByteSet()
    /// Whether the next byte is the first, where `]` is a literal.
    var isFirst = true
    /// Whether the position is between `\Q` and `\E`.
    var isQuoting = false

    init(start: Int, isNegated: Bool) {
      self.start = start
      self.isNegated = isNegated
    }
  }

  private enum ClassAtom {
    case byte(UInt8)
    case set(ByteSet)
  }

  /// Parses the next member, or the closing bracket, which is nil.
  private mutating func parseClassAtom(
    _ scanner: inout ClassScanner
  ) throws(RegexSyntaxError) -> ClassAtom? {
    skipClassNoise(&scanner)
    guard let next = current else { throw failure("'[' without ']'", at: scanner.start) }
    defer { scanner.isFirst = false }
    if !scanner.isQuoting {
      if next == "]", !scanner.isFirst {
        position += 1
        return nil
      }
      if next == "[", let end = posixNameEnd { return .set(try parsePosixClass(endingAt: end)) }
      if next == "\\" { return try parseClassEscape() }
    }
    position += 1
    return .byte(bytes[position - 1])
  }

  /// Parses `-z` after the `a` of a range; nil, and nothing consumed, if there is no range.
  private mutating func parseRangeEnd(
    _ scanner: inout ClassScanner
  ) throws(RegexSyntaxError) -> UInt8? {
    guard isAtRangeHyphen(&scanner) else { return nil }
    let hyphen = position
    position += 1
    switch try parseClassAtom(&scanner) {
    case .byte(let upper): return upper
    case .set: throw failure("a range that ends with a class", at: hyphen)
    case nil:
      // Only `\E` or `\Q\E` stood between the hyphen and the bracket; both are literals' ends.
      position = hyphen
      return nil
    }
  }

  /// Whether the position is at a hyphen that makes a range.
  private mutating func isAtRangeHyphen(_ scanner: inout ClassScanner) -> Bool {
    skipClassNoise(&scanner)
    return !scanner.isQuoting && current == "-" && peek(1) != "]"
  }

  /// Skips what stands for nothing inside a class.
  private mutating func skipClassNoise(_ scanner: inout ClassScanner) {
    while true {
      if consume("\\E") {
        scanner.isQuoting = false
      } else if scanner.isQuoting {
        return
      } else if consume("\\Q") {
        scanner.isQuoting = true
      } else if options.ignoresSpaceInClasses, current == " " || current == "\t" {
        position += 1
      } else {
        return
      }
    }
  }

  private mutating func parseClassEscape() throws(RegexSyntaxError) -> ClassAtom {
    let start = position
    position += 1
    guard let letter = current else { throw failure("'\\' at the end", at: start) }
    if let set = parseTypeEscape() { return .set(set) }
    switch letter {
    case "b":
      position += 1
      return .byte(0x08)
    case "1"..."7":
      return .byte(try parseDigits(radix: 8, atMost: 3, startingAt: start))
    case "8", "9":
      position += 1
      return .byte(bytes[position - 1])
    default:
      return .byte(try parseByteEscape(startingAt: start))
    }
  }
}

extension RegexParser {
  /// Offset of the `:]` that ends the POSIX class at the position; nil if there is none.
  ///
  /// The test is PCRE2's: `[[:x]` is an ordinary class. It also finds `[.x.]` and `[=x=]`.
  private var posixNameEnd: Int? {
    guard current == "[", let mark = peek(1), mark == ":" || mark == "." || mark == "=" else {
      return nil
    }
    var distance = 2
    while let next = peek(distance), let after = peek(distance + 1) {
      if next == mark, after == "]" { return position + distance }
      if next == "]" || next == "[" && after == mark { return nil }
      distance += next == "\\" && (after == "]" || after == "\\") ? 2 : 1
    }
    return nil
  }

  private mutating func parsePosixClass(endingAt end: Int) throws(RegexSyntaxError) -> ByteSet {
    let start = position
    guard peek(1) == ":" else { throw failure("POSIX collating elements are not supported") }
    position += 2
    let isNegated = consume("^")
    let name = String(decoding: bytes[min(position, end)..<end], as: UTF8.self)
    guard var set = ByteSet.posix[name] else {
      throw failure("'\(name)' is not a POSIX class", at: start)
    }
    position = end + 2
    // Before the negation: `[:^upper:]` is `[:^alpha:]` without case.
    if options.isCaseless { set = set.caseFolded }
    return isNegated ? set.inverted : set
  }
}
