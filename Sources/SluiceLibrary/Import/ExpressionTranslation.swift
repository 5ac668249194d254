/// The walk over an expression.
struct ExpressionTranslation {
  let source: [Character]
  let dialect: ForeignExpression.Dialect
  private let secretGroup: Int
  var position = 0
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

  var current: Character? { position < source.count ? source[position] : nil }

  func isAt(_ text: String) -> Bool { source[position...].starts(with: text) }

  mutating func lose(_ text: String) {
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
}
