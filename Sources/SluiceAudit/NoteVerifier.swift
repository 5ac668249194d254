package import SluiceCrypto

/// A key that notes are checked with: a log's own, or a witness's (C2SP tlog-cosignature).
package struct NoteVerifier: Sendable, Hashable {
  package enum Kind: UInt8, Sendable {
    case ed25519 = 1
    case cosignature = 4
  }

  package let name: String
  package let kind: Kind
  package let key: VerifyingKey

  package init(name: String, kind: Kind = .ed25519, key: VerifyingKey) {
    self.name = name
    self.kind = kind
    self.key = key
  }

  /// Whether a key may have this name.
  package static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("+")
      && !name.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
  }

  /// The first 32 bits of the hash of name, kind and key.
  package var keyID: UInt32 {
    SHA256.digest(of: Array(name.utf8) + [0x0A, kind.rawValue] + key.bytes).bytes[..<4]
      .reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// `name+id+base64(kind and key)`.
  package var text: String {
    let id = (0..<4).map { UInt8(truncatingIfNeeded: keyID >> (24 - 8 * $0)) }
    return "\(name)+\(Hexadecimal.text(of: id))+\(Base64.text(of: [kind.rawValue] + key.bytes))"
  }

  /// Reads what `text` gives.
  ///
  /// Nil for an unknown kind of key, or an id that does not fit the key.
  package init?(_ text: String) {
    let fields = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, Self.isName(String(fields[0])),
      let blob = Base64.bytes(of: fields[2]), let first = blob.first,
      let kind = Kind(rawValue: first),
      let key = VerifyingKey(Array(blob.dropFirst()))
    else { return nil }
    self.init(name: String(fields[0]), kind: kind, key: key)
    guard fields[1].utf8.count == 8, UInt32(fields[1], radix: 16) == keyID else { return nil }
  }

  func isValid(_ signature: [UInt8], of text: String) -> Bool {
    switch kind {
    case .ed25519: return key.isValid(signature: signature, of: Array(text.utf8))
    case .cosignature:
      guard signature.count == 8 + SigningKey.signatureBytes else { return false }
      let time = signature[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard time > 0 else { return false }
      return key.isValid(
        signature: Array(signature[8...]),
        of: Array("cosignature/v1\ntime \(time)\n\(text)".utf8))
    }
  }
}
