/// A line with slots: `‹U›`, `‹l›` and others for the key, `‹v›` for the value, `‹line›` for a line.
package struct Template: Sendable {
  package let name: String
  /// How what fills the slot is written.
  package let encoding: TextEncoding
  package let text: String

  /// One template a line: name, encoding, text, with tabs between them; `\n`, `\t`, `\r`, `\e` and
  /// `\\` in the text are what they are in C.
  package static func all(in file: String) -> [Template] {
    file.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let cells = line.split(separator: "\t", maxSplits: 2).map(String.init)
      guard cells.count == 3, let encoding = TextEncoding(rawValue: cells[1]) else {
        preconditionFailure("'\(line)' is no template")
      }
      return Template(name: cells[0], encoding: encoding, text: unescaped(cells[2]))
    }
  }

  private static func unescaped(_ text: String) -> String {
    var output = ""
    var rest = text[...]
    while let character = rest.popFirst() {
      guard character == "\\", let next = rest.popFirst() else {
        output.append(character)
        continue
      }
      switch next {
      case "n": output += "\n"
      case "t": output += "\t"
      case "r": output += "\r"
      case "e": output += "\u{1B}"
      default: output.append(next)
      }
    }
    return output
  }

  /// The text before and after the slot `name`, with the key's slots filled.
  func parts(around name: String, key: KeyName?) -> (before: String, after: String) {
    let slot = "‹\(name)›"
    guard let place = text.firstRange(of: slot) else {
      preconditionFailure("'\(text)' has no \(slot)")
    }
    return (
      Self.filled(text[..<place.lowerBound], key), Self.filled(text[place.upperBound...], key)
    )
  }

  private static func filled(_ text: Substring, _ key: KeyName?) -> String {
    guard let key else { return String(text) }
    var output = ""
    var rest = text
    while let opening = rest.firstIndex(of: "‹"), let closing = rest[opening...].firstIndex(of: "›")
    {
      output += rest[..<opening]
      let slot = rest[rest.index(after: opening)..<closing]
      output += key.text(of: slot) ?? "‹\(slot)›"
      rest = rest[rest.index(after: closing)...]
    }
    return output + rest
  }
}
