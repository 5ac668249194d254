internal import SluiceBuiltins
internal import SluiceLibrary
internal import SluiceRules
internal import SluiceScan

/// Text for standard error that may repeat what a user wrote: a path, a name out of a file.
enum ErrorText {
  /// Text out of a file, for a line of a result: nothing in it moves the cursor.
  static func printable(_ text: String) -> String {
    String(
      text.unicodeScalars.map { scalar in
        let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
        return isControl ? "\u{FFFD}" : Character(scalar)
      })
  }

  /// The text as `sluice filter` would pass it on (G3): a token that was given for a path is
  /// masked in the message that says that there is no such file.
  static func masked(_ text: String) -> String {
    guard let rules = try? CompiledRules(RuleSet(BuiltinRules.forScanning())) else {
      return "sluice: error: the built-in rules cannot be used"
    }
    return String(decoding: redacted(Array(text.utf8), rules: rules), as: UTF8.self)
  }
}
