/// Translates an expression of RE2 or of Rust's `regex` into PCRE2 for bytes, with one group, the
/// secret.
///
/// Groups do nothing in these dialects but group and name: all others lose their number. Extended
/// syntax (`(?x)`) is written out, so that the expression fits on a line.
struct ForeignExpression {
  enum Dialect: Sendable {
    case re2, rust
  }

  /// Why an expression has no counterpart.
  struct Obstacle: Error, Hashable {
    let reason: String
  }

  let text: String
  /// What it means differently.
  let losses: [String]

  /// - Parameters:
  ///   - source: the expression.
  ///   - dialect: its syntax.
  ///   - group: the number of the group that is the secret, from 1.
  ///   - name: its name; goes before the number.
  /// - Throws: `Obstacle`.
  init(
    _ source: String, dialect: Dialect, secretGroup group: Int? = nil, named name: String? = nil
  ) throws(Obstacle) {
    let names = Self.groupNames(in: source)
    let wanted = name.flatMap { name in names.firstIndex { $0 == name }.map { $0 + 1 } } ?? group
    if let wanted, wanted > names.count {
      throw Obstacle(reason: "the group of the secret is not in the expression")
    }
    var translation = Translation(source, dialect: dialect, secretGroup: wanted ?? 1)
    try translation.run()
    text = translation.output
    losses = translation.losses
  }

  /// The names of the capturing groups, in order; nil for one that has none.
  private static func groupNames(in source: String) -> [String?] {
    var names: [String?] = []
    var reader = Translation(source, dialect: .re2, secretGroup: 0)
    reader.onCapture = { names.append($0) }
    try? reader.run()
    return names
  }
}

/// The walk over an expression.
private struct Translation {
  private let source: [Character]
  private let dialect: ForeignExpression.Dialect
  private let secretGroup: Int
  private var position = 0
  private var groupCount = 0
  /// Whether blanks and comments are left out, for each open group.
  private var extended = [false]
  var output = ""
  var losses: [String] = []
  var onCapture: ((String?) -> Void)?

  init(_ source: String, dialect: ForeignExpression.Dialect, secretGroup: Int) {
    self.source = Array(source)
    self.dialect = dialect
    self.secretGroup = secretGroup
  }

  private var current: Character? { position < source.count ? source[position] : nil }

  private func isAt(_ text: String) -> Bool { source[position...].starts(with: text) }

  private mutating func lose(_ text: String) {
    if !losses.contains(text) { losses.append(text) }
  }

  mutating func run() throws(ForeignExpression.Obstacle) {
    while let character = current {
      switch character {
      case "\\": output += try escape(inClass: false)
      case "[": try characterClass()
      case "(": try group()
      case ")":
        if extended.count > 1 { extended.removeLast() }
        take()
      case "#" where extended.last == true:
        while let character = current, !character.isNewline { _ = character; position += 1 }
      case _ where extended.last == true && character.isWhitespace: position += 1
      case "^", "$":
        lose("'^' and '$' stand for the ends of the stream")
        take()
      default: take()
      }
    }
  }

  private mutating func take() {
    output.append(source[position])
    position += 1
  }

  // MARK: - Groups

  private mutating func group() throws(ForeignExpression.Obstacle) {
    let isExtended = extended.last ?? false
    position += 1
    guard current == "?" else { return capture(named: nil, isExtended: isExtended) }
    for opening in ["?P<", "?<"] where isAt(opening) && !isAt("?<=") && !isAt("?<!") {
      position += opening.count
      var name = ""
      while let character = current, character != ">" {
        name.append(character)
        position += 1
      }
      position += 1
      return capture(named: name, isExtended: isExtended)
    }
    guard !isAt("?:"), !isAt("?="), !isAt("?!"), !isAt("?<"), !isAt("?>") else {
      output += "("
      extended.append(isExtended)
      return
    }
    try settings(isExtended: isExtended)
  }

  private mutating func capture(named name: String?, isExtended: Bool) {
    groupCount += 1
    onCapture?(name)
    output += groupCount == secretGroup ? "(?<secret>" : "(?:"
    extended.append(isExtended)
  }

  /// `?i-s)` and `?i:`, from the question mark on.
  private mutating func settings(isExtended: Bool) throws(ForeignExpression.Obstacle) {
    position += 1
    var on = ""
    var off = ""
    var isOff = false
    var isExtended = isExtended
    while let letter = current, letter != ")", letter != ":" {
      position += 1
      switch letter {
      case "-": isOff = true
      case "x": isExtended = !isOff
      // Bytes are what is matched anyway.
      case "u": break
      case "i", "s", "m": if isOff { off.append(letter) } else { on.append(letter) }
      default:
        throw ForeignExpression.Obstacle(reason: "the setting '(?\(letter))' has no counterpart")
      }
    }
    let text = on + (off.isEmpty ? "" : "-\(off)")
    if current == ":" {
      output += "(?\(text)"
      take()
      extended.append(isExtended)
    } else {
      position += 1
      extended[extended.count - 1] = isExtended
      if !text.isEmpty { output += "(?\(text))" }
    }
  }

