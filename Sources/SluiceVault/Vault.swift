internal import Foundation
package import SluiceAudit
internal import SluiceCrypto
internal import Synchronization

/// Credentials of several tenants, each act on record before it takes effect.
///
/// A vault lives in one directory and may be open in several processes. Closed, it shows what there
/// is but no value. `unseal(with:)` opens it; what an operation gives or changes is durable,
/// together with its audit entry, when the call returns (G8).
package final class Vault: Sendable {
  package let home: String
  let store: SQLiteStore
  private let clock: @Sendable () -> UTCTime
  /// Tests put a full disk here.
  ///
  /// In a structure: a closure that a generic `Mutex` holds is wrapped once more at each access.
  private struct Measure {
    let space: @Sendable () -> DiskSpace?
  }

  private let measure = Mutex<Measure?>(nil)
  private let keys = Mutex<Keyring?>(nil)

  private init(home: String, store: SQLiteStore, clock: @escaping @Sendable () -> UTCTime) {
    self.home = home
    self.store = store
    self.clock = clock
    // The store outlives no vault, and a vault that is gone commits nothing.
    store.beforeCommit { [weak self] transaction in try self?.finish(transaction) }
  }

  static func file(inHome home: String) -> String { home + "/vault.db" }

  /// The system's clock.
  package static let systemClock: @Sendable () -> UTCTime = {
    UTCTime(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  /// Makes a vault; its first tenant is `default`.
  ///
  /// - Parameters:
  ///   - home: the directory; made with permissions 0700 if need be.
  ///   - sealer: seals the root key.
  ///   - requester: who does it.
  ///   - clock: tells the time.
  /// - Returns: the vault, unsealed.
  /// - Throws: `VaultError`.
  package static func create(
    home: String, sealer: some Sealer, by requester: Requester,
    clock: @escaping @Sendable () -> UTCTime = systemClock
  ) throws -> Vault {
    let files = FileManager.default
    do {
      try files.createDirectory(
        atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw VaultError.store(problem: "'\(home)' cannot be made")
    }
    try requirePrivate(home)
    if files.fileExists(atPath: file(inHome: home)) {
      let existing = Vault(
        home: home, store: try SQLiteStore(path: file(inHome: home)), clock: clock)
      // A file without a root key is what an interrupted `init` left.
      guard try existing.store.read({ try $0.roots().isEmpty }) else {
        throw VaultError.alreadyInitialised(home: home)
      }
    }
    let vault = Vault(
      home: home, store: try SQLiteStore(path: file(inHome: home)), clock: clock)
    try explaining {
      let root = try Key<RootPurpose>.random()
      try vault.store.write { transaction in
        guard try transaction.roots().isEmpty else {
          throw VaultError.alreadyInitialised(home: home)
        }
        try transaction.setFact("seal", sealer.description.json.canonicalBytes)
        let sealed = try root.withBytes { try sealer.seal($0, for: Place.root(term: 1)) }
        try transaction.put(SealedRoot(term: 1, sealed: sealed, sealedBy: nil))
        try makeMaterial(transaction, root.derived(for: RootSealingPurpose.self))
        let keyring = try Keyring.open(transaction, sealer: sealer)
        vault.keys.withLock { $0 = keyring }
        try vault.record(
          Act("vault.init"), by: requester, .allow, reason: nil, in: transaction)
      }
    }
    try? files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file(inHome: home))
    try vault.createTenant(try Name("default", kind: "tenant"), by: requester)
    return vault
  }

  private static func makeMaterial(
    _ transaction: StoreTransaction, _ sealing: consuming Key<RootSealingPurpose>
  ) throws {
    let signing = try SigningKey.random()
    let seed = try signing.withSeed {
      try sealing.seal($0, for: Place.material(Keyring.signingFact))
    }
    try transaction.setFact(Keyring.signingFact, seed)
    let fingerprint = try SecureRandom.secret(keyByteCount).withBytes {
      try sealing.seal($0, for: Place.material(Keyring.fingerprintFact))
    }
    try transaction.setFact(Keyring.fingerprintFact, fingerprint)
    let origin = "sluice/\(Hexadecimal.text(of: try SecureRandom.bytes(8)))"
    try transaction.setFact(Keyring.originFact, Array(origin.utf8))
    let verifier = NoteVerifier(name: origin, key: signing.verifyingKey)
    try transaction.setFact(Keyring.publicKeyFact, Array(verifier.text.utf8))
  }

  /// Opens the vault in `home`, sealed.
  ///
  /// - Throws: `VaultError.notInitialised`, `openToOthers`, `store`.
  package static func open(
    home: String, clock: @escaping @Sendable () -> UTCTime = systemClock
  ) throws -> Vault {
    guard FileManager.default.fileExists(atPath: file(inHome: home)) else {
      throw VaultError.notInitialised(home: home)
    }
    try requirePrivate(home)
    let vault = Vault(
      home: home, store: try SQLiteStore(path: file(inHome: home)), clock: clock)
    guard try !vault.store.read({ try $0.roots().isEmpty }) else {
      throw VaultError.notInitialised(home: home)
    }
    return vault
  }

  private static func requirePrivate(_ home: String) throws {
    let attributes = try? FileManager.default.attributesOfItem(atPath: home)
    guard let mode = attributes?[.posixPermissions] as? Int else {
      throw VaultError.store(problem: "'\(home)' cannot be read")
    }
    guard mode & 0o077 == 0 else { throw VaultError.openToOthers(path: home) }
  }

  /// How the root key is sealed.
  package func sealDescription() throws -> SealDescription {
    let bytes = try store.read { try $0.fact("seal") } ?? []
    guard let json = try? JSONValue(parsing: bytes), let description = SealDescription(json) else {
      throw VaultError.damaged(what: "the description of the seal")
    }
    return description
  }

  /// Opens the root key, and what hangs on it.
  ///
  /// - Throws: `VaultError.cannotUnseal`.
  package func unseal(with sealer: some Sealer) throws {
    try Self.explaining {
      let keyring = try store.read { try Keyring.open($0, sealer: sealer) }
      keys.withLock { $0 = keyring }
    }
  }

  package var isSealed: Bool { keys.withLock { $0 == nil } }

  /// Forgets the keys.
  package func seal() { keys.withLock { $0 = nil } }

  func keyring() throws(VaultError) -> Keyring {
    guard let keyring = keys.withLock({ $0 }) else { throw .isSealed }
    return keyring
  }

  func now() -> UTCTime { clock() }

  /// The room there is, or what a test says.
  func space() -> DiskSpace? {
    if let measure = measure.withLock({ $0 }) { return measure.space() }
    return DiskSpace.of(home)
  }

  func setSpace(_ body: @escaping @Sendable () -> DiskSpace?) {
    measure.withLock { $0 = Measure(space: body) }
  }

  /// Runs `body`; OpenSSL's failures get words, and what does not open is damage.
  static func explaining<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch CryptoError.notAuthentic {
      throw VaultError.damaged(what: "a sealed text")
    } catch CryptoError.unavailable(let algorithm) {
      throw VaultError.cryptography(problem: "it has no \(algorithm)")
    } catch CryptoError.invalidInput(let problem) {
      throw VaultError.invalid(problem: problem)
    }
  }
}
