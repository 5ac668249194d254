internal import SluiceCrypto

// The keys of a vault, from the top:
//
//   what unseals ─► sealing key ═► root key ─► root sealing key ═► audit signing seed
//                                     │                         ═► fingerprint material
//                                     ▼
//                               tenant key (salt) ─► wrapping key ═► data key ═► value
//                                                 ─► integrity key: authenticates records
//
// ─► is a derivation by HKDF-SHA-256, ═► an encryption by AES-256-GCM that names its place.

enum SealingKeyPurpose: SealingPurpose { static let label = "sluice seal v1" }
enum MaterialPurpose: DerivationPurpose { static let label = "sluice unseal v1" }
enum RootPurpose: DerivationPurpose { static let label = "sluice root v1" }
enum RootSealingPurpose: SealingPurpose {
  static let label = "sluice root sealing v1"
}
enum TenantPurpose: DerivationPurpose { static let label = "sluice tenant v1" }
enum WrappingPurpose: SealingPurpose { static let label = "sluice wrapping v1" }
enum IntegrityPurpose: AuthenticationPurpose {
  static let label = "sluice integrity v1"
}
enum DataPurpose: SealingPurpose { static let label = "sluice data v1" }

/// Identifies a tenant for ever, also when another one gets its name.
struct TenantID: Sendable, Hashable {
  let bytes: [UInt8]

  static func random() throws(CryptoError) -> TenantID {
    TenantID(bytes: try SecureRandom.bytes(16))
  }
}

/// The place of each sealed thing, which is its associated data (G10).
enum Place {
  static func root(term: UInt64) -> AssociatedData {
    var place = AssociatedData("sluice root key v1")
    place.append(term)
    return place
  }

  static func material(_ name: String) -> AssociatedData {
    var place = AssociatedData("sluice root material v1")
    place.append(name)
    return place
  }

  static func dataKey(
    of tenant: TenantID, path: SecretPath, version: UInt64, term: UInt64
  ) -> AssociatedData {
    place("sluice data key v1", tenant, path, version, term)
  }

  static func value(
    of tenant: TenantID, path: SecretPath, version: UInt64, term: UInt64
  ) -> AssociatedData {
    place("sluice value v1", tenant, path, version, term)
  }

  private static func place(
    _ purpose: StaticString, _ tenant: TenantID, _ path: SecretPath, _ version: UInt64,
    _ term: UInt64
  ) -> AssociatedData {
    var place = AssociatedData(purpose)
    place.append("AES-256-GCM")
    place.append(tenant.bytes)
    place.append(path.text)
    place.append(version)
    place.append(term)
    return place
  }
}

/// A root key; a class, because a dictionary holds no `~Copyable` value.
final class RootKey: Sendable {
  let key: Key<RootPurpose>

  init(_ key: consuming Key<RootPurpose>) { self.key = key }

  func sealing() throws(CryptoError) -> Key<RootSealingPurpose> {
    try key.derived(for: RootSealingPurpose.self)
  }

  func tenantKeys(
    _ tenant: TenantID, term: UInt64, salt: [UInt8]
  ) throws(CryptoError) -> TenantKeys {
    let context = tenant.bytes + Array("\(term)".utf8)
    let tenantKey = try key.derived(for: TenantPurpose.self, salt: salt, context: context)
    return TenantKeys(
      term: term, wrapping: try tenantKey.derived(for: WrappingPurpose.self),
      integrity: try tenantKey.derived(for: IntegrityPurpose.self))
  }
}

/// What is derived for one tenant and one term.
struct TenantKeys: ~Copyable {
  let term: UInt64
  let wrapping: Key<WrappingPurpose>
  let integrity: Key<IntegrityPurpose>

  /// Encrypts a value under a data key of its own.
  borrowing func seal(
    _ value: Span<UInt8>, of tenant: TenantID, path: SecretPath, version: UInt64
  ) throws(CryptoError) -> SealedValue {
    let data = try Key<DataPurpose>.random()
    return SealedValue(
      term: term,
      wrappedKey: try wrapping.wrap(
        data, for: Place.dataKey(of: tenant, path: path, version: version, term: term)),
      value: try data.seal(
        value, for: Place.value(of: tenant, path: path, version: version, term: term)))
  }

  /// Opens what `seal` gave, at the same place.
  ///
  /// - Throws: `notAuthentic` anywhere else.
  borrowing func open(
    _ sealed: SealedValue, of tenant: TenantID, path: SecretPath, version: UInt64
  ) throws(CryptoError) -> SecretBytes {
    guard sealed.term == term else { throw .notAuthentic }
    let data = try wrapping.unwrap(
      sealed.wrappedKey, as: DataPurpose.self,
      at: Place.dataKey(of: tenant, path: path, version: version, term: term))
    return try data.open(
      sealed.value, at: Place.value(of: tenant, path: path, version: version, term: term))
  }
}

/// A value at rest.
struct SealedValue: Sendable, Hashable {
  /// The term of the tenant key that wrapped the data key.
  let term: UInt64
  let wrappedKey: [UInt8]
  let value: [UInt8]
}
