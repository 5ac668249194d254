/// Keys whose values are secrets, whatever they look like.
enum SensitiveKey {
  /// Endings of a key, letters and digits only in lower case, and the rule that a literal value
  /// of such a key breaks.
  private static let endings: [(ending: String, rule: String)] = [
    ("password", "generic-password"), ("passwd", "generic-password"),
    ("passphrase", "generic-password"), ("passcode", "generic-password"),
    ("pwd", "generic-password"), ("secret", "generic-secret"), ("secretkey", "generic-secret"),
    ("secretaccesskey", "generic-secret"), ("secretkeybase", "generic-secret"),
    ("credential", "generic-secret"), ("credentials", "generic-secret"),
    ("privatekey", "generic-secret"), ("apikey", "generic-token"), ("authkey", "generic-token"),
    ("accesskey", "generic-token"), ("token", "generic-token"),
  ]
  /// Tokens that open nothing: of texts, of pages, of search.
  private static let harmless = [
    "pagetoken", "nexttoken", "continuationtoken", "cancellationtoken", "synctoken", "padtoken",
    "eostoken", "bostoken", "unktoken", "masktoken", "septoken", "clstoken", "imagetoken",
    "specialtoken", "starttoken", "endtoken",
  ]

  static let rules = Set(endings.map(\.rule))

  /// Whether a text holds a word that a sensitive key ends with; few documents do, and the others
  /// need not be parsed.
  static func isNamed(in bytes: [UInt8]) -> Bool {
    let words = endings.map { Array($0.ending.utf8) }
    let starts = Set(words.map { $0[0] })
    return bytes.indices.contains { index in
      starts.contains(bytes[index] | 0x20)
        && words.contains { begins(bytes[index...], with: $0) }
    }
  }

  /// Without regard to case and to what separates words in keys.
  private static func begins(_ bytes: ArraySlice<UInt8>, with word: [UInt8]) -> Bool {
    var rest = bytes
    for letter in word {
      while let byte = rest.first,
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      {
        rest.removeFirst()
      }
      guard let byte = rest.popFirst(), byte | 0x20 == letter else { return false }
    }
    return true
  }

  /// The rule for a literal value of `key`; nil if the key says nothing.
  static func rule(for key: String) -> String? {
    let letters = String(
      decoding: key.utf8.filter { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
      }, as: UTF8.self
    ).lowercased()
    var name = letters[...]
    while let last = name.last, last.isNumber { name.removeLast() }
    guard !harmless.contains(where: name.hasSuffix) else { return nil }
    return endings.first { name.hasSuffix($0.ending) }?.rule
  }
}
