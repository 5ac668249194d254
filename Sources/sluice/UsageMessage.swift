/// What ArgumentParser says about a wrong command line, without repeating what stood there.
///
/// A token that was typed in the wrong place must not get into a log by way of the error (G3,
/// G12): the message says which argument it was and not what it held. Names of options stay, if
/// they look like one.
enum UsageMessage {
  /// - Parameters:
  ///   - message: ArgumentParser's text; it quotes arguments as `'…'`.
  ///   - arguments: the command line without the program.
  /// - Returns: the text with the places of what it quoted.
  static func withoutValues(_ message: String, arguments: [String]) -> String {
    let parts = message.split(separator: "\nUsage: ", maxSplits: 1)
    guard var text = parts.first.map(String.init) else { return message }
    let values = arguments.enumerated()
      .flatMap { index, argument in secretParts(of: argument).map { (index + 1, $0) } }
      .sorted { $0.1.utf8.count > $1.1.utf8.count }
    for (number, value) in values {
      text = text.replacing("'\(value)'", with: "(argument \(number), not shown)")
    }
    // ArgumentParser quotes what it repeats; should it ever not, what is long enough to be told
    // from ordinary words goes all the same.
    for (number, value) in values where value.utf8.count >= 8 {
      text = text.replacing(value, with: "argument \(number)")
    }
    return parts.count == 2 ? "\(text)\nUsage: \(parts[1])" : text
  }

  /// What of an argument may be a secret, and the forms in which a message may repeat it.
  private static func secretParts(of argument: String) -> [String] {
    guard argument.hasPrefix("-"), argument != "-" else { return [argument] }
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let value = parts.count == 2 ? [String(parts[1]), argument] : []
    return isOptionName(name) ? value : value + [name, argument]
  }

  /// `--kebab-case` of letters, or one letter after a dash.
  private static func isOptionName(_ name: String) -> Bool {
    let body = name.utf8.drop { $0 == UInt8(ascii: "-") }
    let dashes = name.utf8.count - body.count
    if dashes == 1 { return body.count == 1 }
    return dashes == 2 && body.count <= 24
      && body.allSatisfy { $0 &- 0x61 < 26 || $0 == UInt8(ascii: "-") }
  }
}
