extension ExpressionTranslation {
  mutating func escape(
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
