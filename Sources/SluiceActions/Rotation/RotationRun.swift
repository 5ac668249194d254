internal import SluiceAudit
internal import SluiceVault

/// One process at work on one rotation.
struct RotationRun {
  private let vault: Vault
  private let requester: Requester
  private let target: Target
  private var record: ActionRecord
  private(set) var rotation: Rotation
  /// What an operator gave.
  private let supplied: SecretValue?
  private let isRevokedByHand: Bool
  private let progress: @Sendable (Rotation) -> Void
  private var work: ConnectorWork

  init(
    vault: Vault, requester: Requester, target: Target, record: ActionRecord, rotation: Rotation,
    supplied: SecretValue?, isRevokedByHand: Bool, progress: @escaping @Sendable (Rotation) -> Void
  ) {
    self.vault = vault
    self.requester = requester
    self.target = target
    self.record = record
    self.rotation = rotation
    self.supplied = supplied
    self.isRevokedByHand = isRevokedByHand
    self.progress = progress
    work = ConnectorWork(tenant: rotation.tenant, path: rotation.path, id: rotation.id)
    work.notes = rotation.notes
    work.oldNotes = rotation.oldNotes
    work.isEmergency = rotation.pace.isEmergency
  }

  /// Does step after step until nothing is left to do now.
  ///
  /// - Throws: `VaultError` if the vault failed: the rotation stands as it was stored last.
  mutating func finish() async throws {
    try fetchValues()
    var steps = rotation.advance(.resumed, at: vault.time)
    while !steps.isEmpty {
      let step = steps.removeFirst()
      switch step {
      case .pause(let until): try await sleep(until: until, atMost: .seconds(10))
      case .drain(let until):
        if !target.connector.manner.replacesAtOnce {
          try await sleep(until: until, atMost: rotation.pace.drain)
        }
        steps = try store(after: .drained)
      default: steps = try await perform(step)
      }
    }
  }

  private mutating func fetchValues() throws {
    let purpose = "rotation \(rotation.id)"
    func value(_ path: SecretPath, _ version: UInt64?) throws -> SecretValue {
      try vault.withdraw(
        path, version: version, of: rotation.tenant, for: purpose, by: requester)
    }
    work.admin = try target.admin.map { try value($0, nil) }
    work.old = try rotation.oldVersion.flatMap { version in
      // A value that was destroyed meanwhile cannot be named at the target any more.
      do { return try value(rotation.path, version) } catch VaultError.unknown { return nil }
    }
    work.new = try rotation.newVersion.map { try value(rotation.path, $0) }
  }

  /// Waits by the monotonic clock: a system clock that is set back stretches nothing.
  private func sleep(until time: UTCTime, atMost limit: Duration) async throws {
    let left = min(time.since(vault.time), limit)
    if left > .zero { try await Task.sleep(for: left) }
  }

  private mutating func perform(_ step: Rotation.Step) async throws -> [Rotation.Step] {
    do throws(ConnectorError) {
      switch step {
      case .draft: return try await draft()
      case .provision: return try await provision()
      case .test:
        try await target.connector.test(work)
        return try Self.unwrapped { try store(after: .tested) }
      case .promote:
        try await target.connector.activate(work)
        return try Self.unwrapped { try promote() }
      case .revoke:
        let isDone = target.connector.manner.replacesAtOnce || isRevokedByHand
        if !isDone && work.old != nil {
          _ = try await target.connector.revoke(work)
        }
        return try Self.unwrapped { try store(after: .revoked) }
      case .undo:
        try await target.connector.undo(work)
        return try Self.unwrapped { try store(after: .undone) }
      case .pause, .drain: return []
      }
    } catch .vault(let error) {
      throw error
    } catch {
      return try store(after: .failed(error.failure))
    }
  }

  /// What the vault threw must not be taken for an answer of the target.
  private static func unwrapped<Result>(
    _ body: () throws -> Result
  ) throws(ConnectorError) -> Result {
    do {
      return try body()
    } catch let error as VaultError {
      throw .vault(error)
    } catch {
      throw .vault(.store(problem: String(describing: type(of: error))))
    }
  }

