internal import SluiceAudit
package import SluiceVault

/// Takes versions out of service: no reader in any process gets them from the next request on, then
/// the targets refuse them.
///
/// What is to be done is stored before it is done, so that another process can end it.
package struct Revoker: Sendable {
  package let vault: Vault
  private let requester: Requester

  package init(vault: Vault, by requester: Requester) {
    self.vault = vault
    self.requester = requester
  }

  /// Which versions of a secret a wish means: one, or all that are readable.
  package func selection(
    _ path: SecretPath, version: UInt64? = nil, of tenant: Name
  ) throws -> [Revocation.Item] {
    guard let facts = try vault.facts(of: path, of: tenant) else {
      throw VaultError.unknown(kind: "secret", name: path.text)
    }
    if let version, !facts.versions.contains(where: { $0.number == version }) {
      throw VaultError.unknown(kind: "version", name: "\(path.text)#\(version)")
    }
    return facts.versions
      .filter { ![.revoked, .destroyed].contains($0.stage) && $0.number == version ?? $0.number }
      .map { item in
        Revocation.Item(path: path, version: item.number, stage: item.stage, outcome: .pending)
      }
  }

  /// All readable versions of a tenant's secrets that fit.
  package func selection(
    of tenant: Name, where fits: (SecretRecord) -> Bool
  ) throws -> [Revocation.Item] {
    try vault.facts(of: tenant).filter(fits).flatMap { try selection($0.path, of: tenant) }
  }

  /// What an agent was given, as the audit log says, and is still readable.
  package func selection(givenTo agent: Name, of tenant: Name) throws -> [Revocation.Item] {
    var given: Set<String> = []
    try vault.forEachEntry(in: 0..<(try vault.auditSize())) { entry in
      if entry.actor.kind == .agent, entry.actor.name == "\(tenant.text)/\(agent.text)",
        entry.decision == .allow,
        entry.operation == "secret.read"
          || entry.operation == "secret.inject", let path = entry.object,
        let version = entry.version
      {
        given.insert("\(path)#\(version)")
      }
      return true
    }
    return try selection(of: tenant, where: { _ in true }).filter {
      given.contains("\($0.path.text)#\($0.version)")
    }
  }

  /// Revokes.
  ///
  /// - Parameters:
  ///   - items: what `selection` gave.
  ///   - tenant: whose.
  ///   - reason: goes on record.
  ///   - window: how long the targets are left alone, so that it can be taken back.
  /// - Returns: what came of it at each target; open if something is left to do.
  /// - Throws: `VaultError`; what is stored by then is ended by `finish`.
  package func revoke(
    _ items: [Revocation.Item], of tenant: Name, reason: String, undoWindow window: Duration = .zero
  ) async throws -> Revocation {
    let now = vault.time
    let revocation = Revocation(
      id: try Rotator.newID(), tenant: tenant, reason: reason, started: now,
      due: now.advanced(by: window), items: items)
    var record = ActionRecord(.revocation, revocation.id, of: tenant, body: revocation.json)
    record = try vault.put(record, as: note("revocation.begin", revocation), by: requester)
    return try await finish(record)
  }

  /// Does what is left of a revocation, as far as it is due.
  package func finish(_ record: ActionRecord) async throws -> Revocation {
    guard let lock = try ActionLock.take("revocation \(record.name)", in: vault.home),
      var record = try vault.action(.revocation, record.name, of: record.tenant),
      var revocation = Revocation(record)
    else { throw RotationError.busy(path: record.name) }
    defer { withExtendedLifetime(lock) {} }
    if !revocation.isMarked {
      for path in Set(revocation.items.map(\.path)).sorted(by: { $0.text < $1.text }) {
        for item in revocation.items where item.path == path {
          try vault.revoke(path, version: item.version, of: revocation.tenant, by: requester)
        }
      }
      revocation.isMarked = true
      record = try store(revocation, record)
    }
    guard revocation.due <= vault.time else { return revocation }
    for index in try order(of: revocation) {
      switch revocation.items[index].outcome {
      case .pending, .failed:
        revocation.items[index].outcome = try await atTarget(revocation.items[index], revocation)
        record = try store(revocation, record)
      default: break
      }
    }
    return revocation
  }

  /// Takes a revocation back, as far as the targets were not told.
  ///
  /// - Throws: `VaultError.denied` if its window is over.
  package func undo(_ id: String, of tenant: Name) throws -> Revocation {
    guard let record = try vault.action(.revocation, id, of: tenant),
      var revocation = Revocation(record)
    else { throw VaultError.unknown(kind: "revocation", name: id) }
    guard vault.time < revocation.due else {
      throw VaultError.denied(reason: "the window in which it could be undone is over")
    }
    var current = record
    for index in revocation.items.indices where revocation.items[index].outcome == .pending {
      let item = revocation.items[index]
      revocation.items[index].outcome = .undone
      current = try vault.put(
        updated(current, revocation), changing: [.restore(item.version, item.stage)],
        at: item.path,
        as: ActionNote(
          "secret.restore", object: item.path.text, version: item.version,
          details: ["revocation": id]), by: requester)
    }
    return revocation
  }

  private func updated(_ record: ActionRecord, _ revocation: Revocation) -> ActionRecord {
    var record = record
    record.body = revocation.json
    record.isOpen = revocation.isOpen
    return record
  }

  private func store(_ revocation: Revocation, _ record: ActionRecord) throws -> ActionRecord {
    try vault.put(
      updated(record, revocation), as: note("revocation.step", revocation), by: requester)
  }

  private func note(_ operation: String, _ revocation: Revocation) -> ActionNote {
    ActionNote(
      operation, object: revocation.id,
      details: ["reason": revocation.reason, "versions": String(revocation.items.count)])
  }

  // MARK: - At the target

  /// Credentials that take others away at their targets go last.
  private func order(of revocation: Revocation) throws -> [Int] {
    let rotator = Rotator(vault: vault, by: requester)
    var admins: Set<SecretPath> = []
    for path in Set(revocation.items.map(\.path)) {
      // Why a target cannot be used is said when its turn comes.
      if let admin = try? rotator.target(of: path, revocation.tenant).admin { admins.insert(admin) }
    }
    let indices = revocation.items.indices
    return indices.filter { !admins.contains(revocation.items[$0].path) }
      + indices.filter { admins.contains(revocation.items[$0].path) }
  }

  /// The credential that may change others: what is current, or was until this revocation.
  ///
  /// - Returns: nil if there is none.
  private func admin(_ path: SecretPath, _ revocation: Revocation) throws -> SecretValue? {
    let facts = try vault.facts(of: path, of: revocation.tenant)
    let revoked = revocation.items.first { $0.path == path && $0.stage == .current }
    guard let version = facts?.current?.number ?? revoked?.version else { return nil }
    return try vault.withdraw(
      path, version: version, of: revocation.tenant, for: "revocation \(revocation.id)",
      by: requester)
  }

  private func atTarget(
    _ item: Revocation.Item, _ revocation: Revocation
  ) async throws -> Revocation.Outcome {
    let rotator = Rotator(vault: vault, by: requester)
    let target: Target
    do {
      target = try rotator.target(of: item.path, revocation.tenant)
    } catch let error as RotationError {
      return .byHand(error.problem)
    } catch let error as ActionSettingsError {
      return .failed(error.problem)
    }
    guard target.connector.manner.canRevoke else {
      return .byHand("target \(target.name): has to be taken away by hand")
    }
    // A version that was never put in place, and one that its target forgot, need no telling.
    if item.stage == .pending || item.stage == .retired {
      return .done("target \(target.name): it was not accepted there")
    }
    let purpose = "revocation \(revocation.id)"
    func value(_ path: SecretPath, _ version: UInt64) throws -> SecretValue {
      try vault.withdraw(
        path, version: version, of: revocation.tenant, for: purpose, by: requester)
    }
    var work = ConnectorWork(tenant: revocation.tenant, path: item.path, id: revocation.id)
    work.isEmergency = true
    if let path = target.admin {
      guard let value = try admin(path, revocation) else {
        return .failed("target \(target.name): '\(path.text)', which may change it, has no value")
      }
      work.admin = value
    }
    work.old = try value(item.path, item.version)
    let facts = try vault.facts(of: item.path, of: revocation.tenant)
    if let current = facts?.current, current.number != item.version {
      work.new = try value(item.path, current.number)
    }
    if let last = try rotator.rotation(of: item.path, revocation.tenant) {
      work.oldNotes = last.newVersion == item.version ? last.notes : last.oldNotes
    }
    for attempt in 1...3 {
      do throws(ConnectorError) {
        return .done("target \(target.name): \(try await target.connector.revoke(work))")
      } catch {
        guard error.failure.isTransient, attempt < 3 else { return .failed(error.problem) }
        try? await Task.sleep(for: .milliseconds(200 * attempt))
      }
    }
    return .failed("not tried")
  }
}
