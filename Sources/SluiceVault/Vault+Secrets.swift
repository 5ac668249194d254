internal import SluiceAudit
package import SluiceCrypto

/// A value that was given out, in memory that is wiped with it.
package final class SecretValue: Sendable {
  package let bytes: SecretBytes
  package let version: UInt64

  package init(_ bytes: consuming SecretBytes, version: UInt64) {
    self.bytes = bytes
    self.version = version
  }
}

extension Vault {
  /// The largest value: a certificate chain with its key fits many times.
  package static let largestValue = 1 << 20

  /// Stores a new version.
  ///
  /// - Parameters:
  ///   - value: at most `largestValue` bytes.
  ///   - path: where in the tenant.
  ///   - name: the tenant.
  ///   - attributes: replace those that the secret has; nil keeps them.
  ///   - isPending: the version that is current stays it.
  ///   - requester: an operator, or an agent that may rotate.
  /// - Returns: the number of the version.
  /// - Throws: `VaultError`.
  @discardableResult
  package func put(
    _ value: borrowing SecretBytes, at path: SecretPath, of name: Name,
    attributes: SecretAttributes? = nil, isPending: Bool = false, by requester: Requester
  ) throws -> UInt64 {
    let keyring = try keyring()
    guard (1...Self.largestValue).contains(value.count) else {
      throw VaultError.invalid(
        problem: "a value has 1 to \(Self.largestValue) bytes, this one \(value.count)")
    }
    try attributes?.check()
    let fingerprint = try value.withBytes { bytes throws(VaultError) in
      try keyring.fingerprint(of: bytes)
    }
    let act = Act("secret.put", tenant: name, object: path.text)
    return try value.withBytes { bytes in
      try perform(act, by: requester) { operation, act in
        let tenant = try operation.transaction.tenant(name)
        act.fingerprint = fingerprint
        try authorise(.rotate, path, of: tenant, operation, &act)
        var secret = try self.secret(path, of: tenant.id, operation, attributes)
        let number = secret.nextVersion
        act.version = number
        if !isPending { secret.makeRoomForCurrent() }
        let keys = try keyring.newestKeys(of: tenant.id, operation.transaction)
        secret.versions.append(
          StoredSecret.Version(
            facts: SecretRecord.Version(
              number: number, stage: isPending ? .pending : .current, created: operation.time,
              fingerprint: fingerprint),
            sealed: try keys.seal(bytes, of: tenant.id, path: path, version: number)))
        secret.nextVersion += 1
        try self.put(&secret, operation)
        try putParts(of: bytes, of: secret.id, version: number, operation)
        if let added = secret.versions.last {
          try putMarks(of: bytes, of: secret, version: added.facts, operation)
        }
        act.subjects.insert(secret.subject)
        return number
      }
    }
  }

  /// The secret that is there, or one that has no version yet.
  private func secret(
    _ path: SecretPath, of tenant: TenantID, _ operation: Operation,
    _ attributes: SecretAttributes?
  ) throws -> StoredSecret {
    if var secret = try checkedSecret(path, of: tenant, operation.transaction) {
      secret.attributes = attributes ?? secret.attributes
      return secret
    }
    return StoredSecret(
      id: try operation.transaction.newSecretID(), tenant: tenant, path: path,
      attributes: attributes ?? SecretAttributes(), created: operation.time, nextVersion: 1,
      changed: 0, versions: [], authenticatorTerm: 0, authenticator: [])
  }

  /// Gives a value out, after that is on record.
  ///
  /// - Parameters:
  ///   - path: where in the tenant.
  ///   - version: nil for the current one.
  ///   - name: the tenant.
  ///   - capability: whether the requester will see the value, or a program of theirs.
  ///   - requester: an operator, or an agent that a grant allows it.
  /// - Returns: the value.
  /// - Throws: `VaultError`; `denied` also for a version that was revoked.
  package func read(
    _ path: SecretPath, version: UInt64? = nil, of name: Name, as capability: Capability = .read,
    by requester: Requester
  ) throws -> SecretValue {
    let keyring = try keyring()
    let operation = "secret.\(capability.rawValue)"
    let act = Act(operation, tenant: name, object: path.text, version: version)
    return try perform(act, by: requester) { operation, act in
      let tenant = try operation.transaction.tenant(name)
      try authorise(capability, path, of: tenant, operation, &act)
      guard let secret = try checkedSecret(path, of: tenant.id, operation.transaction) else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      let found = secret.versions.first {
        version.map { [number = $0.facts.number] in $0 == number } ?? ($0.facts.stage == .current)
      }
      guard let found else {
        throw VaultError.unknown(
          kind: "version", name: "\(path.text)#\(version.map(String.init) ?? "current")")
      }
      act.version = found.facts.number
      act.fingerprint = found.facts.fingerprint
      guard found.facts.stage.isReadable else {
        throw VaultError.denied(
          reason: "version \(found.facts.number) of '\(path.text)' is \(found.facts.stage.rawValue)"
        )
      }
      let keys = try keyring.keys(of: tenant.id, term: found.sealed.term, operation.transaction)
      let bytes = try keys.open(
        found.sealed, of: tenant.id, path: path, version: found.facts.number)
      return SecretValue(bytes, version: found.facts.number)
    }
  }

