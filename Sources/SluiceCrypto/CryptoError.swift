/// Why a cryptographic operation gave no result.
package enum CryptoError: Error, Hashable {
  /// OpenSSL does not offer the algorithm, for example because of a provider configuration.
  case unavailable(algorithm: String)
  /// What was to be opened is damaged, belongs elsewhere, or was sealed under another key.
  case notAuthentic
  /// Input of a wrong size or form.
  case invalidInput(String)
}
