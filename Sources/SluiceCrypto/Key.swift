/// What a key is for.
///
/// A key of one purpose cannot be passed where another is asked for.
package protocol KeyPurpose {
  /// Names the purpose, with a version, where the key is derived.
  static var label: String { get }
}

/// Purpose of keys that keys of other purposes are derived from.
package protocol DerivationPurpose: KeyPurpose {}
/// Purpose of keys that encrypt.
package protocol SealingPurpose: KeyPurpose {}
/// Purpose of keys that authenticate what others may read.
package protocol AuthenticationPurpose: KeyPurpose {}

/// A 256-bit key for one purpose, in memory that is wiped.
package struct Key<Purpose: KeyPurpose>: ~Copyable, Sendable {
  let bytes: SecretBytes

  /// - Throws: `invalidInput` unless there are 32 bytes.
  package init(_ bytes: consuming SecretBytes) throws(CryptoError) {
    guard bytes.count == keyByteCount else {
      throw .invalidInput("a key of \(bytes.count) bytes")
    }
    self.bytes = bytes
  }

  package static func random() throws(CryptoError) -> Key {
    try Key(try SecureRandom.secret(keyByteCount))
  }

  /// Lends the key's bytes, for sealing the key itself.
  package borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try bytes.withBytes(body)
  }
}

/// Bytes in a key.
package let keyByteCount = 32

extension Key where Purpose: DerivationPurpose {
  /// Derives the key for another purpose by HKDF-SHA-256 (RFC 5869).
  ///
  /// - Parameters:
  ///   - purpose: its label begins the info string.
  ///   - salt: random, or empty where the key must always be the same.
  ///   - context: whose key it is.
  /// - Returns: the same key for the same arguments.
  /// - Throws: `unavailable` if OpenSSL has no HKDF.
  package borrowing func derived<Other>(
    for purpose: Other.Type, salt: [UInt8] = [], context: [UInt8] = []
  ) throws(CryptoError) -> Key<Other> {
    // A NUL ends the label: no label is the beginning of another one plus a context.
    let info = Array(Other.label.utf8) + [0] + context
    return try bytes.withBytes { (bytes) throws(CryptoError) in
      try Key<Other>(try HKDF.derive(from: bytes, salt: salt, info: info, count: keyByteCount))
    }
  }
}

extension Key where Purpose: AuthenticationPurpose {
  /// HMAC-SHA-256 of `message`.
  package borrowing func authenticator(of message: [UInt8]) throws(CryptoError) -> Digest {
    try bytes.withBytes { (key) throws(CryptoError) in
      try HMAC.digest(of: message.span, key: key)
    }
  }
}

extension Key where Purpose: SealingPurpose {
  /// Encrypts `plaintext` so that it opens only under this key and at this place.
  ///
  /// Nonces are unique by construction: each text is sealed under a key and nonce of its own, which
  /// HKDF-SHA-256 gives from this key and 32 random bytes. Unlike random nonces of 96 bits, that
  /// needs no count of how often a key was used.
  ///
  /// - Returns: a format byte (1), the 32 random bytes, the ciphertext, the tag of 16 bytes.
  /// - Throws: `unavailable` if OpenSSL refuses.
  package borrowing func seal(
    _ plaintext: Span<UInt8>, for place: AssociatedData
  ) throws(CryptoError) -> [UInt8] {
    let salt = try SecureRandom.bytes(sealSaltBytes)
    let once = try singleUse(salt: salt)
    let sealed = try once.withBytes { (once) throws(CryptoError) in
      try AESGCM.seal(
        plaintext, key: once.extracting(0..<AESGCM.keyBytes),
        nonce: once.extracting(AESGCM.keyBytes..<once.count), associatedData: place.bytes.span)
    }
    return [sealFormat] + salt + sealed
  }

  /// Decrypts what `seal` gave.
  ///
  /// - Throws: `notAuthentic` if it is damaged, of another place or under another key.
  package borrowing func open(
    _ sealed: [UInt8], at place: AssociatedData
  ) throws(CryptoError) -> SecretBytes {
    guard sealed.count >= 1 + sealSaltBytes + AESGCM.tagBytes, sealed[0] == sealFormat else {
      throw .notAuthentic
    }
    let once = try singleUse(salt: Array(sealed[1..<1 + sealSaltBytes]))
    return try once.withBytes { (once) throws(CryptoError) in
      try AESGCM.open(
        sealed.span.extracting((1 + sealSaltBytes)...),
        key: once.extracting(0..<AESGCM.keyBytes),
        nonce: once.extracting(AESGCM.keyBytes..<once.count), associatedData: place.bytes.span)
    }
  }

  /// Seals another key.
  package borrowing func wrap<Other>(
    _ key: borrowing Key<Other>, for place: AssociatedData
  ) throws(CryptoError) -> [UInt8] {
    try key.bytes.withBytes { (bytes) throws(CryptoError) in try seal(bytes, for: place) }
  }

  /// Opens what `wrap` gave.
  ///
  /// - Throws: `notAuthentic` as `open` does.
  package borrowing func unwrap<Other>(
    _ sealed: [UInt8], as purpose: Other.Type, at place: AssociatedData
  ) throws(CryptoError) -> Key<Other> {
    try Key<Other>(try open(sealed, at: place))
  }

  private borrowing func singleUse(salt: [UInt8]) throws(CryptoError) -> SecretBytes {
    try bytes.withBytes { (bytes) throws(CryptoError) in
      try HKDF.derive(
        from: bytes, salt: salt, info: Array("sluice aes-256-gcm v1".utf8),
        count: AESGCM.keyBytes + AESGCM.nonceBytes)
    }
  }
}

private let sealFormat: UInt8 = 1
private let sealSaltBytes = 32
