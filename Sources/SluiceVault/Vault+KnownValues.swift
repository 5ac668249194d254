package import SluiceCrypto

enum FingerprintMaterialPurpose: DerivationPurpose {
  static let label = "sluice fingerprint material v1"
}
enum MarkPurpose: SealingPurpose { static let label = "sluice known marks v1" }

/// A version of a secret with the marks by which a stream is searched for it.
package struct KnownVersion: Sendable {
  package let tenant: String
  package let path: String
  package let number: UInt64
  package let stage: Stage
  /// Of the whole value.
  package let fingerprint: Fingerprint
  package let marks: [KnownMark]
}

extension Vault {
  /// The key that the marks are made with.
  ///
  /// - Throws: `VaultError.isSealed`.
  package func matchKey() throws -> MatchKey {
    do {
      return try MatchKey(material: try keyring().fingerprintMaterial)
    } catch is FingerprintKeyError {
      throw VaultError.cryptography(problem: "no HKDF with SHA-256")
    }
  }

  /// Whether a stream can be searched for a value; one that is short or plain stands in ordinary
  /// text as well, and is left out.
  package static func isRecognisable(_ value: borrowing SecretBytes) -> Bool {
    value.withBytes { KnownMarker.isTelling($0) }
  }

  /// Makes the marks of a value and keeps them, sealed, beside its version.
  func putMarks(
    of value: Span<UInt8>, of secret: StoredSecret, version: SecretRecord.Version,
    _ operation: Operation
  ) throws {
    let keyring = try keyring()
    var marker = try KnownMarker(material: keyring.fingerprintMaterial)
    var marks = marker.marks(of: value)
    CredentialParts.forEach(of: value) { marks += marker.marks(of: $0) }
    let stored = KnownMark.store(marks)
    try operation.transaction.put(
      marks: try markKey().seal(
        stored.span,
        for: Self.placeOfMarks(
          tenant: secret.tenant.bytes, path: secret.path.text, version: version.number,
          fingerprint: version.fingerprint)),
      of: secret.id, version: version.number)
  }

  private func markKey() throws -> Key<MarkPurpose> {
    let keyring = try keyring()
    let key = try keyring.fingerprintMaterial.withBytes {
      try Key<FingerprintMaterialPurpose>(SecretBytes(copying: $0))
    }
    return try key.derived(for: MarkPurpose.self)
  }

  /// Marks open for their version only (G10).
  private static func placeOfMarks(
    tenant: [UInt8], path: String, version: UInt64, fingerprint: String
  ) -> AssociatedData {
    var place = AssociatedData("sluice known marks v1")
    place.append(tenant)
    place.append(path)
    place.append(version)
    place.append(fingerprint)
    return place
  }

  /// Makes the marks that older versions of the program did not make.
  ///
  /// - Parameter requester: an operator, or an agent with no less.
  /// - Returns: how many versions got some.
  /// - Throws: `VaultError`.
  @discardableResult
  package func completeMarks(by requester: Requester) throws -> Int {
    var done = 0
    while true {
      let missing = try store.read { try $0.versionsWithoutMarks(limit: Self.rekeyBatch) }
      guard !missing.isEmpty else { return done }
      try perform(Act("vault.mark-values"), by: requester) { operation, act in
        try operation.requireOperator()
        act.details["versions"] = String(missing.count)
        for row in missing {
          let tenant = try operation.transaction.tenant(Name(row.tenant, kind: "tenant"))
          guard
            let secret = try checkedSecret(
              try SecretPath(row.path), of: tenant.id, operation.transaction),
            let version = secret.versions.first(where: { $0.facts.number == row.version }),
            version.facts.stage != .destroyed
          else { continue }
          let keys = try keyring().keys(
            of: tenant.id, term: version.sealed.term, operation.transaction)
          let value = try keys.open(
            version.sealed, of: tenant.id, path: secret.path, version: row.version)
          try value.withBytes {
            try putMarks(of: $0, of: secret, version: version.facts, operation)
          }
        }
      }
      done += missing.count
    }
  }
}

/// Reads the marks of a vault again and again, and opens each only once.
package final class KnownVersionReader {
  /// What identifies a version, and one that took its place after it was destroyed.
  private struct ID: Hashable {
    let secret: Int64
    let number: UInt64
    let fingerprint: String
  }

  private let vault: Vault
  private let tenants: Set<String>?
  private var opened: [ID: [KnownMark]] = [:]
  private var seen: VaultRevision?

  /// - Parameters:
  ///   - vault: unsealed.
  ///   - tenants: whose values are wanted; nil: those of all.
  package init(_ vault: Vault, tenants: Set<String>?) {
    self.vault = vault
    self.tenants = tenants
  }

  /// All versions that are not destroyed; nil if nothing has changed since the last call.
  ///
  /// - Throws: `VaultError.damaged` if marks are not those that were stored for their version.
  package func refresh() throws -> [KnownVersion]? {
    let (revision, rows) = try vault.store.read { transaction in
      let revision = try transaction.revision()
      return (revision, revision == seen ? [] : try transaction.markedVersions())
    }
    guard revision != seen else { return nil }
    let versions = try vault.known(rows.filter { tenants?.contains($0.tenant) ?? true }) {
      row, open in
      let id = ID(secret: row.secret, number: row.version, fingerprint: row.fingerprint)
      if let marks = opened[id] { return marks }
      let marks = try open()
      opened[id] = marks
      return marks
    }
    seen = revision
    return versions
  }
}

extension Vault {
  fileprivate func known(
    _ rows: [MarkedVersionRow],
    _ marks: (MarkedVersionRow, _ open: () throws -> [KnownMark]) throws -> [KnownMark]
  ) throws -> [KnownVersion] {
    let key = try markKey()
    return try rows.map { row in
      func damaged() -> VaultError {
        .damaged(what: "what is known of version \(row.version) of '\(row.path)'")
      }
      guard let fingerprint = Fingerprint(hex: row.fingerprint) else { throw damaged() }
      let marks = try marks(row) {
        let place = Self.placeOfMarks(
          tenant: row.tenantID, path: row.path, version: row.version, fingerprint: row.fingerprint)
        do {
          let opened = try key.open(row.sealed, at: place)
          guard let marks = opened.withBytes({ KnownMark.marks(in: $0) }) else { throw damaged() }
          return marks
        } catch is CryptoError {
          throw damaged()
        }
      }
      return KnownVersion(
        tenant: row.tenant, path: row.path, number: row.version, stage: row.stage,
        fingerprint: fingerprint, marks: marks)
    }
  }
}
