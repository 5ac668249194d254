package import SluiceAudit
package import SluiceVault

/// What the policies want, and how far it is done.
package struct DueList: Sendable {
  package enum State: String, Sendable { case planned, due, late, rotating, failing, onDemand }

  package struct Entry: Sendable {
    package let tenant: Name
    package let path: SecretPath
    package let policy: RotationPolicy
    package let due: UTCTime?
    package let state: State
    package let problem: String?
    /// Whether a rotation has begun and not ended, be it that something is in its way.
    package let isUnderWay: Bool
  }

  package let entries: [Entry]

  /// How long something may be due before it is late.
  static let grace: Duration = .seconds(3600)
  /// How long after a failure it is tried again.
  static let pauseAfterFailure: Duration = .seconds(900)

  /// - Parameters:
  ///   - vault: open.
  ///   - tenant: nil for all.
  /// - Throws: `VaultError`; `ActionSettingsError` for a policy that an older version wrote.
  package init(_ vault: Vault, tenant: Name? = nil) throws {
    let now = vault.time
    var entries: [Entry] = []
    for name in try tenant.map({ [$0] }) ?? vault.tenantNames() {
      let book = try PolicyBook(vault: vault, tenant: name)
      guard !book.policies.isEmpty else { continue }
      var rotations: [String: Rotation] = [:]
      for record in try vault.actions(.rotation, of: name) {
        rotations[record.name] = Rotator.rotation(record)
      }
      for secret in try vault.facts(of: name) {
        guard let policy = book.policy(for: secret) else { continue }
        entries.append(
          Self.entry(secret, policy, rotations[secret.path.text], of: name, now: now))
      }
    }
    self.entries = entries
  }

  private static func entry(
    _ secret: SecretRecord, _ policy: RotationPolicy, _ rotation: Rotation?, of tenant: Name,
    now: UTCTime
  ) -> Entry {
    let last = secret.current?.created ?? secret.created
    var due = policy.due(after: last, path: secret.path, now: now)
    var state = State.onDemand
    if let time = due {
      state = time > now ? .planned : now.since(time) > grace ? .late : .due
    }
    var problem: String?
    if let rotation {
      if !rotation.phase.isFinal {
        state = rotation.problem == nil ? .rotating : .failing
        problem = rotation.problem
      } else if rotation.phase == .failed, let failed = rotation.entered[.failed], failed > last {
        state = .failing
        problem = rotation.problem
        due = due.map { max($0, failed.advanced(by: pauseAfterFailure)) }
      }
    }
    return Entry(
      tenant: tenant, path: secret.path, policy: policy, due: due, state: state, problem: problem,
      isUnderWay: rotation.map { !$0.phase.isFinal } ?? false)
  }

  /// What is to be rotated now.
  package func ready(at now: UTCTime) -> [Entry] {
    entries.filter { entry in
      guard let due = entry.due, due <= now else { return false }
      return !entry.isUnderWay
    }
  }
}
