/// A format that the bytes of a secret must have, read the way that its user would read it.
///
/// Reading says more than yes or no: what a secret tells about itself is its insights.
package enum Format: String, Sendable, Hashable, CaseIterable {
  /// A JSON Web Token: a header with `alg`, and claims, or the five parts of an encrypted one
  /// (RFC 7519, RFC 7516).
  case jwt
  /// As `jwt`, but not signed: the header says `"alg":"none"` (RFC 7519 §6).
  case unsignedJWT = "jwt-unsigned"
  /// Base64 of a JSON object, after a prefix up to the first `eyJ`, and whatever follows it.
  case base64JSON = "base64-json"
  /// Base64 of the JSON of a Google service account's key.
  case googleServiceAccount = "google-service-account"
  /// Base64 of `user:password` (RFC 7617).
  case basicCredentials = "basic-credentials"
  /// Base64 of a private key: PKCS #1, PKCS #8, SEC 1, OpenSSH or OpenPGP.
  case privateKey = "private-key"
  /// Base64 of a key store: PKCS #12, JKS or JCEKS.
  case keyStore = "key-store"
  /// An AWS access key id.
  case awsKeyID = "aws-key-id"
  /// A UUID of a version and variant that RFC 9562 defines.
  case uuid
  /// A UUID of version 4: random.
  case uuid4

  package func holds(for secret: Span<UInt8>) -> Bool {
    switch self {
    case .jwt: JOSEToken(secret)?.isToken ?? false
    case .unsignedJWT: JOSEToken(secret)?.isUnsigned ?? false
    case .base64JSON: readEncodedObject(secret, with: { _ in })
    case .googleServiceAccount: isServiceAccountKey(secret)
    case .basicCredentials: isBasicCredentials(secret)
    case .privateKey: PrivateKeyFormat(secret) != nil
    case .keyStore: KeyStoreFormat(secret) != nil
    case .awsKeyID: AWSKeyID(secret) != nil
    case .uuid: uuidVersion(of: secret) != nil
    case .uuid4: uuidVersion(of: secret) == 4
    }
  }

  /// What the secret tells about itself; empty if it has not this format.
  package func insights(in secret: Span<UInt8>) -> [Insight] {
    switch self {
    case .jwt, .unsignedJWT:
      holds(for: secret) ? JOSEToken(secret)?.insights(in: secret) ?? [] : []
    case .base64JSON, .googleServiceAccount: objectInsights(in: secret)
    case .privateKey: PrivateKeyFormat(secret)?.insights ?? []
    case .keyStore: KeyStoreFormat(secret).map { [Insight(.key, $0.rawValue)] } ?? []
    case .awsKeyID: AWSKeyID(secret)?.insights ?? []
    case .basicCredentials, .uuid, .uuid4: []
    }
  }
}

/// User and password in base64, with a colon between them and without control characters; UTF-8,
/// as words that happen to be base64 rarely decode to.
private func isBasicCredentials(_ secret: Span<UInt8>) -> Bool {
  var reader = Base64Reader()
  var hasColon = false
  var continuationBytes = 0
  while let byte = reader.byte(in: secret) {
    guard byte >= 0x20, byte != 0x7F, (continuationBytes > 0) == (byte & 0xC0 == 0x80) else {
      return false
    }
    switch byte {
    case 0x80..<0xC0: continuationBytes -= 1
    case 0xC2..<0xE0: continuationBytes = 1
    case 0xE0..<0xF0: continuationBytes = 2
    case 0xF0..<0xF5: continuationBytes = 3
    case 0x80...: return false
    default: break
    }
    if byte == UInt8(ascii: ":") { hasColon = true }
  }
  // A token may stand in the place of the user, with nothing after the colon.
  return hasColon && continuationBytes == 0 && reader.isAtEnd(of: secret)
}

/// The version of a UUID in the text form of RFC 9562; nil if it is none.
private func uuidVersion(of text: Span<UInt8>) -> UInt8? {
  guard text.count == 36 else { return nil }
  for index in text.indices {
    switch index {
    case 8, 13, 18, 23: guard text[index] == UInt8(ascii: "-") else { return nil }
    default: guard hexNibble(text[index]) != nil else { return nil }
    }
  }
  guard let version = hexNibble(text[14]), (1...8).contains(version),
    let variant = hexNibble(text[19]), (8...11).contains(variant)
  else { return nil }
  return version
}

/// The id of an AWS access key, which holds the number of its account.
private struct AWSKeyID {
  private let account: UInt64?

  init?(_ text: Span<UInt8>) {
    var bytes = InlineArray<10, UInt8>(repeating: 0)
    guard text.count == 20, decodeBase32(text.extracting(4...), into: &bytes) else { return nil }
    var number: UInt64 = 0
    for index in 0..<6 { number = number << 8 | UInt64(bytes[index]) }
    // Ids of before 2019 begin with I or J and hold no account.
    let isOld = text[4] == UInt8(ascii: "I") || text[4] == UInt8(ascii: "J")
    account = isOld ? nil : (number & 0x7FFF_FFFF_FF80) >> 7
  }

  var insights: [Insight] {
    guard let account else { return [] }
    let digits = String(account)
    return [Insight(.account, String(repeating: "0", count: max(12 - digits.count, 0)) + digits)]
  }
}
