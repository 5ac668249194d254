/// A shape that a secret must have, or must not have, beyond what its expression says.
package enum Structure: String, Sendable, Hashable, CaseIterable {
  /// A JSON Web Token or encrypted token: the first part is a JOSE header (RFC 7515 §4,
  /// RFC 7516 §4), a JSON object with the member `alg`.
  case jwt
  /// The value of a key such as `token` looks like a credential; see `credentialScore`, with a
  /// key of medium strength; not a UUID, which is an identifier more often.
  case credential
  /// Not what people write where a secret will stand.
  case notPlaceholder = "not-placeholder"

  package func holds(for secret: Span<UInt8>) -> Bool {
    switch self {
    case .jwt: isJOSEHeader(secret)
    case .credential: !isUUID(secret) && isCredential(secret, under: .medium)
    case .notPlaceholder: !isPlaceholder(secret)
    }
  }
}

// MARK: - JOSE

/// Decodes on the fly and follows the JSON: the header must be an object with the member `alg`.
private func isJOSEHeader(_ token: Span<UInt8>) -> Bool {
  var bits: UInt32 = 0
  var bitCount: UInt32 = 0
  var header = HeaderReader()
  for index in token.indices {
    let byte = token[index]
    if byte == UInt8(ascii: ".") { break }
    guard let sextet = base64URLValue(of: byte) else { return false }
    bits = bits &<< 6 | sextet
    bitCount &+= 6
    guard bitCount >= 8 else { continue }
    bitCount &-= 8
    guard header.read(UInt8(truncatingIfNeeded: bits &>> bitCount)) else { return false }
  }
  return header.hasAlgorithm && header.isComplete
}

/// Reads the bytes of a JSON object, as far as it takes to see the names of its members.
private struct HeaderReader {
  private(set) var hasAlgorithm = false
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The last bytes of the string that is open, or was closed last.
  private var name: UInt32 = 0
  private var nameLength = 0
  /// Whether the last thing but blanks was the string `alg`: a name, if a colon follows.
  private var isAlgorithm = false

  var isComplete: Bool { depth == 0 && !isInString && hasStarted }
  private var hasStarted = false

  /// - Returns: false if this is no JSON object, or one that is already complete.
  mutating func read(_ byte: UInt8) -> Bool {
    if isInString {
      readString(byte)
      return true
    }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      return hasStarted
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard hasStarted ? depth > 0 : byte == UInt8(ascii: "{") else { return false }
      hasStarted = true
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
    case UInt8(ascii: "\""):
      isInString = true
      (name, nameLength) = (0, 0)
    case UInt8(ascii: ":"):
      if isAlgorithm && depth == 1 { hasAlgorithm = true }
    default: break
    }
    if byte != UInt8(ascii: "\"") { isAlgorithm = false }
    return hasStarted && depth >= 0
  }

  private mutating func readString(_ byte: UInt8) {
    if byte == UInt8(ascii: "\"") && !isEscaped {
      isInString = false
      isAlgorithm = nameLength == 3 && name == 0x61_6C67  // alg
      return
    }
    isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    name = name &<< 8 | UInt32(byte)
    nameLength += 1
  }
}

private func base64URLValue(of byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - 0x41)
  case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - 0x61 + 26)
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - 0x30 + 52)
  case UInt8(ascii: "-"): 62
  case UInt8(ascii: "_"): 63
  default: nil
  }
}
