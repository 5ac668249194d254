package import SluiceAudit
package import SluiceCrypto

extension Vault {
  /// Stores a value as a pending version together with the record that will make it current.
  ///
  /// Both are durable when this returns, or neither is (G9).
  ///
  /// - Parameters:
  ///   - value: the new value.
  ///   - path: the secret that is rotated.
  ///   - note: what the audit entry says; the version and the fingerprint are added.
  ///   - requester: who began the rotation.
  ///   - record: gets the number of the version, gives the record.
  /// - Returns: the record as it is now.
  /// - Throws: `VaultError`.
  package func putPending(
    _ value: borrowing SecretBytes, at path: SecretPath, as note: ActionNote,
    by requester: Requester, record: (UInt64) -> ActionRecord
  ) throws -> ActionRecord {
    let keyring = try keyring()
    guard (1...Self.largestValue).contains(value.count) else {
      throw VaultError.invalid(problem: "a value has 1 to \(Self.largestValue) bytes")
    }
    let fingerprint = try value.withBytes { bytes throws(VaultError) in
      try keyring.fingerprint(of: bytes)
    }
    let tenantName = record(0).tenant
    return try value.withBytes { bytes in
      try perform(Act(note, of: tenantName), by: requester) { operation, act in
        let tenant = try operation.transaction.tenant(tenantName)
        guard var secret = try checkedSecret(path, of: tenant.id, operation.transaction) else {
          throw VaultError.unknown(kind: "secret", name: path.text)
        }
        let number = secret.nextVersion
        act.version = number
        act.fingerprint = fingerprint
        let keys = try keyring.newestKeys(of: tenant.id, operation.transaction)
        secret.versions.append(
          StoredSecret.Version(
            facts: SecretRecord.Version(
              number: number, stage: .pending, created: operation.time, fingerprint: fingerprint),
            sealed: try keys.seal(bytes, of: tenant.id, path: path, version: number)))
        secret.nextVersion += 1
        try put(&secret, operation)
        try putParts(of: bytes, of: secret.id, version: number, operation)
        if let added = secret.versions.last {
          try putMarks(of: bytes, of: secret, version: added.facts, operation)
        }
        act.subjects.insert(secret.subject)
        return try store(record(number), of: tenant.id, operation, &act)
      }
    }
  }

  /// Changes stages of versions together with the record that wants it.
  ///
  /// - Returns: the record as it is now.
  /// - Throws: `VaultError.denied` if a version is not in a stage that allows it: what was revoked
  ///   meanwhile does not become current.
  package func put(
    _ record: ActionRecord, changing changes: [StageChange], at path: SecretPath,
    as note: ActionNote, by requester: Requester
  ) throws -> ActionRecord {
    _ = try keyring()
    return try perform(Act(note, of: record.tenant), by: requester) { operation, act in
      let tenant = try operation.transaction.tenant(record.tenant)
      guard var secret = try checkedSecret(path, of: tenant.id, operation.transaction) else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      for change in changes { try secret.apply(change) }
      try put(&secret, operation)
      act.subjects.insert(secret.subject)
      return try store(record, of: tenant.id, operation, &act)
    }
  }

  /// A value for the connector that puts it in place, or takes it away, at its target.
  ///
  /// Unlike `read` this also gives a revoked version, which has to be named at the target to be
  /// taken away there; and it asks for no grant, because whoever may rotate a secret need not see
  /// the administrator's credential that it takes. It goes on record as `secret.use`.
  ///
  /// - Parameters:
  ///   - path: where in the tenant.
  ///   - version: nil for the current one.
  ///   - name: the tenant.
  ///   - purpose: which action needs it.
  ///   - requester: who began the action.
  /// - Returns: the value.
  /// - Throws: `VaultError.unknown` if there is none, or it was destroyed.
  package func withdraw(
    _ path: SecretPath, version: UInt64? = nil, of name: Name, for purpose: String,
    by requester: Requester
  ) throws -> SecretValue {
    let keyring = try keyring()
    var act = Act("secret.use", tenant: name, object: path.text, version: version)
    act.details["for"] = purpose
    return try perform(act, by: requester) { operation, act in
      let tenant = try operation.transaction.tenant(name)
      guard let secret = try checkedSecret(path, of: tenant.id, operation.transaction) else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      let found = secret.versions.first {
        version.map { [number = $0.facts.number] in $0 == number } ?? ($0.facts.stage == .current)
      }
      guard let found, found.facts.stage != .destroyed else {
        throw VaultError.unknown(
          kind: "version", name: "\(path.text)#\(version.map(String.init) ?? "current")")
      }
      act.version = found.facts.number
      act.fingerprint = found.facts.fingerprint
      let keys = try keyring.keys(of: tenant.id, term: found.sealed.term, operation.transaction)
      return SecretValue(
        try keys.open(found.sealed, of: tenant.id, path: path, version: found.facts.number),
        version: found.facts.number)
    }
  }

