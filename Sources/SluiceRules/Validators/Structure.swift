/// A shape that a secret must have, or must not have, beyond what its expression says.
package enum Structure: String, Sendable, Hashable, CaseIterable {
  /// A JSON Web Token or encrypted token: the first part is a JOSE header (RFC 7515 §4,
  /// RFC 7516 §4), a JSON object with `alg`.
  case jwt
  /// The value of a key such as `password` looks like a credential, not like a word of prose, an
  /// identifier, a path or any of the shapes that `notPlaceholder` knows.
  case credential
  /// Not what people write where a secret will stand.
  case notPlaceholder = "not-placeholder"

  package func holds(for secret: Span<UInt8>) -> Bool {
    switch self {
    case .jwt: isJOSEHeader(secret)
    case .credential: !isPlaceholder(secret) && looksLikeCredential(secret)
    case .notPlaceholder: !isPlaceholder(secret)
    }
  }
}

// MARK: - JOSE

private func isJOSEHeader(_ token: Span<UInt8>) -> Bool {
  // Decodes on the fly: the header must open with `{"` and hold the member name `"alg"`.
  var bits: UInt32 = 0
  var bitCount: UInt32 = 0
  var decoded = 0
  var lastFive: UInt64 = 0
  var lastByte: UInt8 = 0
  var hasAlgorithm = false
  let name: UInt64 = 0x22_61_6C_67_22  // "alg" with its quotes
  for index in token.indices {
    let byte = token[index]
    if byte == UInt8(ascii: ".") { break }
    guard let sextet = base64URLValue(of: byte) else { return false }
    bits = bits &<< 6 | sextet
    bitCount &+= 6
    guard bitCount >= 8 else { continue }
    bitCount &-= 8
    lastByte = UInt8(truncatingIfNeeded: bits &>> bitCount)
    if decoded == 0 && lastByte != UInt8(ascii: "{") { return false }
    decoded &+= 1
    lastFive = (lastFive &<< 8 | UInt64(lastByte)) & 0xFF_FFFF_FFFF
    if lastFive == name { hasAlgorithm = true }
  }
  return hasAlgorithm && lastByte == UInt8(ascii: "}")
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

// MARK: - Placeholders

/// Lower case; a value that holds one of them stands for a secret and is none.
///
/// By first byte: the words that can begin at a byte of the value are looked up, not tried in turn.
private let placeholderWords: InlineArray<256, [[UInt8]]> = {
  let words: [[UInt8]] = [
    "example", "changeme", "change_me", "change-me", "change_this", "placeholder", "your_", "your-",
    "yourpass", "yourtoken", "yourkey", "dummy", "redacted", "masked", "xxxx", "****", "....",
    "insert_", "replace_me", "replaceme", "not_set", "notset", "undefined",
  ].map { Array($0.utf8) }
  return InlineArray { byte in words.filter { Int($0[0]) == byte } }
}()

private func isPlaceholder(_ value: Span<UInt8>) -> Bool {
  guard let first = value.isEmpty ? nil : value[0] else { return true }
  let last = value[value.count - 1]
  let second = value.count > 1 ? value[1] : 0
  switch (first, second) {
  case (UInt8(ascii: "$"), UInt8(ascii: "{")), (UInt8(ascii: "$"), UInt8(ascii: "(")),
    (UInt8(ascii: "{"), UInt8(ascii: "{")), (UInt8(ascii: "#"), UInt8(ascii: "{")),
    (UInt8(ascii: "<"), UInt8(ascii: "%")), (UInt8(ascii: "@"), UInt8(ascii: "@")):
    return true
  case (UInt8(ascii: "$"), _) where isIdentifier(value.extracting(1...)): return true
  case (UInt8(ascii: "<"), _) where last == UInt8(ascii: ">"): return true
  case (UInt8(ascii: "%"), _) where last == UInt8(ascii: "%"): return true
  case (UInt8(ascii: "["), _) where last == UInt8(ascii: "]"): return true
  default: break
  }
  if isOneCharacterRepeated(value) { return true }
  for start in value.indices {
    for word in placeholderWords[Int(folded(value[start]))]
    where begins(with: word, value, at: start) { return true }
  }
  return false
}

/// A shell or template variable's name: upper case and `_`, as environment variables are written.
private func isIdentifier(_ name: Span<UInt8>) -> Bool {
  !name.isEmpty
    && name.indices.allSatisfy {
      switch name[$0] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"): $0 > 0
      default: false
      }
    }
}

