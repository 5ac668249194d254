internal import COpenSSL

/// HKDF with SHA-256 (RFC 5869) through OpenSSL's EVP_KDF.
enum HKDF {
  /// Derives `count` bytes; `info` says what the key is for and carries a version.
  ///
  /// - Throws: `cryptographyUnavailable` if OpenSSL has no HKDF or refuses the input.
  static func derive(
    from material: Span<UInt8>, salt: [UInt8] = [], info: String, count: Int
  ) throws(FingerprintKeyError) -> SecretBytes {
    guard let kdf = unsafe EVP_KDF_fetch(nil, "HKDF", nil) else { throw .cryptographyUnavailable }
    defer { unsafe EVP_KDF_free(kdf) }
    guard let context = unsafe EVP_KDF_CTX_new(kdf) else { throw .cryptographyUnavailable }
    defer { unsafe EVP_KDF_CTX_free(context) }
    var digestName = Array("SHA256".utf8CString)
    var saltBytes = salt
    var infoBytes = Array(info.utf8)
    return try SecretBytes(count: count) { (output) throws(FingerprintKeyError) in
      let isDerived = unsafe output.withUnsafeMutableBufferPointer { target, filled in
        let status = unsafe digestName.withUnsafeMutableBufferPointer { name in
          unsafe saltBytes.withUnsafeMutableBufferPointer { salt in
            unsafe infoBytes.withUnsafeMutableBufferPointer { info in
              unsafe material.withUnsafeBufferPointer { key in
                // SAFETY: the buffers outlive the call; OpenSSL only reads through the
                // parameters, so casting the key's constness away changes nothing.
                var parameters = unsafe [
                  OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, name.baseAddress, 0),
                  OSSL_PARAM_construct_octet_string(
                    OSSL_KDF_PARAM_KEY, UnsafeMutableRawPointer(mutating: key.baseAddress),
                    key.count),
                  OSSL_PARAM_construct_octet_string(
                    OSSL_KDF_PARAM_INFO, info.baseAddress, info.count),
                ]
                if !salt.isEmpty {
                  unsafe parameters.append(
                    OSSL_PARAM_construct_octet_string(
                      OSSL_KDF_PARAM_SALT, salt.baseAddress, salt.count))
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
      guard isDerived else { throw .cryptographyUnavailable }
    }
  }
}
