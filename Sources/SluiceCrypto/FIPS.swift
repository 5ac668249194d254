internal import COpenSSL

/// OpenSSL's validated module instead of its ordinary one.
package enum FIPS {
  /// Has every algorithm come from the FIPS provider, for the rest of the process.
  ///
  /// What that provider does not have, such as scrypt, is not available any more. To be called before
  /// anything else of this module.
  ///
  /// - Throws: `unavailable` if there is none, its self-tests fail, or it is not the one that is used.
  package static func require() throws(CryptoError) {
    let missing = CryptoError.unavailable(algorithm: "a FIPS provider")
    // The provider `base` has no algorithms, only the encoding of keys.
    guard unsafe OSSL_PROVIDER_load(nil, "fips") != nil,
      unsafe OSSL_PROVIDER_load(nil, "base") != nil,
      EVP_default_properties_enable_fips(nil, 1) == 1
    else { throw missing }
    guard let digest = unsafe EVP_MD_fetch(nil, "SHA256", nil) else { throw missing }
    defer { unsafe EVP_MD_free(digest) }
    guard let provider = unsafe EVP_MD_get0_provider(digest),
      let name = unsafe OSSL_PROVIDER_get0_name(provider),
      unsafe String(cString: name) == "fips"
    else { throw missing }
  }
}
