internal import SluiceAudit
internal import SluiceVault

extension LeakResponder {
  func act(
    _ incident: inout Incident, _ place: Incident.Place, _ notice: LeakNotice
  ) async throws {
    guard try isReally(notice.fingerprint, place, incident.tenant) else { return }
    let actions = try allowedActions(incident, place, notice)
    if actions.contains(.alert) { try alert(&incident) }
    guard !actions.isDisjoint(with: [.revoke, .rotate]) else { return }
    if try wasRotated(incident, place), !incident.has(.rotated) {
      return try rotated(&incident, "the rotation had ended before this was noted")
    }
    guard !incident.has(.rotated), !(incident.has(.revoked) && !actions.contains(.rotate)) else {
      return
    }
    guard await budget.take() else {
      if !incident.has(.withheld) {
        incident.add(.withheld, "more than \(budget.perMinute) actions a minute", at: vault.time)
        try store(&incident, "incident.withhold", details: ["why": "rate"])
      }
      return
    }
    let isCurrent = try stage(of: place, incident.tenant) == .current
    if actions.contains(.rotate), !incident.has(.rotated),
      try isCurrent || isBeingReplaced(incident, place)
    {
      try await rotate(&incident, place, isRevoking: actions.contains(.revoke))
      // The rotation takes the old value away at the target, at once.
      if incident.has(.rotated) { return }
    }
    if actions.contains(.revoke), !incident.has(.revoked) { try await revoke(&incident, place) }
  }

  /// The index of fingerprints only leads to a version; the value itself decides.
  private func isReally(
    _ fingerprint: String, _ place: Incident.Place, _ tenant: Name
  ) throws -> Bool {
    let value = try vault.withdraw(
      place.path, version: place.version, of: tenant, for: "leak \(fingerprint.prefix(12))",
      by: requester)
    return try vault.isFingerprint(fingerprint, of: value)
  }

  private func stage(of place: Incident.Place, _ tenant: Name) throws -> Stage? {
    try vault.facts(of: place.path, of: tenant)?.versions
      .first { $0.number == place.version }?.stage
  }

  /// Whether the rotation that this incident began was interrupted.
  private func isBeingReplaced(_ incident: Incident, _ place: Incident.Place) throws -> Bool {
    guard let record = try vault.action(.rotation, place.path.text, of: incident.tenant),
      record.isOpen, let rotation = Rotator.rotation(record)
    else { return false }
    return rotation.oldVersion == place.version
  }

  /// Whether the rotation that this incident began ended before that was noted here.
  private func wasRotated(_ incident: Incident, _ place: Incident.Place) throws -> Bool {
    let rotation = try vault.action(.rotation, place.path.text, of: incident.tenant)
      .flatMap(Rotator.rotation)
    return rotation?.reason == "incident \(incident.name)" && rotation?.phase == .complete
  }

  private func rotated(_ incident: inout Incident, _ detail: String) throws {
    incident.add(.rotated, detail, at: vault.time)
    incident.add(.revoked, "by the rotation", at: vault.time)
    try store(&incident, "incident.rotated", details: ["detail": detail])
  }

  private func allowedActions(
    _ incident: Incident, _ place: Incident.Place, _ notice: LeakNotice
  ) throws -> LeakActions {
    guard let facts = try vault.facts(of: place.path, of: incident.tenant),
      let policy = try PolicyBook(vault: vault, tenant: incident.tenant).policy(for: facts),
      let rule = policy.onLeak
    else { return allowed }
    return allowed.intersection(
      rule.actions(
        for: notice, isCurrent: place.stage == .current || place.stage == .pending))
  }

  func alert(_ incident: inout Incident) throws {
    guard !incident.has(.alerted) else { return }
    let name = incident.place.map {
      SecretReference(tenant: incident.tenant, path: $0.path, version: $0.version).text
    }
    let what = name ?? "a secret that is not in the vault (\(incident.rule))"
    let seen = incident.events.first?.detail ?? ""
    incident.add(.alerted, "standard error", at: vault.time)
    try store(&incident, "incident.alert", details: [:])
    tell(Alert(incident: incident, text: "\(what) leaked, seen and masked in \(seen)"))
  }

  /// How long another process is waited for that rotates the same secret.
  private static let patience: Duration = .seconds(60)

  private func rotate(
    _ incident: inout Incident, _ place: Incident.Place, isRevoking: Bool
  ) async throws {
    let end = ContinuousClock.now + Self.patience
    var outcome: (what: Incident.What, detail: String)?
    while outcome == nil {
      do {
        outcome = try await replace(incident, place)
      } catch RotationError.busy {
        // Another process is at it, at its own pace. When its new value is live, what is known to
        // others goes now; before that it is the only one that works.
        let stage = try stage(of: place, incident.tenant)
        if isRevoking || stage == .previous { return try await revoke(&incident, place) }
        if stage != .current {
          outcome = (.rotated, "by the rotation that was under way")
        } else if ContinuousClock.now < end {
          try await Task.sleep(for: .milliseconds(50))
        } else {
          outcome = (.failed, RotationError.busy(path: place.path.text).problem)
        }
      }
    }
    guard let outcome else { return }
    let now = vault.time
    incident.add(outcome.what, outcome.detail, at: now)
    if outcome.what == .rotated { incident.add(.revoked, "by the rotation", at: now) }
    try store(
      &incident, "incident.\(outcome.what.rawValue)", details: ["detail": outcome.detail])
  }

  /// Rotates, unless that has become needless.
  ///
  /// - Throws: `RotationError.busy`, and what the vault throws.
  private func replace(
    _ incident: Incident, _ place: Incident.Place
  ) async throws -> (Incident.What, String) {
    guard
      try stage(of: place, incident.tenant) == .current || isBeingReplaced(incident, place)
    else { return (.rotated, "by the rotation that was under way") }
    do {
      let rotation = try await Rotator(vault: vault, by: requester).rotate(
        place.path, of: incident.tenant, reason: "incident \(incident.name)", pace: .emergency)
      return rotation.phase == .complete
        ? (.rotated, "version \(rotation.newVersion ?? 0) is current, the old one is refused")
        : (.failed, "rotation is \(rotation.phase.rawValue): \(rotation.problem ?? "")")
    } catch RotationError.busy(let path) {
      throw RotationError.busy(path: path)
    } catch let error as RotationError {
      return (.failed, error.problem)
    } catch let error as ActionSettingsError {
      return (.failed, error.problem)
    }
  }

  private func revoke(_ incident: inout Incident, _ place: Incident.Place) async throws {
    let revoker = Revoker(vault: vault, by: requester)
    let items = try revoker.selection(place.path, version: place.version, of: incident.tenant)
    guard !items.isEmpty else { return }
    let revocation = try await revoker.revoke(
      items, of: incident.tenant, reason: "incident \(incident.name)")
    let detail = revocation.items.first.map { "\($0.outcome.word) \($0.outcome.detail)" } ?? ""
    incident.add(.revoked, "vault; target: \(detail)", at: vault.time)
    try store(&incident, "incident.revoked", details: ["detail": detail])
  }
}
