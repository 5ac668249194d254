internal import SluiceCrypto

/// Writes a value so that the definition means it, at one place.
struct DefinitionWriter {
  let syntax: DefinitionSyntax
  let slot: DefinitionTemplate.Slot

  /// - Throws: `VaultError.invalid`; the value is not in it.
  func written(_ value: Span<UInt8>) throws(VaultError) -> SecretBytes {
    switch slot.place {
    case .inDoubleQuotes: return try escaped(value, inQuotes: false)
    case .inSingleQuotes: return try singleQuoted(value, inQuotes: false)
    case .bare: return try bare(value)
    case .comment: preconditionFailure("a comment holds no reference")
    }
  }

  private func bare(_ value: Span<UInt8>) throws(VaultError) -> SecretBytes {
    let isPlain = value.indices.allSatisfy { Self.isPlain(value[$0]) }
    if slot.isWhole {
      // In YAML digits alone would be a number.
      if syntax == .yaml || syntax == .toml { return try escaped(value, inQuotes: true) }
      return isPlain
        ? SecretBytes(copying: value) : try singleQuoted(value, inQuotes: true)
    }
    guard isPlain else {
      throw problem("holds characters that mean something here", "put the text in double quotes")
    }
    return SecretBytes(copying: value)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "_./+=@-".utf8.contains(byte)
    }
  }

  private func singleQuoted(
    _ value: Span<UInt8>, inQuotes: Bool
  ) throws(VaultError) -> SecretBytes {
    var quotes = 0
    for index in value.indices {
      if value[index] == UInt8(ascii: "'") { quotes += 1 }
      guard value[index] >= 0x20 else {
        throw problem("has line ends or control characters", "use double quotes")
      }
    }
    guard quotes == 0 || syntax == .yaml else {
      throw problem("holds a single quote", "use double quotes")
    }
    return SecretBytes(count: value.count + quotes + (inQuotes ? 2 : 0)) { output in
      if inQuotes { output.append(UInt8(ascii: "'")) }
      for index in value.indices {
        output.append(value[index])
        if value[index] == UInt8(ascii: "'") { output.append(value[index]) }
      }
      if inQuotes { output.append(UInt8(ascii: "'")) }
    }
  }

  /// With the escapes that JSON, YAML and TOML share (RFC 8259 §7), and `\$` for shells.
  private func escaped(_ value: Span<UInt8>, inQuotes: Bool) throws(VaultError) -> SecretBytes {
    guard isUTF8(value) else {
      throw problem("is no text", "give it as a file of its own instead")
    }
    var length = inQuotes ? 2 : 0
    for index in value.indices { length += escape(value[index]).count }
    return SecretBytes(count: length) { output in
      if inQuotes { output.append(UInt8(ascii: "\"")) }
      for index in value.indices {
        for byte in escape(value[index]) { output.append(byte) }
      }
      if inQuotes { output.append(UInt8(ascii: "\"")) }
    }
  }

  private func escape(_ byte: UInt8) -> [UInt8] {
    let backslash = UInt8(ascii: "\\")
    switch byte {
    case UInt8(ascii: "\""), backslash: return [backslash, byte]
    case UInt8(ascii: "$") where syntax == .env: return [backslash, byte]
    case 0x0A: return [backslash, UInt8(ascii: "n")]
    case 0x0D: return [backslash, UInt8(ascii: "r")]
    case 0x09: return [backslash, UInt8(ascii: "t")]
    case 0..<0x20, 0x7F: return Array("\\u00\(Hexadecimal.text(of: [byte]))".utf8)
    default: return [byte]
    }
  }

  /// Without a `String`, which would leave a copy behind (RFC 3629).
  private func isUTF8(_ value: Span<UInt8>) -> Bool {
    var index = 0
    while index < value.count {
      let byte = value[index]
      let length: Int
      switch byte {
      case 0..<0x80: length = 1
      case 0xC2...0xDF: length = 2
      case 0xE0...0xEF: length = 3
      case 0xF0...0xF4: length = 4
      default: return false
      }
      guard index + length <= value.count else { return false }
      for offset in 1..<max(length, 2) where offset < length {
        guard value[index + offset] & 0xC0 == 0x80 else { return false }
      }
      if length > 2 {
        let second = value[index + 1]
        switch byte {
        case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90,
          0xF4 where second > 0x8F:
          return false
        default: break
        }
      }
      index += length
    }
    return true
  }

  private func problem(_ what: String, _ advice: String) -> VaultError {
    .invalid(
      problem: "line \(slot.line): the value of '\(slot.reference.text)' \(what); \(advice)")
  }
}
