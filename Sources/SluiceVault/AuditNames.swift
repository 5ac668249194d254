package import SluiceAudit
internal import SluiceCrypto

/// Kinds of names of people and what belongs to them.
enum PersonalKind {
  static let person = "person"
  static let host = "host"
}

extension StoreTransaction {
  /// The pseudonym for a name, made when it is first asked for.
  func pseudonym(for name: String, kind: String) throws -> String {
    if let known = try storedPseudonym(for: name, kind: kind) { return known }
    let made = AuditNames.Disclosure(kind: kind, name: name, key: try SecureRandom.bytes(32))
    try insert(made)
    return made.pseudonym
  }
}

extension Vault {
  /// The names that are known.
  package func auditNames() throws -> AuditNames {
    try store.read { AuditNames(try $0.disclosures()) }
  }

  /// Destroys what connects a person's or a machine's name with its pseudonym.
  ///
  /// What they did stays on record, under a pseudonym that nobody can resolve any more. Acts that
  /// follow get another one. Copies of the store that were made before still hold the key.
  ///
  /// - Returns: the pseudonyms that stay; none if there was no such name.
  /// - Throws: `VaultError.unknown` if the log holds no such pseudonym.
  @discardableResult
  package func eraseName(_ name: String, by requester: Requester) throws -> [String] {
    // The name itself must not get into the entry about its erasure.
    let found = try perform(Act("audit.erase"), by: requester) { operation, act in
      try operation.requireOperator()
      let pseudonyms = try [PersonalKind.person, PersonalKind.host].compactMap {
        try operation.transaction.storedPseudonym(for: name, kind: $0)
      }
      guard !pseudonyms.isEmpty else {
        throw VaultError.unknown(kind: "pseudonym in the log", name: "of that name")
      }
      for pseudonym in pseudonyms { try operation.transaction.removeDisclosure(pseudonym) }
      act.object = pseudonyms.joined(separator: " ")
      return pseudonyms
    }
    // Deleted rows stay in the write-ahead log until it is emptied.
    try store.truncateLog()
    return found
  }
}
