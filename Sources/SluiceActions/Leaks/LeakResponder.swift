internal import SluiceAudit
package import SluiceVault

/// Acts on notices of leaks: finds whose value it is, opens the incident, revokes and rotates.
///
/// Safe to repeat: what an incident says was done is not done again, and what was begun and not
/// ended is ended.
package struct LeakResponder: Sendable {
  /// What a reader of the stream is told.
  package struct Alert: Sendable {
    package let incident: Incident
    package let text: String
  }

  let vault: Vault
  let requester: Requester
  let allowed: LeakActions
  let tell: @Sendable (Alert) -> Void
  let budget: ActionBudget

  /// - Parameters:
  ///   - vault: open.
  ///   - requester: in whose name it acts.
  ///   - allowed: what may be done at most; policies may allow less.
  ///   - budget: how much of it in a minute.
  ///   - tell: gets alerts.
  package init(
    vault: Vault, by requester: Requester, allowed: LeakActions,
    budget: ActionBudget = ActionBudget(), tell: @escaping @Sendable (Alert) -> Void
  ) {
    self.vault = vault
    self.requester = requester
    self.allowed = allowed
    self.budget = budget
    self.tell = tell
  }

  /// Acts on a notice.
  ///
  /// - Parameters:
  ///   - notice: what was seen.
  ///   - home: the tenant that incidents belong to whose value is not in the vault.
  /// - Returns: the incidents it belongs to, one for each version that has this value.
  /// - Throws: `VaultError`: the notice has to be kept.
  @discardableResult
  package func respond(to notice: LeakNotice, home: Name) async throws -> [Incident] {
    let places = try self.places(of: notice.fingerprint)
    guard !places.isEmpty else {
      var incident = try open(notice, place: nil, of: home)
      if allowed.contains(.alert) { try alert(&incident) }
      return [incident]
    }
    var incidents: [Incident] = []
    for (tenant, place) in places {
      var incident = try open(notice, place: place, of: tenant)
      try await act(&incident, place, notice)
      incidents.append(incident)
    }
    return incidents
  }

  /// Adds to the count of an incident.
  package func count(_ occurrences: UInt64, of fingerprint: String, home: Name) throws {
    let places = try self.places(of: fingerprint)
    let names =
      places.isEmpty
      ? [(home, Incident.name(fingerprint, nil))]
      : places.map { ($0.0, Incident.name(fingerprint, $0.1)) }
    for (tenant, name) in names {
      guard let record = try vault.action(.incident, name, of: tenant),
        var incident = Incident(record)
      else { continue }
      incident.occurrences += occurrences
      incident.lastSeen = vault.time
      incident.add(.seenAgain, "\(occurrences) times", at: vault.time)
      try store(&incident, "incident.count", details: ["occurrences": String(occurrences)])
    }
  }

  /// Closes an incident by hand.
  package func close(_ name: String, of tenant: Name, comment: String) throws -> Incident {
    guard let record = try vault.action(.incident, name, of: tenant),
      var incident = Incident(record)
    else { throw VaultError.unknown(kind: "incident", name: name) }
    guard incident.isOpen else {
      throw VaultError.invalid(problem: "incident '\(name)' is closed already")
    }
    incident.isOpen = false
    incident.add(.closed, comment, at: vault.time)
    try store(&incident, "incident.close", details: ["comment": comment])
    return incident
  }

  // MARK: - Whose value it is

  private func places(
    of fingerprint: String
  ) throws -> [(tenant: Name, place: Incident.Place)] {
    try vault.places(ofFingerprint: fingerprint).compactMap { found in
      let facts = try vault.facts(of: found.path, of: found.tenant)
      guard let version = facts?.versions.first(where: { $0.number == found.version }),
        version.stage != .destroyed
      else { return nil }
      return (
        found.tenant,
        Incident.Place(path: found.path, version: found.version, stage: version.stage)
      )
    }
  }

  private func open(
    _ notice: LeakNotice, place: Incident.Place?, of tenant: Name
  ) throws -> Incident {
    let name = Incident.name(notice.fingerprint, place)
    if let record = try vault.action(.incident, name, of: tenant),
      var incident = Incident(record)
    {
      // A notice that is worked off again after a crash is not another occurrence.
      if incident.events.contains(where: { $0.time == notice.time && $0.what != .masked }) {
        return incident
      }
      incident.occurrences += notice.count
      incident.lastSeen = max(incident.lastSeen, notice.time)
      incident.isOpen = true
      incident.add(.seenAgain, notice.source, at: notice.time)
      try store(&incident, "incident.again", details: ["source": notice.source])
      return incident
    }
    var incident = Incident(
      notice, place: place, of: tenant, firstEntry: try vault.auditSize())
    if let place {
      incident.affected = try vault.agents(using: place.path, of: tenant).map(\.text)
    }
    try store(
      &incident, "incident.open",
      details: [
        "rule": notice.rule, "source": notice.source, "seen": notice.time.text,
        "path": place?.path.text ?? "", "affected": incident.affected.joined(separator: ","),
      ])
    return incident
  }

  func store(
    _ incident: inout Incident, _ operation: String, details: [String: String]
  ) throws {
    let stored = try vault.action(.incident, incident.name, of: incident.tenant)
    var record =
      stored ?? ActionRecord(.incident, incident.name, of: incident.tenant, body: .null)
    record.body = incident.json
    record.isOpen = incident.isOpen
    try vault.put(
      record,
      as: ActionNote(
        operation, object: incident.name, version: incident.place?.version,
        fingerprint: incident.fingerprint, details: details.filter { !$0.value.isEmpty }),
      by: requester, needsOperator: false)
  }
}
