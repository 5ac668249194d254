internal import COpenSSL

/// What stands for a secret wherever it must be named: 128 bits of a keyed hash (G3).
///
/// Equal secrets have equal fingerprints under the same key; without the key a fingerprint says
/// nothing about a secret that cannot be guessed, and cannot be used to test guesses.
package struct Fingerprint: Sendable, Hashable, BitwiseCopyable {
  private let high: UInt64
  private let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// All 128 bits.
  var words: (high: UInt64, low: UInt64) { (high, low) }

  /// Reads the 32 hexadecimal digits of `hex`; nil if it is anything else.
  package init?(hex text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32 else { return nil }
    var words: [UInt64] = [0, 0]
    for (index, digit) in digits.enumerated() {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - 0x30
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - 0x57
      default: return nil
      }
      words[index / 16] = words[index / 16] &<< 4 | UInt64(value)
    }
    self.init(high: words[0], low: words[1])
  }

  /// The nibble at `index` (0 is the first of 32) as a lower-case hexadecimal digit.
  package func hexDigit(at index: Int) -> UInt8 {
    let word = index < 16 ? high : low
    let nibble = UInt8(truncatingIfNeeded: word &>> UInt64(60 - 4 * (index & 15)) & 15)
    return nibble < 10 ? 0x30 + nibble : 0x57 + nibble
  }

  /// All 32 digits.
  package var hex: String {
    String(decoding: (0..<32).map(hexDigit(at:)), as: UTF8.self)
  }
}

/// Why a fingerprint key cannot be used.
package enum FingerprintKeyError: Error, Hashable {
  /// Fewer bytes than `Fingerprinter.minimumBytes`.
  case tooShort
  /// OpenSSL refused HKDF or HMAC, for example because of a provider configuration.
  case cryptographyUnavailable
}

/// Derives fingerprints from secrets under one key: HMAC-SHA-256 cut to 128 bits (RFC 2104,
/// NIST SP 800-107 §5.1).
///
/// The key material goes through HKDF-SHA-256 (RFC 5869) with an info string of its own, so that
/// the same material can never give a key for another purpose. Not `Sendable`: it holds a running
/// hash state.
@safe package struct Fingerprinter: ~Copyable {
  package static let minimumBytes = 16

  private let context: OpaquePointer

  /// - Parameter material: the key file's content, at least `minimumBytes`.
  /// - Throws: `FingerprintKeyError`.
  package init(material: borrowing SecretBytes) throws(FingerprintKeyError) {
    guard material.count >= Self.minimumBytes else { throw .tooShort }
    let key = try material.withBytes { (bytes) throws(FingerprintKeyError) -> SecretBytes in
      do {
        return try HKDF.derive(
          from: bytes, info: Array("sluice fingerprint v1".utf8), count: 32)
      } catch {
        throw .cryptographyUnavailable
      }
    }
    unsafe context = try key.withBytes { (bytes) throws(FingerprintKeyError) -> OpaquePointer in
      try unsafe Self.makeContext(key: bytes)
    }
  }

  deinit { unsafe EVP_MAC_CTX_free(context) }

  /// The fingerprint of `secret`.
  package mutating func fingerprint(of secret: Span<UInt8>) -> Fingerprint {
    var digest = InlineArray<32, UInt8>(repeating: 0)
    var length = 0
    // SAFETY: a null key restarts the context with the key it has (EVP_MAC(3)); `digest` is as
    // long as the size that is passed.
    let succeeded = unsafe secret.withUnsafeBufferPointer { bytes in
      var mutable = digest.mutableSpan
      return unsafe mutable.withUnsafeMutableBufferPointer { output in
        unsafe EVP_MAC_init(context, nil, 0, nil) == 1
          && EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1
          && EVP_MAC_final(context, output.baseAddress, &length, output.count) == 1
      }
    }
    precondition(succeeded && length == 32, "HMAC failed on a context that worked before")
    func word(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 &<< 8 | UInt64(digest[$1]) }
    }
    return Fingerprint(high: word(0), low: word(8))
  }

  private static func makeContext(key: Span<UInt8>) throws(FingerprintKeyError) -> OpaquePointer {
    guard let mac = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else {
      throw .cryptographyUnavailable
    }
    defer { unsafe EVP_MAC_free(mac) }
    guard let context = unsafe EVP_MAC_CTX_new(mac) else { throw .cryptographyUnavailable }
    var digestName = Array("SHA256".utf8CString)
    let isReady = unsafe digestName.withUnsafeMutableBufferPointer { name in
      unsafe key.withUnsafeBufferPointer { bytes in
        // SAFETY: OpenSSL copies the key and the digest's name before it returns.
        var parameters = unsafe [
          OSSL_PARAM_construct_utf8_string(ParameterName.digest, name.baseAddress, 0),
          OSSL_PARAM_construct_end(),
        ]
        return unsafe EVP_MAC_init(context, bytes.baseAddress, bytes.count, &parameters) == 1
      }
    }
    guard isReady else {
      unsafe EVP_MAC_CTX_free(context)
      throw .cryptographyUnavailable
    }
    return unsafe context
  }
}

/// What fingerprinters are made from, to be shared by threads that need one each.
package final class FingerprintKey: Sendable {
  private let material: SecretBytes

  package init(material: consuming SecretBytes) { self.material = material }

  package func fingerprinter() throws(FingerprintKeyError) -> Fingerprinter {
    try Fingerprinter(material: material)
  }
}
