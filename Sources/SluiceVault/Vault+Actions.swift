internal import SluiceAudit
internal import SluiceCrypto

extension Vault {
  /// One record; nil if there is none of that name.
  ///
  /// - Throws: `VaultError.damaged` if it is not as the vault wrote it last.
  package func action(
    _ kind: ActionRecord.Kind, _ name: String, of tenant: Name
  ) throws -> ActionRecord? {
    _ = try keyring()
    return try Self.explaining {
      try store.read { transaction in
        let row = try transaction.tenant(tenant)
        return try checkedAction(kind, name, of: row.id, transaction)?.record(tenant: tenant)
      }
    }
  }

  /// The records of a kind, by tenant and name.
  package func actions(
    _ kind: ActionRecord.Kind, of tenant: Name? = nil, openOnly: Bool = false
  ) throws -> [ActionRecord] {
    _ = try keyring()
    return try Self.explaining {
      try store.read { transaction in
        let tenants = try tenant.map { [try transaction.tenant($0)] } ?? transaction.tenants()
        return try tenants.flatMap { row in
          let name = try Name(row.name, kind: "tenant")
          return try transaction.actions(kind, of: row.id, openOnly: openOnly).map {
            try check($0, transaction)
            return $0.record(tenant: name)
          }
        }
      }
    }
  }

  /// Stores a record, and puts that on record.
  ///
  /// - Parameters:
  ///   - record: its revision is the one that it replaces.
  ///   - note: what the audit entry says.
  ///   - requester: who does it.
  ///   - needsOperator: whether an agent may not.
  /// - Returns: the record as it is now.
  /// - Throws: `VaultError.changedMeanwhile` if another revision is stored.
  @discardableResult
  package func put(
    _ record: ActionRecord, as note: ActionNote, by requester: Requester,
    needsOperator: Bool = true
  ) throws -> ActionRecord {
    _ = try keyring()
    return try perform(Act(note, of: record.tenant), by: requester) { operation, act in
      if needsOperator { try operation.requireOperator() }
      let tenant = try operation.transaction.tenant(record.tenant)
      return try store(record, of: tenant.id, operation, &act)
    }
  }

  /// Begins to rotate a secret: stores the record, if whoever asks may do it.
  ///
  /// - Throws: `VaultError.denied`; `changedMeanwhile`.
  package func begin(
    _ record: ActionRecord, at path: SecretPath, as note: ActionNote, by requester: Requester
  ) throws -> ActionRecord {
    _ = try keyring()
    return try perform(Act(note, of: record.tenant), by: requester) { operation, act in
      let tenant = try operation.transaction.tenant(record.tenant)
      try authorise(.rotate, path, of: tenant, operation, &act)
      guard try checkedSecret(path, of: tenant.id, operation.transaction) != nil else {
        throw VaultError.unknown(kind: "secret", name: path.text)
      }
      return try store(record, of: tenant.id, operation, &act)
    }
  }

  /// Removes a record.
  ///
  /// - Throws: `VaultError.unknown`, `changedMeanwhile`.
  package func remove(
    _ record: ActionRecord, as note: ActionNote, by requester: Requester
  ) throws {
    _ = try keyring()
    try perform(Act(note, of: record.tenant), by: requester) { operation, act in
      try operation.requireOperator()
      let transaction = operation.transaction
      let tenant = try transaction.tenant(record.tenant)
      let stored = try checkedAction(record.kind, record.name, of: tenant.id, transaction)
      guard stored?.revision == record.revision else { throw Self.conflict(record) }
      try transaction.removeAction(record.kind, record.name, of: tenant.id)
      act.subjects.insert(StoredAction.subject(record.kind, record.name, of: tenant.id))
    }
  }

  static func conflict(_ record: ActionRecord) -> VaultError {
    .changedMeanwhile(what: "\(record.kind.rawValue) '\(record.name)'")
  }

  /// Stores a record in the transaction of an operation.
  func store(
    _ record: ActionRecord, of tenant: TenantID, _ operation: Operation, _ act: inout Act
  ) throws -> ActionRecord {
    guard (1...ActionRecord.longestName).contains(record.name.utf8.count) else {
      throw VaultError.invalid(problem: "a name has 1 to \(ActionRecord.longestName) bytes")
    }
    let transaction = operation.transaction
    let stored = try checkedAction(record.kind, record.name, of: tenant, transaction)
    guard stored?.revision ?? 0 == record.revision else { throw Self.conflict(record) }
    var action = StoredAction(
      kind: record.kind, tenant: tenant, name: record.name, isOpen: record.isOpen,
      body: record.body, revision: record.revision + 1, changed: operation.sequence,
      authenticatorTerm: 0, authenticator: [])
    try reauthenticate(&action, transaction)
    act.subjects.insert(action.subject)
    return action.record(tenant: record.tenant)
  }

  func reauthenticate(_ action: inout StoredAction, _ transaction: StoreTransaction) throws {
    let keys = try keyring().newestKeys(of: action.tenant, transaction)
    action.authenticatorTerm = keys.term
    action.authenticator = try keys.integrity.authenticator(of: action.authenticated).bytes
    try transaction.put(action)
  }

  private func checkedAction(
    _ kind: ActionRecord.Kind, _ name: String, of tenant: TenantID,
    _ transaction: StoreTransaction
  ) throws -> StoredAction? {
    guard let action = try transaction.action(kind, name, of: tenant) else { return nil }
    try check(action, transaction)
    return action
  }

  private func check(_ action: StoredAction, _ transaction: StoreTransaction) throws {
    try check(
      action.authenticated, action.authenticator, term: action.authenticatorTerm,
      of: action.tenant, what: "\(action.kind.rawValue) '\(action.name)'", transaction)
    guard try transaction.lastChange(of: action.subject) == action.changed else {
      throw VaultError.damaged(what: "\(action.kind.rawValue) '\(action.name)'")
    }
  }
}

extension Act {
  init(_ note: ActionNote, of tenant: Name) {
    self.init(note.operation, tenant: tenant, object: note.object, version: note.version)
    fingerprint = note.fingerprint
    details = note.details
  }
}