  /// What is known of a secret, without putting that on record; nil if there is none.
  package func facts(of path: SecretPath, of name: Name) throws -> SecretRecord? {
    _ = try keyring()
    return try Self.explaining {
      try store.read { transaction in
        let tenant = try transaction.tenant(name)
        return try checkedSecret(path, of: tenant.id, transaction)?.record
      }
    }
  }

  /// What is known of all secrets of a tenant, without putting that on record.
  package func facts(of name: Name) throws -> [SecretRecord] {
    try Self.explaining {
      try store.read { transaction in
        try transaction.secrets(of: transaction.tenant(name).id).map(\.record)
      }
    }
  }

  /// The names of the tenants, without putting that on record.
  package func tenantNames() throws -> [Name] {
    try store.read { try $0.tenants().map { try Name($0.name, kind: "tenant") } }
  }

  /// Versions whose fingerprint is this one, without putting that on record.
  package func places(
    ofFingerprint fingerprint: String
  ) throws -> [(tenant: Name, path: SecretPath, version: UInt64)] {
    try store.read { transaction in
      try transaction.versions(fingerprint: fingerprint).map {
        (try Name($0.tenant, kind: "tenant"), try SecretPath($0.path), $0.version)
      }
    }
  }

  func putParts(
    of value: Span<UInt8>, of secret: Int64, version: UInt64, _ operation: Operation
  ) throws {
    let keyring = try keyring()
    try CredentialParts.forEach(of: value) { part in
      try operation.transaction.put(
        part: try keyring.fingerprint(of: part), of: secret, version: version)
    }
  }

  /// Whether a fingerprint is that of a value, or of a secret in it.
  package func isFingerprint(_ fingerprint: String, of value: SecretValue) throws -> Bool {
    let keyring = try keyring()
    return try value.bytes.withBytes { bytes in
      if try keyring.fingerprint(of: bytes) == fingerprint { return true }
      var isPart = false
      try CredentialParts.forEach(of: bytes) { part in
        if try keyring.fingerprint(of: part) == fingerprint { isPart = true }
      }
      return isPart
    }
  }

  /// The agents that a grant lets use a secret now, without putting that on record.
  package func agents(using path: SecretPath, of name: Name) throws -> [Name] {
    let time = now()
    return try store.read { transaction in
      let tenant = try transaction.tenant(name)
      let all = try transaction.agents(of: tenant.id)
      let holders = all.filter { holder in
        holder.isEnabled
          && holder.grants.contains { grant in
            grant.pattern.covers(path) && grant.uses != 0 && grant.expires.map { $0 > time } ?? true
          }
      }
      let names = Set(holders.map(\.name))
      return all.filter { agent in
        agent.kind == .agent && agent.isEnabled
          && (names.contains(agent.name) || !names.isDisjoint(with: agent.roles))
      }.map(\.name)
    }
  }

  /// The keyed fingerprints of the vault, for a filter that ties what it finds to the vault.
  ///
  /// - Throws: `VaultError.isSealed`.
  package func fingerprinter() throws -> Fingerprinter {
    do {
      return try Fingerprinter(material: try keyring().fingerprintMaterial)
    } catch is FingerprintKeyError {
      throw VaultError.cryptography(problem: "no HMAC with SHA-256")
    }
  }

  /// What time it is for the vault.
  package var time: UTCTime { now() }
}

extension StoredSecret {
  mutating func apply(_ change: StageChange) throws(VaultError) {
    switch change {
    case .promote(let number):
      let index = try index(of: number)
      // Repeated after a crash: nothing is left to do.
      if versions[index].facts.stage == .current { return }
      guard versions[index].facts.stage == .pending else { throw refusal(index, .current) }
      makeRoomForCurrent()
      versions[index].facts.stage = .current
    case .settle(let number, let stage):
      let index = try index(of: number)
      let old = versions[index].facts.stage
      if old == stage || old == .destroyed || old == .revoked { return }
      guard stage == .retired || stage == .revoked else { throw refusal(index, stage) }
      versions[index].facts.stage = stage
    case .restore(let number, let stage):
      let index = try index(of: number)
      guard versions[index].facts.stage == .revoked, stage.isReadable else {
        throw refusal(index, stage)
      }
      let isTaken = versions.contains { $0.facts.stage == .current }
      versions[index].facts.stage = stage == .current && isTaken ? .previous : stage
    }
  }

  private func index(of number: UInt64) throws(VaultError) -> Int {
    guard let index = versions.firstIndex(where: { $0.facts.number == number }) else {
      throw .unknown(kind: "version", name: "\(path.text)#\(number)")
    }
    return index
  }

  private func refusal(_ index: Int, _ stage: Stage) -> VaultError {
    let facts = versions[index].facts
    return .denied(
      reason: "version \(facts.number) of '\(path.text)' is \(facts.stage.rawValue) and cannot "
        + "become \(stage.rawValue)")
  }
}