  private mutating func draft() async throws(ConnectorError) -> [Rotation.Step] {
    if target.connector.manner.asksOperator { return try draftOfOperator() }
    let draft = try await target.connector.draft(work)
    rotation.notes.merge(draft.notes) { $1 }
    work.notes = rotation.notes
    guard let value = draft.value else { return try Self.unwrapped { try store(after: .drafted) } }
    let steps = try Self.unwrapped { try storePending(value, after: .drafted) }
    await waitForFilters()
    return steps
  }

  /// Somebody gave a value, or stored a pending version, or has to.
  private mutating func draftOfOperator() throws(ConnectorError) -> [Rotation.Step] {
    try Self.unwrapped {
      if let supplied { return try storePending(supplied, after: .drafted) }
      let facts = try vault.facts(of: rotation.path, of: rotation.tenant)
      let pending = facts?.versions.last { $0.stage == .pending }
      guard let pending else {
        return rotation.phase == .waiting ? [] : try store(after: .needsValue)
      }
      rotation.newVersion = pending.number
      try fetchValues()
      return try store(after: .drafted)
    }
  }

  private mutating func provision() async throws(ConnectorError) -> [Rotation.Step] {
    let provision = try await target.connector.provision(work)
    rotation.notes.merge(provision.notes) { $1 }
    work.notes = rotation.notes
    guard let value = provision.value, work.new == nil else {
      return try Self.unwrapped { try store(after: .provisioned) }
    }
    return try Self.unwrapped { try storePending(value, after: .provisioned) }
  }

  /// Filters that know the vault's values learn the new one before anybody can use it.
  private func waitForFilters() async {
    if rotation.pace.notice > .zero { try? await Task.sleep(for: rotation.pace.notice) }
  }

  // MARK: - In the vault

  private mutating func storePending(
    _ value: SecretValue, after event: Rotation.Event
  ) throws -> [Rotation.Step] {
    var next = rotation
    let steps = next.advance(event, at: vault.time)
    record = try vault.putPending(
      value.bytes, at: rotation.path, as: Rotator.note("rotation.store", next), by: requester
    ) { version in
      next.newVersion = version
      return updated(next)
    }
    work.new = value
    rotation = next
    progress(rotation)
    return steps
  }

  private mutating func promote() throws -> [Rotation.Step] {
    var next = rotation
    var steps = next.advance(.promoted, at: vault.time)
    if next.pace.drain == .zero || target.connector.manner.replacesAtOnce {
      steps = next.advance(.drained, at: vault.time)
    }
    guard let version = rotation.newVersion else {
      throw VaultError.damaged(what: "the rotation of '\(rotation.path.text)'")
    }
    do {
      record = try vault.put(
        updated(next), changing: [.promote(version)], at: rotation.path,
        as: Rotator.note("rotation.promote", next), by: requester)
    } catch VaultError.denied {
      return try store(after: .newVersionRevoked)
    }
    rotation = next
    progress(rotation)
    return steps
  }

  /// Stores what an event leads to, before its steps.
  private mutating func store(after event: Rotation.Event) throws -> [Rotation.Step] {
    var next = rotation
    let steps = next.advance(event, at: vault.time)
    let settled: [StageChange] =
      switch next.phase {
      case .complete:
        next.oldVersion.map { [.settle($0, next.pace.isEmergency ? .revoked : .retired)] } ?? []
      case .failed: next.newVersion.map { [.settle($0, .revoked)] } ?? []
      default: []
      }
    if settled.isEmpty {
      record = try vault.put(
        updated(next), as: Rotator.note("rotation.step", next), by: requester,
        needsOperator: false)
    } else {
      record = try vault.put(
        updated(next), changing: settled, at: rotation.path,
        as: Rotator.note("rotation.settle", next), by: requester)
    }
    rotation = next
    progress(rotation)
    return steps
  }

  private func updated(_ next: Rotation) -> ActionRecord {
    var record = record
    record.body = next.json
    record.isOpen = !next.phase.isFinal
    return record
  }
}
