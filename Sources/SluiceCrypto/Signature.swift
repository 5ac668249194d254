internal import COpenSSL

/// The private half of an Ed25519 key pair (RFC 8032).
package struct SigningKey: ~Copyable, Sendable {
  package static let seedBytes = 32
  package static let signatureBytes = 64

  private let seed: SecretBytes
  package let verifyingKey: VerifyingKey

  /// - Throws: `invalidInput` unless the seed has 32 bytes.
  package init(seed: consuming SecretBytes) throws(CryptoError) {
    guard seed.count == Self.seedBytes else { throw .invalidInput("an Ed25519 seed") }
    verifyingKey = try seed.withBytes { (bytes) throws(CryptoError) in
      try Self.verifyingKey(ofSeed: bytes)
    }
    self.seed = seed
  }

  package static func random() throws(CryptoError) -> SigningKey {
    try SigningKey(seed: try SecureRandom.secret(seedBytes))
  }

  /// Lends the seed, for sealing it.
  package borrowing func withSeed<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try seed.withBytes(body)
  }

  /// - Returns: the 64 bytes of the signature.
  package borrowing func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
    try seed.withBytes { (bytes) throws(CryptoError) in
      guard let key = unsafe Self.privateKey(bytes) else {
        throw .unavailable(algorithm: "Ed25519")
      }
      defer { unsafe EVP_PKEY_free(key) }
      guard let context = unsafe EVP_MD_CTX_new() else { throw .unavailable(algorithm: "Ed25519") }
      defer { unsafe EVP_MD_CTX_free(context) }
      var signature = [UInt8](repeating: 0, count: Self.signatureBytes)
      var length = signature.count
      // SAFETY: `length` says how much room the signature has; the message is only read.
      guard unsafe EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
        unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1,
        length == Self.signatureBytes
      else {
        throw .unavailable(algorithm: "Ed25519")
      }
      return signature
    }
  }

  private static func privateKey(_ seed: Span<UInt8>) -> OpaquePointer? {
    // SAFETY: OpenSSL copies the 32 bytes.
    unsafe seed.withUnsafeBufferPointer { seed in
      unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.baseAddress, seed.count)
    }
  }

  private static func verifyingKey(ofSeed seed: Span<UInt8>) throws(CryptoError) -> VerifyingKey {
    guard let key = unsafe privateKey(seed) else { throw .unavailable(algorithm: "Ed25519") }
    defer { unsafe EVP_PKEY_free(key) }
    var bytes = [UInt8](repeating: 0, count: VerifyingKey.byteCount)
    var length = bytes.count
    // SAFETY: `length` says how much room there is.
    guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1,
      let verifyingKey = VerifyingKey(bytes)
    else { throw .unavailable(algorithm: "Ed25519") }
    return verifyingKey
  }
}

/// The public half of an Ed25519 key pair.
package struct VerifyingKey: Sendable, Hashable {
  package static let byteCount = 32
  package let bytes: [UInt8]

  /// - Returns: nil unless there are 32 bytes.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = bytes
  }

  /// Whether `signature` is one of `message` by the holder of the private half.
  package func isValid(signature: [UInt8], of message: [UInt8]) -> Bool {
    guard signature.count == SigningKey.signatureBytes,
      let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
    else { return false }
    defer { unsafe EVP_PKEY_free(key) }
    guard let context = unsafe EVP_MD_CTX_new() else { return false }
    defer { unsafe EVP_MD_CTX_free(context) }
    // SAFETY: all arrays outlive the calls and are only read.
    guard unsafe EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else { return false }
    return unsafe EVP_DigestVerify(
      context, signature, signature.count, message, message.count) == 1
  }
}
