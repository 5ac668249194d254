internal import SluiceAudit
internal import SluiceCrypto
package import SluiceVault

/// Rotates secrets: asks a `Rotation` what is next, stores it, does it.
///
/// Whatever the vault stores says what may have happened at the target, so that any process can
/// take a rotation on where another one died (G9). One process at a time works on a secret.
package struct Rotator: Sendable {
  package let vault: Vault
  let requester: Requester
  private let progress: @Sendable (Rotation) -> Void

  /// - Parameters:
  ///   - vault: open.
  ///   - requester: who wants it.
  ///   - progress: told of every state after it was stored.
  package init(
    vault: Vault, by requester: Requester,
    progress: @escaping @Sendable (Rotation) -> Void = { _ in }
  ) {
    self.vault = vault
    self.requester = requester
    self.progress = progress
  }

  /// What is known of the rotation of a secret, the last one or the one under way.
  package func rotation(of path: SecretPath, _ tenant: Name) throws -> Rotation? {
    try vault.action(.rotation, path.text, of: tenant).flatMap(Self.rotation)
  }

  package static func rotation(_ record: ActionRecord) -> Rotation? {
    Rotation(record.body, tenant: record.tenant)
  }

  /// The target of a secret.
  package func target(of path: SecretPath, _ tenant: Name) throws -> Target {
    guard let secret = try vault.facts(of: path, of: tenant) else {
      throw VaultError.unknown(kind: "secret", name: path.text)
    }
    let name = secret.attributes.target
    guard !name.isEmpty else { throw RotationError.noTarget(path: path.text) }
    guard let record = try vault.action(.target, name, of: tenant) else {
      throw RotationError.unknownTarget(name: name, path: path.text)
    }
    return try Target(name: name, record.body)
  }

  /// Rotates a secret, or takes the rotation on that is under way.
  ///
  /// - Parameters:
  ///   - path: which secret.
  ///   - tenant: whose.
  ///   - reason: goes on record.
  ///   - pace: how patiently; a rotation that is under way keeps its own.
  ///   - value: the new value, where the target wants one from an operator.
  /// - Returns: where the rotation stands. Not every rotation has ended when this returns.
  /// - Throws: `RotationError`, `VaultError`, `ActionSettingsError`.
  package func rotate(
    _ path: SecretPath, of tenant: Name, reason: String, pace: RotationPace,
    value: SecretValue? = nil
  ) async throws -> Rotation {
    let lock = try lock(path, tenant)
    defer { withExtendedLifetime(lock) {} }
    let target = try target(of: path, tenant)
    if value != nil && !target.connector.manner.asksOperator {
      throw RotationError.needsNoValue(path: path.text)
    }
    let stored = try vault.action(.rotation, path.text, of: tenant)
    if var stored, stored.isOpen {
      if var rotation = Self.rotation(stored), rotation.phase == .waiting {
        rotation.adopt(pace)
        stored.body = rotation.json
      }
      if pace.isEmergency, var rotation = Self.rotation(stored), !rotation.pace.isEmergency {
        rotation.hurry()
        stored.body = rotation.json
        stored = try vault.put(
          stored, as: Self.note("rotation.hurry", rotation), by: requester, needsOperator: false)
      }
      let ended = try await drive(stored, target, value: value)
      // What was left is done; what was asked for, a new value, is not.
      guard ended.phase == .complete, ended.reason != reason, value == nil else { return ended }
      return try await rotateAnew(path, tenant, reason, pace, target, value: nil)
    }
    return try await rotateAnew(path, tenant, reason, pace, target, value: value)
  }

  /// Takes on the rotation that is under way.
  ///
  /// - Parameters:
  ///   - path: which secret.
  ///   - tenant: whose.
  ///   - isRevokedByHand: an operator has made the target refuse the old value, which the
  ///     connector cannot do.
  /// - Returns: where the rotation stands.
  /// - Throws: `RotationError`, `VaultError`, `ActionSettingsError`.
  package func resume(
    _ path: SecretPath, of tenant: Name, isRevokedByHand: Bool = false
  ) async throws -> Rotation {
    let lock = try lock(path, tenant)
    defer { withExtendedLifetime(lock) {} }
    guard let stored = try vault.action(.rotation, path.text, of: tenant), stored.isOpen else {
      throw RotationError.notRotating(path: path.text)
    }
    return try await drive(
      stored, try target(of: path, tenant), value: nil, isRevokedByHand: isRevokedByHand)
  }

  /// What a process that rotates a secret has locked.
  package static func lockName(_ path: SecretPath, _ tenant: Name) -> String {
    "rotation \(tenant.text)/\(path.text)"
  }

  private func lock(_ path: SecretPath, _ tenant: Name) throws -> ActionLock {
    guard let lock = try ActionLock.take(Self.lockName(path, tenant), in: vault.home) else {
      throw RotationError.busy(path: path.text)
    }
    return lock
  }

  private func rotateAnew(
    _ path: SecretPath, _ tenant: Name, _ reason: String, _ pace: RotationPace, _ target: Target,
    value: SecretValue?
  ) async throws -> Rotation {
    guard let facts = try vault.facts(of: path, of: tenant) else {
      throw VaultError.unknown(kind: "secret", name: path.text)
    }
    // What was revoked already is still what the target has to stop accepting.
    let old =
      facts.current ?? facts.versions.last { $0.stage != .pending && $0.stage != .destroyed }
    guard let old else { throw RotationError.noVersion(path: path.text) }
    let stored = try vault.action(.rotation, path.text, of: tenant)
    let last = stored.flatMap(Self.rotation)
    let rotation = Rotation(
      id: try Self.newID(), tenant: tenant, path: path, reason: reason, pace: pace,
      oldVersion: old.number,
      oldNotes: (last?.phase == .complete ? last?.notes : last?.oldNotes) ?? [:], at: vault.time)
    var record =
      stored ?? ActionRecord(.rotation, path.text, of: tenant, body: .null)
    record.body = rotation.json
    record.isOpen = true
    let note = Self.note("rotation.begin", rotation)
    record = try vault.begin(record, at: path, as: note, by: requester)
    progress(rotation)
    return try await drive(record, target, value: value)
  }

  static func newID() throws -> String {
    Hexadecimal.text(of: try SecureRandom.bytes(6))
  }

  private func drive(
    _ record: ActionRecord, _ target: Target, value: SecretValue?, isRevokedByHand: Bool = false
  ) async throws -> Rotation {
    guard let rotation = Self.rotation(record) else {
      throw VaultError.damaged(what: "the rotation of '\(record.name)'")
    }
    let turn = try await TargetTurn.wait(for: target, in: vault.home)
    defer { withExtendedLifetime(turn) {} }
    var run = RotationRun(
      vault: vault, requester: requester, target: target, record: record, rotation: rotation,
      supplied: value, isRevokedByHand: isRevokedByHand, progress: progress)
    try await run.finish()
    return run.rotation
  }

  static func note(_ operation: String, _ rotation: Rotation) -> ActionNote {
    var note = ActionNote(operation, object: rotation.path.text, version: rotation.newVersion)
    note.details = [
      "id": rotation.id, "phase": rotation.phase.rawValue, "reason": rotation.reason,
    ]
    note.details["old"] = rotation.oldVersion.map(String.init)
    note.details["problem"] = rotation.problem
    return note
  }
}

/// One of the places that a target has for rotations at a time, over all processes.
enum TargetTurn {
  static func wait(for target: Target, in home: String) async throws -> ActionLock {
    while true {
      for place in 0..<target.atOnce {
        if let lock = try ActionLock.take("target \(target.group) \(place)", in: home) {
          return lock
        }
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
