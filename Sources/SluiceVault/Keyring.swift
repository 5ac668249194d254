internal import SluiceAudit
internal import SluiceCrypto

/// The open vault's keys, wiped when it closes.
final class Keyring: Sendable {
  private let roots: [UInt64: RootKey]
  let newestTerm: UInt64
  let signing: SigningKey
  let fingerprintMaterial: SecretBytes
  /// Names the log in its checkpoints.
  let origin: String

  static let signingFact = "audit.signing-seed"
  static let fingerprintFact = "fingerprint.material"
  static let originFact = "audit.origin"
  static let publicKeyFact = "audit.public-key"

  private init(
    roots: [UInt64: RootKey], newestTerm: UInt64, signing: consuming SigningKey,
    fingerprintMaterial: consuming SecretBytes, origin: String
  ) {
    self.roots = roots
    self.newestTerm = newestTerm
    self.signing = signing
    self.fingerprintMaterial = fingerprintMaterial
    self.origin = origin
  }

  /// Opens the root keys that are stored, the newest with `sealer`.
  ///
  /// - Throws: `VaultError.cannotUnseal`, or `damaged` if what hangs below does not open.
  static func open(
    _ transaction: StoreTransaction, sealer: some Sealer
  ) throws -> Keyring {
    let stored = try transaction.roots()
    guard let newest = stored.first, newest.sealedBy == nil else {
      throw VaultError.damaged(what: "the root key")
    }
    let bytes: SecretBytes
    do {
      bytes = try sealer.open(newest.sealed, at: Place.root(term: newest.term))
    } catch {
      guard error == .notAuthentic else { throw error }
      throw VaultError.cannotUnseal(kind: sealer.description.kind.rawValue)
    }
    let root = RootKey(try Key(bytes))
    var roots = [newest.term: root]
    let sealing = try root.sealing()
    for older in stored.dropFirst() {
      let bytes = try sealing.open(older.sealed, at: Place.root(term: older.term))
      roots[older.term] = RootKey(try Key(bytes))
    }
    func material(_ name: String) throws -> SecretBytes {
      guard let sealed = try transaction.fact(name) else {
        throw VaultError.damaged(what: "the key hierarchy")
      }
      return try sealing.open(sealed, at: Place.material(name))
    }
    return Keyring(
      roots: roots, newestTerm: newest.term,
      signing: try SigningKey(seed: try material(signingFact)),
      fingerprintMaterial: try material(fingerprintFact),
      origin: String(decoding: try transaction.fact(originFact) ?? [], as: UTF8.self))
  }

  var newest: RootKey {
    guard let root = roots[newestTerm] else { preconditionFailure("the newest root key is open") }
    return root
  }

  /// The keys of a tenant for one term.
  ///
  /// - Throws: `VaultError.damaged` if its salt, or the root key it hangs on, is gone.
  func keys(
    of tenant: TenantID, term: UInt64, _ transaction: StoreTransaction
  ) throws -> TenantKeys {
    let row = try transaction.tenantKeys(tenant).first { $0.term == term }
    guard let row, let root = roots[row.rootTerm] else {
      throw VaultError.damaged(what: "a tenant's key")
    }
    return try root.tenantKeys(tenant, term: term, salt: row.salt)
  }

  /// The keys that new values are sealed with.
  func newestKeys(of tenant: TenantID, _ transaction: StoreTransaction) throws -> TenantKeys {
    guard let newest = try transaction.tenantKeys(tenant).first else {
      throw VaultError.damaged(what: "a tenant's key")
    }
    return try keys(of: tenant, term: newest.term, transaction)
  }

  func fingerprint(of value: Span<UInt8>) throws(VaultError) -> String {
    do {
      var fingerprinter = try Fingerprinter(material: fingerprintMaterial)
      return fingerprinter.fingerprint(of: value).hex
    } catch {
      throw .cryptography(problem: "no HMAC with SHA-256")
    }
  }
}