  /// What secrets there are, without values.
  ///
  /// Works while the vault is sealed.
  package func secrets(of name: Name, by requester: Requester) throws -> [SecretRecord] {
    try perform(Act("secret.list", tenant: name), by: requester) { operation, _ in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(name)
      return try operation.transaction.secrets(of: tenant.id).map(\.record)
    }
  }

  /// All versions of one secret, without values.
  ///
  /// Works while the vault is sealed.
  package func history(
    of path: SecretPath, of name: Name, by requester: Requester
  ) throws -> SecretRecord {
    let act = Act("secret.history", tenant: name, object: path.text)
    return try perform(act, by: requester) { operation, _ in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(name)
      guard let secret = try operation.transaction.secret(path, of: tenant.id) else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      return secret.record
    }
  }

  /// Marks versions as known to others: they are never given out again.
  ///
  /// - Parameters:
  ///   - path: where in the tenant.
  ///   - version: nil for all that are readable.
  ///   - name: the tenant.
  ///   - requester: an operator.
  /// - Returns: the numbers of the versions that are revoked now and were not before.
  /// - Throws: `VaultError`.
  @discardableResult
  package func revoke(
    _ path: SecretPath, version: UInt64? = nil, of name: Name, by requester: Requester
  ) throws -> [UInt64] {
    try change("secret.revoke", path, version, of: name, by: requester) { found in
      guard found.facts.stage.isReadable else { return false }
      found.facts.stage = .revoked
      return true
    }
  }

  /// Destroys the keys of versions, and their values.
  ///
  /// The numbers stay taken, so that no old copy of a row can stand in for a new version.
  ///
  /// - Parameters:
  ///   - path: where in the tenant.
  ///   - version: nil for all.
  ///   - name: the tenant.
  ///   - requester: an operator.
  /// - Returns: the numbers of the versions that are gone now and were not before.
  /// - Throws: `VaultError`.
  @discardableResult
  package func destroy(
    _ path: SecretPath, version: UInt64? = nil, of name: Name, by requester: Requester
  ) throws -> [UInt64] {
    let numbers = try change("secret.destroy", path, version, of: name, by: requester) { found in
      guard found.facts.stage != .destroyed else { return false }
      found.facts.stage = .destroyed
      found.facts.fingerprint = ""
      found.sealed = SealedValue(term: found.sealed.term, wrappedKey: [], value: [])
      return true
    }
    try store.truncateLog()
    return numbers
  }

  private func change(
    _ operation: String, _ path: SecretPath, _ version: UInt64?, of name: Name,
    by requester: Requester, _ body: (inout StoredSecret.Version) -> Bool
  ) throws -> [UInt64] {
    _ = try keyring()
    let act = Act(operation, tenant: name, object: path.text, version: version)
    return try perform(act, by: requester) { operation, act in
      try operation.requireOperator()
      let tenant = try operation.transaction.tenant(name)
      guard var secret = try checkedSecret(path, of: tenant.id, operation.transaction) else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      guard version == nil || secret.versions.contains(where: { $0.facts.number == version })
      else {
        throw VaultError.unknown(kind: "version", name: "\(path.text)#\(version ?? 0)")
      }
      var changed: [UInt64] = []
      for index in secret.versions.indices {
        guard version == nil || secret.versions[index].facts.number == version,
          body(&secret.versions[index])
        else { continue }
        changed.append(secret.versions[index].facts.number)
      }
      act.details["versions"] = changed.map(String.init).joined(separator: ",")
      try self.put(&secret, operation)
      act.subjects.insert(secret.subject)
      return changed
    }
  }

  /// Which versions have a value whose fingerprint begins with these digits.
  ///
  /// - Parameters:
  ///   - prefix: at least 8 hexadecimal digits, as a mask shows them.
  ///   - requester: an operator.
  /// - Returns: tenant, path and version of each.
  /// - Throws: `VaultError.invalid` for fewer.
  package func find(
    fingerprint prefix: String, by requester: Requester
  ) throws -> [(tenant: Name, path: SecretPath, version: UInt64)] {
    guard (8...32).contains(prefix.utf8.count), prefix.allSatisfy(\.isHexDigit) else {
      throw VaultError.invalid(problem: "a fingerprint has 8 to 32 hexadecimal digits")
    }
    var act = Act("secret.find")
    act.fingerprint = prefix
    return try perform(act, by: requester) { operation, _ in
      try operation.requireOperator()
      return try operation.transaction.versions(fingerprint: prefix.lowercased()).map {
        (try Name($0.tenant, kind: "tenant"), try SecretPath($0.path), $0.version)
      }
    }
  }
}

extension StoredSecret {
  /// The current version becomes the previous one, and that one is retired.
  mutating func makeRoomForCurrent() {
    for index in versions.indices {
      switch versions[index].facts.stage {
      case .previous: versions[index].facts.stage = .retired
      case .current: versions[index].facts.stage = .previous
      default: break
      }
    }
  }
}