  // MARK: - Classes

  private mutating func characterClass() throws(ForeignExpression.Obstacle) {
    take()
    if current == "^" { take() }
    if current == "]" {
      output += "\\]"
      position += 1
    }
    while let character = current, character != "]" {
      switch character {
      case "\\": output += try escape(inClass: true)
      case "[" where isNamedClass:
        while let inner = current, !isAt(":]") {
          output.append(inner)
          position += 1
        }
        take()
        if current != nil { take() }
      case "[" where dialect == .rust:
        throw ForeignExpression.Obstacle(reason: "a class within a class has no counterpart")
      case "[":
        output += "\\["
        position += 1
      case "&" where dialect == .rust && isAt("&&"), "-" where dialect == .rust && isAt("--"),
        "~" where dialect == .rust && isAt("~~"):
        throw ForeignExpression.Obstacle(reason: "set operations in a class have no counterpart")
      default:
        if !character.isASCII {
          lose("characters outside of ASCII in a class stand for their bytes")
        }
        take()
      }
    }
    if current != nil { take() }
  }

  /// `[:alpha:]`.
  private var isNamedClass: Bool {
    guard isAt("[:") else { return false }
    let name = source[(position + 2)...].prefix { $0.isLetter || $0 == "^" }
    return source[(position + 2 + name.count)...].starts(with: ":]")
  }

  // MARK: - Escapes

  private mutating func escape(
    inClass: Bool
  ) throws(ForeignExpression.Obstacle) -> String {
    position += 1
    guard let letter = current else { return "\\" }
    position += 1
    switch letter {
    case "p", "P": return try unicodeClass(isNegated: letter == "P", inClass: inClass)
    case "x" where current == "{", "u" where dialect == .rust, "U" where dialect == .rust:
      return try scalar(digits: letter == "u" ? 4 : 8, inClass: inClass)
    case "x":
      return try scalar(digits: 2, inClass: inClass)
    case "C": throw ForeignExpression.Obstacle(reason: "'\\C' has no counterpart")
    case "b" where current == "{", "<", ">":
      if dialect == .rust {
        throw ForeignExpression.Obstacle(reason: "half word boundaries have no counterpart")
      }
      return "\\\(letter)"
    case "Q" where !inClass: return quoted()
    case "A", "z":
      if !inClass { lose("'\\A' and '\\z' stand for the ends of the stream") }
      return "\\\(letter)"
    case _ where !letter.isASCII: return String(letter)
    default: return "\\\(letter)"
    }
  }

  /// `\Q…\E`.
  private mutating func quoted() -> String {
    var text = ""
    while let character = current, !isAt("\\E") {
      let isPlain = character.isLetter || character.isNumber || !character.isASCII
      text += isPlain ? String(character) : "\\\(character)"
      position += 1
    }
    position = min(position + 2, source.count)
    return text
  }

  /// A code point in hexadecimal digits, with braces or without.
  private mutating func scalar(
    digits: Int, inClass: Bool
  ) throws(ForeignExpression.Obstacle) -> String {
    var text = ""
    if current == "{" {
      position += 1
      while let character = current, character != "}" {
        text.append(character)
        position += 1
      }
      position += 1
    } else {
      while text.count < digits, let character = current, character.isHexDigit {
        text.append(character)
        position += 1
      }
    }
    guard let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else {
      throw ForeignExpression.Obstacle(reason: "a code point cannot be read")
    }
    if value < 0x80 { return "\\x{\(String(value, radix: 16))}" }
    guard !inClass else {
      throw ForeignExpression.Obstacle(
        reason: "a code point beyond ASCII in a class has no counterpart for bytes")
    }
    let bytes = String(scalar).utf8.map { "\\x{\(String($0, radix: 16))}" }
    return "(?:\(bytes.joined()))"
  }

  /// `\pL`, `\p{Greek}`, `\P{^Lu}`.
  private mutating func unicodeClass(
    isNegated: Bool, inClass: Bool
  ) throws(ForeignExpression.Obstacle) -> String {
    var name = ""
    if current == "{" {
      position += 1
      while let character = current, character != "}" {
        name.append(character)
        position += 1
      }
      position += 1
    } else if let character = current {
      name.append(character)
      position += 1
    }
    var isNegated = isNegated
    if name.hasPrefix("^") {
      isNegated.toggle()
      name.removeFirst()
    }
    let set: String? =
      switch name.lowercased() {
      case "l", "letter", "alphabetic": "A-Za-z"
      case "lu", "upper", "uppercase": "A-Z"
      case "ll", "lower", "lowercase": "a-z"
      case "n", "nd", "number", "digit": "0-9"
      default: nil
      }
    guard let set, !(inClass && isNegated) else {
      throw ForeignExpression.Obstacle(
        reason: "the Unicode class '\(name)' has no counterpart for bytes")
    }
    lose("Unicode classes stand for their part of ASCII")
    return inClass ? set : "[\(isNegated ? "^" : "")\(set)]"
  }
}
