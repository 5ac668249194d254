// Formats that are JSON in base64.

/// A compact JOSE serialisation: base64url parts with dots between them.
struct JOSEToken {
  private var parts = 0
  private var hasAlgorithm = false
  private var isAlgorithmNone = false
  private var isEncrypted = false
  private var hasClaims = false
  private var signatureLength = 0

  /// - Returns: nil if there is no header that is a JSON object.
  init?(_ token: Span<UInt8>) {
    var start = 0
    // A prefix before the token, as in `ghs_1_eyJ…`, is no part of it.
    while start + 3 <= token.count, !Self.beginsObject(at: start, in: token) { start += 1 }
    guard start + 3 <= token.count else { return nil }
    while start <= token.count, parts < 6 {
      var end = start
      while end < token.count, token[end] != UInt8(ascii: ".") { end += 1 }
      let part = token.extracting(start..<end)
      switch parts {
      case 0:
        guard readHeader(part) else { return nil }
      case 1: hasClaims = readObject(part, with: { _ in })
      default: signatureLength = part.count
      }
      parts += 1
      start = end + 1
    }
  }

  /// `eyJ` or `ewo`: an object that is written in one line, or in several.
  private static func beginsObject(at index: Int, in text: Span<UInt8>) -> Bool {
    text[index] == UInt8(ascii: "e")
      && (text[index + 1] == UInt8(ascii: "y") || text[index + 1] == UInt8(ascii: "w"))
  }

  private mutating func readHeader(_ part: Span<UInt8>) -> Bool {
    var found = (algorithm: false, none: false, encryption: false)
    let isObject = readObject(part) { reader in
      if reader.isName("alg"), reader.kind == .string {
        found.algorithm = true
        found.none = reader.value.equals("none")
      } else if reader.isName("enc") {
        found.encryption = true
      }
    }
    (hasAlgorithm, isAlgorithmNone, isEncrypted) = found
    return isObject
  }

  var isToken: Bool {
    guard hasAlgorithm else { return false }
    if isEncrypted { return parts == 5 }
    return parts == 3 && hasClaims && (signatureLength > 0 || isAlgorithmNone)
  }

  var isUnsigned: Bool { parts == 3 && hasClaims && isAlgorithmNone }

  func insights(in token: Span<UInt8>) -> [Insight] {
    guard isToken else { return [] }
    var insights: [Insight] = []
    var start = 0
    while start + 3 <= token.count, !Self.beginsObject(at: start, in: token) { start += 1 }
    for part in 0..<2 {
      var end = start
      while end < token.count, token[end] != UInt8(ascii: ".") { end += 1 }
      _ = readObject(token.extracting(start..<end)) { reader in
        if part == 0, let insight = Self.headerInsight(reader) { insights.append(insight) }
        if part == 1, let insight = memberInsight(reader) { insights.append(insight) }
      }
      start = end + 1
      guard start < token.count else { break }
    }
    return insights
  }

  private static func headerInsight(_ reader: JSONObjectReader) -> Insight? {
    guard reader.kind == .string, reader.isName("alg") else { return nil }
    return Insight(.algorithm, untrusted: reader.value.whole)
  }
}

/// What a member of a token's JSON tells; nil for what is nobody's business.
private func memberInsight(_ reader: JSONObjectReader) -> Insight? {
  switch reader.kind {
  case .number:
    if reader.isName("exp") { return Insight(.expires, secondsSince1970: reader.value.whole) }
    if reader.isName("iat") { return Insight(.issued, secondsSince1970: reader.value.whole) }
    return nil
  case .string:
    for name in ["iss", "url", "signInAddress"] where reader.isName(name) {
      return Insight(.issuer, untrusted: reader.value.whole)
    }
    for name in ["org", "organization", "account", "u", "project_id"] where reader.isName(name) {
      return Insight(.account, untrusted: reader.value.whole)
    }
    return nil
  case .literal, .nested: return nil
  }
}

/// Reads base64 of one JSON object and nothing else.
///
/// - Returns: whether it is one; `member` was called for each of its members.
private func readObject(
  _ text: Span<UInt8>, mayGoOn: Bool = false, with member: (JSONObjectReader) -> Void
) -> Bool {
  var base64 = Base64Reader()
  var json = JSONObjectReader()
  while let byte = base64.byte(in: text) {
    switch json.feed(byte) {
    case .invalid: return false
    case .member: member(json)
    case .none: break
    }
    if mayGoOn, json.isComplete { return true }
  }
  return json.isComplete && base64.isAtEnd(of: text)
}

/// As `readObject`, from the first `eyJ` or `ewo` on; what follows the object does not count.
func readEncodedObject(_ text: Span<UInt8>, with member: (JSONObjectReader) -> Void) -> Bool {
  for start in text.indices where start + 3 <= text.count && text[start] == UInt8(ascii: "e") {
    let isObject =
      text[start + 1] == UInt8(ascii: "y") && text[start + 2] == UInt8(ascii: "J")
      || text[start + 1] == UInt8(ascii: "w") && text[start + 2] == UInt8(ascii: "o")
    if isObject { return readObject(text.extracting(start...), mayGoOn: true, with: member) }
  }
  return false
}

func objectInsights(in text: Span<UInt8>) -> [Insight] {
  var insights: [Insight] = []
  let isObject = readEncodedObject(text) { reader in
    if let insight = memberInsight(reader) { insights.append(insight) }
  }
  return isObject ? insights : []
}

/// The key file of a Google service account (`type` is `service_account`).
func isServiceAccountKey(_ text: Span<UInt8>) -> Bool {
  var isServiceAccount = false
  var hasKey = false
  let isObject = readEncodedObject(text) { reader in
    guard reader.kind == .string else { return }
    if reader.isName("type") { isServiceAccount = reader.value.equals("service_account") }
    if reader.isName("private_key") { hasKey = reader.value.count > 200 }
  }
  return isObject && isServiceAccount && hasKey
}
