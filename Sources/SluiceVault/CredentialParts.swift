internal import SluiceCrypto

/// The secrets in a value that holds more than one text: what leaks is often the password alone.
enum CredentialParts {
  /// Shorter texts mean nothing by themselves.
  static let shortest = 8

  /// Calls `body` for each secret that is a part of the value.
  ///
  /// These are the texts of a JSON object, unless their names say that they are none, and the
  /// password of a URI.
  static func forEach(of value: Span<UInt8>, _ body: (Span<UInt8>) throws -> Void) rethrows {
    if let password = password(ofURI: value) {
      try body(value.extracting(password))
      return
    }
    guard value.count > 0, value[0] == UInt8(ascii: "{") else { return }
    let copy = SecretValue(SecretBytes(copying: value), version: 0)
    guard let object = CredentialObject(copy) else { return }
    for member in object.members where member.text.count >= shortest {
      let name = String(decoding: member.name.map { value[$0] }, as: UTF8.self)
      guard !publicNames.contains(name.lowercased()), let secret = object.secret(name) else {
        continue
      }
      try secret.bytes.withBytes { try body($0) }
    }
  }

  private static let publicNames: Set = [
    "username", "user", "login", "role", "host", "hostname", "port", "database", "dbname",
    "engine", "accesskeyid", "access_key_id", "region", "endpoint", "type", "name", "account",
    "email", "client_email", "project_id", "tenant",
  ]

  /// Where the password stands in `scheme://user:password@host`; nil if the value is none.
  private static func password(ofURI value: Span<UInt8>) -> Range<Int>? {
    guard value.count <= 4096 else { return nil }
    let colon = UInt8(ascii: ":")
    let slash = UInt8(ascii: "/")
    var index = 0
    while index < value.count, value[index] != colon {
      guard value[index] | 0x20 &- 0x61 < 26 || "+.-0123456789".utf8.contains(value[index]) else {
        return nil
      }
      index += 1
    }
    guard index > 0, index + 2 < value.count, value[index + 1] == slash, value[index + 2] == slash
    else { return nil }
    index += 3
    var start: Int?
    while index < value.count, value[index] != slash, value[index] > 0x20 {
      if value[index] == colon && start == nil { start = index + 1 }
      if value[index] == UInt8(ascii: "@"), let start {
        return index - start >= shortest ? start..<index : nil
      }
      index += 1
    }
    return nil
  }
}
