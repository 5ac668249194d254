internal import COpenSSL

/// OpenSSL's generator of random bytes.
package enum SecureRandom {
  /// Bytes that others may see: salts, identifiers.
  ///
  /// - Throws: `unavailable` if the generator cannot be seeded.
  package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let status = unsafe bytes.withUnsafeMutableBufferPointer { target in
      // SAFETY: the buffer has room for `count` bytes.
      unsafe RAND_bytes(target.baseAddress, CInt(count))
    }
    guard status == 1 else { throw .unavailable(algorithm: "random numbers") }
    return bytes
  }

  /// Bytes that stay secret, from a generator of their own.
  ///
  /// - Throws: `unavailable` if the generator cannot be seeded.
  package static func secret(_ count: Int) throws(CryptoError) -> SecretBytes {
    try SecretBytes(count: count) { (output) throws(CryptoError) in
      let status = unsafe output.withUnsafeMutableBufferPointer { target, filled in
        // SAFETY: the memory of a `SecretBytes` has room for `count` bytes.
        let status = unsafe RAND_priv_bytes(target.baseAddress, CInt(count))
        filled = count
        return status
      }
      guard status == 1 else { throw .unavailable(algorithm: "random numbers") }
    }
  }
}
