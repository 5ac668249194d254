internal import COpenSSL

/// The library that does the cryptography, as reports name it.
package enum CryptoModule {
  /// `OpenSSL 3.0.17 1 Jul 2025`.
  package static var name: String {
    // SAFETY: the text is OpenSSL's own, static and ended by a zero.
    guard let text = unsafe OpenSSL_version(OPENSSL_VERSION) else { return "OpenSSL" }
    return unsafe String(cString: text)
  }

  /// Whether it only uses algorithms of a module that was validated under FIPS 140.
  package static var isValidated: Bool {
    EVP_default_properties_is_fips_enabled(nil) == 1
  }
}