private func isOneCharacterRepeated(_ value: Span<UInt8>) -> Bool {
  value.indices.allSatisfy { value[$0] == value[0] }
}

/// Whether `word`, which is lower case, stands in `value` in any case.
private func holds(_ word: [UInt8], in value: Span<UInt8>) -> Bool {
  guard value.count >= word.count else { return false }
  for start in 0...value.count - word.count where begins(with: word, value, at: start) {
    return true
  }
  return false
}

private func begins(with word: [UInt8], _ value: Span<UInt8>, at start: Int) -> Bool {
  guard start + word.count <= value.count else { return false }
  var length = 0
  while length < word.count, folded(value[start + length]) == word[length] { length += 1 }
  return length == word.count
}

/// The byte with an ASCII capital turned into its small letter.
func folded(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}

// MARK: - Credentials

private func looksLikeCredential(_ value: Span<UInt8>) -> Bool {
  var letters = 0
  var upper = 0
  var digits = 0
  var separators = 0
  var others = 0
  for index in value.indices {
    switch value[index] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letters += 1
    case UInt8(ascii: "A")...UInt8(ascii: "Z"):
      letters += 1
      upper += 1
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"),
      UInt8(ascii: "/"), UInt8(ascii: " "):
      separators += 1
    default: others += 1
    }
  }
  // A word, an identifier, a sentence or a key path; a number, a date, a version or an address.
  if digits == 0 && others == 0 && (separators > 0 || value.count < 20) { return false }
  if letters == 0 && others == 0 { return false }
  if letters == 1 && isNumberWithExponent(value) { return false }
  return !isUUID(value) && !isPath(value) && !isHashLabel(value)
}

private let urlMark = Array("://".utf8)
private let driveMark = Array(":\\".utf8)

/// A number as JSON writes it, such as `1.5e-7`; a mask in its place would be none.
private func isNumberWithExponent(_ value: Span<UInt8>) -> Bool {
  value.indices.allSatisfy { index in
    switch value[index] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}

/// RFC 9562 text form.
private func isUUID(_ value: Span<UInt8>) -> Bool {
  guard value.count == 36 else { return false }
  return value.indices.allSatisfy { index in
    switch index {
    case 8, 13, 18, 23: value[index] == UInt8(ascii: "-")
    default: isHexDigit(value[index])
    }
  }
}

private func isHexDigit(_ byte: UInt8) -> Bool {
  byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
}

private func isPath(_ value: Span<UInt8>) -> Bool {
  switch value[0] {
  case UInt8(ascii: "/"):
    // A base64 secret may open with a slash and hold more; a path has names between them.
    return value.indices.dropFirst().contains { value[$0] == UInt8(ascii: "/") }
      && shannonEntropy(of: value) < 4.3
  case UInt8(ascii: "."), UInt8(ascii: "~"):
    return value.count > 1 && value.indices.contains { value[$0] == UInt8(ascii: "/") }
  default:
    return holds(urlMark, in: value) || holds(driveMark, in: value)
  }
}

/// `sha256:…`, `sha512-…`, `md5:…`: a digest names itself.
private func isHashLabel(_ value: Span<UInt8>) -> Bool {
  let head = value.extracting(first: 7)
  return hashLabels.contains { holds($0, in: head) }
}

private let hashLabels: [[UInt8]] = [
  "sha1:", "sha1-", "sha256:", "sha256-", "sha384-", "sha512:", "sha512-", "md5:",
].map { Array($0.utf8) }
