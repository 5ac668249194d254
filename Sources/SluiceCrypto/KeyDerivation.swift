internal import COpenSSL

/// HKDF with SHA-256 (RFC 5869) through OpenSSL's EVP_KDF.
enum HKDF {
  /// Derives `count` bytes; `info` says what the key is for and carries a version.
  ///
  /// - Throws: `unavailable` if OpenSSL has no HKDF or refuses the input.
  static func derive(
    from material: Span<UInt8>, salt: [UInt8] = [], info: [UInt8], count: Int
  ) throws(CryptoError) -> SecretBytes {
    guard let kdf = unsafe EVP_KDF_fetch(nil, "HKDF", nil) else {
      throw .unavailable(algorithm: "HKDF-SHA-256")
    }
    defer { unsafe EVP_KDF_free(kdf) }
    guard let context = unsafe EVP_KDF_CTX_new(kdf) else {
      throw .unavailable(algorithm: "HKDF-SHA-256")
    }
    defer { unsafe EVP_KDF_CTX_free(context) }
    var digestName = Array("SHA256".utf8CString)
    var saltBytes = salt
    var infoBytes = info
    return try SecretBytes(count: count) { (output) throws(CryptoError) in
      let isDerived = unsafe output.withUnsafeMutableBufferPointer { target, filled in
        let status = unsafe digestName.withUnsafeMutableBufferPointer { name in
          unsafe saltBytes.withUnsafeMutableBufferPointer { salt in
            unsafe infoBytes.withUnsafeMutableBufferPointer { info in
              unsafe material.withUnsafeBufferPointer { key in
                // SAFETY: the buffers outlive the call; OpenSSL only reads through the
                // parameters, so casting the key's constness away changes nothing.
                var parameters = unsafe [
                  OSSL_PARAM_construct_utf8_string(ParameterName.digest, name.baseAddress, 0),
                  OSSL_PARAM_construct_octet_string(
                    ParameterName.key, UnsafeMutableRawPointer(mutating: key.baseAddress),
                    key.count),
                  OSSL_PARAM_construct_octet_string(
                    ParameterName.info, info.baseAddress, info.count),
                ]
                if !salt.isEmpty {
                  unsafe parameters.append(
                    OSSL_PARAM_construct_octet_string(
                      ParameterName.salt, salt.baseAddress, salt.count))
                }
                unsafe parameters.append(OSSL_PARAM_construct_end())
                return unsafe EVP_KDF_derive(context, target.baseAddress, count, &parameters)
              }
            }
          }
        }
        filled = count
        return status == 1
      }
      guard isDerived else { throw .unavailable(algorithm: "HKDF-SHA-256") }
    }
  }
}

/// Names of OpenSSL's parameters, as C strings that live as long as the program.
///
/// An `OSSL_PARAM` keeps the pointer to its name. The macros of `core_names.h` come into Swift as
/// `String`s, and the C string that is made of a `String` for a call is gone when it returns.
enum ParameterName {
  static var digest: UnsafePointer<CChar> { unsafe pointer(to: "digest") }
  static var key: UnsafePointer<CChar> { unsafe pointer(to: "key") }
  static var info: UnsafePointer<CChar> { unsafe pointer(to: "info") }
  static var salt: UnsafePointer<CChar> { unsafe pointer(to: "salt") }

  private static func pointer(to name: StaticString) -> UnsafePointer<CChar> {
    // SAFETY: a string literal is constant data of the program and ends with a NUL.
    unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

extension SecretBytes {
  /// 32 bytes of key out of material of any form that holds enough randomness (HKDF-SHA-256).
  ///
  /// - Throws: `unavailable` if OpenSSL has no HKDF.
  package static func condensed(
    _ material: Span<UInt8>, salt: [UInt8]
  ) throws(CryptoError) -> SecretBytes {
    try HKDF.derive(
      from: material, salt: salt, info: Array("sluice condense v1".utf8), count: keyByteCount)
  }
}
