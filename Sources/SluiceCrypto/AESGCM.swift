internal import COpenSSL

/// AES-256 in Galois/counter mode (NIST SP 800-38D), with a nonce of 12 and a tag of 16 bytes.
///
/// A nonce must never serve twice under one key; `Key.seal` is built so that it cannot.
enum AESGCM {
  static let keyBytes = 32
  static let nonceBytes = 12
  static let tagBytes = 16

  /// Encrypts `plaintext`.
  ///
  /// - Returns: the ciphertext, then the tag.
  /// - Throws: `invalidInput` for a key or nonce of a wrong size, `unavailable` if OpenSSL refuses.
  static func seal(
    _ plaintext: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>
  ) throws(CryptoError) -> [UInt8] {
    let context = try GCMContext(.encrypt, key: key, nonce: nonce)
    try context.authenticate(associatedData)
    let count = plaintext.count
    var sealed = [UInt8](repeating: 0, count: count + tagBytes)
    let succeeded = unsafe sealed.withUnsafeMutableBufferPointer { target in
      guard let start = target.baseAddress else { return false }
      // SAFETY: the output has as many bytes as the input and, behind them, room for the tag.
      guard unsafe context.transform(plaintext, to: start) else { return false }
      return unsafe context.getTag(start + count)
    }
    guard succeeded else { throw .unavailable(algorithm: GCMContext.name) }
    return sealed
  }

  /// Decrypts what `seal` gave.
  ///
  /// - Throws: `notAuthentic` if any bit of key, nonce, data or text is another one; nothing of the
  ///   plaintext gets out then.
  static func open(
    _ sealed: Span<UInt8>, key: Span<UInt8>, nonce: Span<UInt8>, associatedData: Span<UInt8>
  ) throws(CryptoError) -> SecretBytes {
    guard sealed.count >= tagBytes else { throw .notAuthentic }
    let count = sealed.count - tagBytes
    let context = try GCMContext(.decrypt, key: key, nonce: nonce)
    try context.expectTag(sealed.extracting(count...))
    try context.authenticate(associatedData)
    return try SecretBytes(count: count) { (output) throws(CryptoError) in
      let isAuthentic = unsafe output.withUnsafeMutableBufferPointer { target, filled in
        filled = count
        // SAFETY: `target` has room for `count` bytes; what is not authentic is wiped with it.
        guard let start = target.baseAddress else { return false }
        return unsafe context.transform(sealed.extracting(0..<count), to: start)
      }
      guard isAuthentic else { throw .notAuthentic }
    }
  }
}

/// One encryption or decryption by OpenSSL; the key schedule is wiped with it.
@safe private struct GCMContext: ~Copyable {
  static let name = "AES-256-GCM"

  enum Direction: CInt {
    case decrypt = 0
    case encrypt = 1
  }

  private let context: OpaquePointer

  init(_ direction: Direction, key: Span<UInt8>, nonce: Span<UInt8>) throws(CryptoError) {
    guard key.count == AESGCM.keyBytes else { throw .invalidInput("a key of \(key.count) bytes") }
    guard nonce.count == AESGCM.nonceBytes else {
      throw .invalidInput("a nonce of \(nonce.count) bytes")
    }
    unsafe context = try Self.start(direction, key: key, nonce: nonce)
  }

  deinit { unsafe EVP_CIPHER_CTX_free(context) }

  private static func start(
    _ direction: Direction, key: Span<UInt8>, nonce: Span<UInt8>
  ) throws(CryptoError) -> OpaquePointer {
    guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .unavailable(algorithm: name) }
    // SAFETY: `init` checked both sizes; OpenSSL copies key and nonce.
    let status = unsafe key.withUnsafeBufferPointer { key in
      unsafe nonce.withUnsafeBufferPointer { nonce in
        unsafe EVP_CipherInit_ex(
          context, EVP_aes_256_gcm(), nil, key.baseAddress, nonce.baseAddress, direction.rawValue)
      }
    }
    guard status == 1 else {
      unsafe EVP_CIPHER_CTX_free(context)
      throw .unavailable(algorithm: name)
    }
    return unsafe context
  }

  /// Adds the associated data; before the text.
  func authenticate(_ data: Span<UInt8>) throws(CryptoError) {
    guard !data.isEmpty else { return }
    let status = unsafe data.withUnsafeBufferPointer { data in
      var written: CInt = 0
      return unsafe EVP_CipherUpdate(
        context, nil, &written, data.baseAddress, CInt(data.count))
    }
    guard status == 1 else { throw .unavailable(algorithm: Self.name) }
  }

  func expectTag(_ tag: Span<UInt8>) throws(CryptoError) {
    // SAFETY: OpenSSL copies the tag; the call's pointer is mutable for other commands only.
    let status = unsafe tag.withUnsafeBufferPointer { tag in
      unsafe EVP_CIPHER_CTX_ctrl(
        context, EVP_CTRL_AEAD_SET_TAG, CInt(tag.count),
        UnsafeMutablePointer(mutating: tag.baseAddress))
    }
    guard status == 1 else { throw .unavailable(algorithm: Self.name) }
  }

  @unsafe func getTag(_ target: UnsafeMutablePointer<UInt8>) -> Bool {
    unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, CInt(AESGCM.tagBytes), target) == 1
  }

  /// Encrypts or decrypts all of `text`.
  ///
  /// - Returns: false if the tag does not fit.
  @unsafe func transform(_ text: Span<UInt8>, to target: UnsafeMutablePointer<UInt8>) -> Bool {
    // SAFETY: the caller's target has room for the text; GCM writes nothing at the end.
    unsafe text.withUnsafeBufferPointer { text in
      var written: CInt = 0
      if !text.isEmpty {
        guard
          unsafe EVP_CipherUpdate(context, target, &written, text.baseAddress, CInt(text.count))
            == 1
        else { return false }
      }
      return unsafe EVP_CipherFinal_ex(context, target + Int(written), &written) == 1
    }
  }
}
