package import SluiceCrypto

extension Vault {
  /// The keyed fingerprint under which the vault knows a value, as its records have it.
  ///
  /// - Throws: `VaultError.isSealed`.
  package func fingerprint(of value: borrowing SecretBytes) throws -> String {
    let keyring = try keyring()
    return try value.withBytes { bytes throws(VaultError) in
      try keyring.fingerprint(of: bytes)
    }
  }
}
