package import SluiceCrypto

extension Vault {
  /// Gives values out for a program that the requester starts, each after that is on record.
  ///
  /// - Returns: the value of each reference.
  /// - Throws: `VaultError`; `denied` for the first that no grant allows to inject.
  package func inject(
    _ references: [SecretReference], by requester: Requester
  ) throws -> [SecretReference: SecretValue] {
    var values: [SecretReference: SecretValue] = [:]
    for reference in references where values[reference] == nil {
      values[reference] = try read(
        reference.path, version: reference.version, of: reference.tenant, as: .inject,
        by: requester)
    }
    return values
  }

  /// The key of the fingerprints that the vault's records hold.
  ///
  /// - Throws: `VaultError.isSealed`.
  package func fingerprintKey() throws(VaultError) -> FingerprintKey {
    let material = try keyring().fingerprintMaterial.withBytes { SecretBytes(copying: $0) }
    return FingerprintKey(material: material)
  }
}
