internal import SluiceAudit
package import SluiceVault

/// Keeps what the policies promise: rotates what is due, ends what was interrupted, acts on what
/// was left in the queue of leaks, and on anomalies.
///
/// Of several processes one leads, by a lock that its death gives back; the others wait for it.
package struct RotationWatch {
  private let vault: Vault
  private let requester: Requester
  private let allowed: LeakActions
  private let report: @Sendable (String) -> Void
  private var clock = WatchClock()
  private let uptime: @Sendable () -> Duration
  private var detector: AnomalyDetector?
  private var observed: UInt64 = 0
  private var handled: UInt64 = 0
  private let budget = ActionBudget()

  /// - Parameters:
  ///   - vault: open.
  ///   - requester: in whose name it acts.
  ///   - allowed: what may be done about leaks that are found in the queue, and anomalies.
  ///   - uptime: a clock that nobody sets, and that goes on while the machine sleeps.
  ///   - report: told what happens.
  package init(
    vault: Vault, by requester: Requester, allowed: LeakActions,
    uptime: @escaping @Sendable () -> Duration = systemUptime(),
    report: @escaping @Sendable (String) -> Void
  ) {
    self.uptime = uptime
    self.vault = vault
    self.requester = requester
    self.allowed = allowed
    self.report = report
  }

  /// The system's monotonic clock, from now on.
  package static func systemUptime() -> @Sendable () -> Duration {
    let began = ContinuousClock.now
    return { ContinuousClock.now - began }
  }

  /// The right to lead; nil while another process has it.
  package static func lead(_ vault: Vault) throws -> ActionLock? {
    try ActionLock.take("watch", in: vault.home)
  }

  /// Does what is to be done now.
  ///
  /// - Returns: whether all of it succeeded.
  package mutating func tick() async throws -> Bool {
    var isFine = try await adoptLeaks()
    isFine = try await resume() && isFine
    isFine = try await finishRevocations() && isFine
    isFine = try await handleAnomalies() && isFine
    let verdict = clock.observe(wall: vault.time, monotonic: uptime())
    if let jump = verdict.jump {
      report("the clock jumped by \(Self.coarse(jump)); schedules wait until it runs evenly")
    }
    guard verdict.isSettled else { return isFine }
    return try await rotateDue() && isFine
  }

  /// `3m`, `17h`, `-12d`: what a person wants to know of a jump.
  private static func coarse(_ jump: Duration) -> String {
    let seconds = Double(jump.milliseconds) / 1000
    for (length, unit) in [(86_400.0, "d"), (3600, "h")] where abs(seconds) >= 2 * length {
      return "\(Int((seconds / length).rounded()))\(unit)"
    }
    return "\(Int((seconds / 60).rounded()))m"
  }

  private func adoptLeaks() async throws -> Bool {
    let report = report
    let responder = LeakResponder(
      vault: vault, by: requester, allowed: allowed, budget: budget
    ) { report($0.text) }
    let home = try Name("default", kind: "tenant")
    var isFine = true
    await LeakQueue.adopt(home: vault.home) { notices in
      var isDone = true
      for notice in notices {
        do {
          try await responder.respond(to: notice, home: home)
        } catch {
          // The file stays, and everything else goes on.
          report("a leak waits: \((error as? VaultError)?.problem ?? "the vault failed")")
          isDone = false
        }
      }
      if isDone, !notices.isEmpty {
        report("acted on \(notices.count) leaks that were left behind")
      }
      isFine = isFine && isDone
      return isDone
    }
    return isFine
  }

  private func resume() async throws -> Bool {
    let rotator = Rotator(vault: vault, by: requester)
    var isFine = true
    for record in try vault.actions(.rotation, openOnly: true) {
      guard let open = Rotator.rotation(record), open.phase != .waiting,
        open.nextAttempt.map({ $0 <= vault.time }) ?? true
      else { continue }
      isFine =
        await attempt(open.path, open.tenant) {
          try await rotator.resume(open.path, of: open.tenant)
        } && isFine
    }
    return isFine
  }

  private func finishRevocations() async throws -> Bool {
    let revoker = Revoker(vault: vault, by: requester)
    var isFine = true
    for record in try vault.actions(.revocation, openOnly: true) {
      do {
        let revocation = try await revoker.finish(record)
        if revocation.isOpen && revocation.due <= vault.time { isFine = false }
      } catch RotationError.busy {
        continue
      }
    }
    return isFine
  }

  private func rotateDue() async throws -> Bool {
    let ready = try DueList(vault).ready(at: vault.time)
    var isFine = true
    for (_, entries) in Dictionary(grouping: ready, by: { $0.policy.name }).sorted(by: {
      $0.key < $1.key
    }) {
      // So many at a time as the policy allows; targets have a limit of their own.
      var rest = entries[...]
      let width = entries.first?.policy.atOnce ?? 1
      while !rest.isEmpty {
        let part = rest.prefix(width)
        rest = rest.dropFirst(width)
        let results = await withTaskGroup(of: Bool.self) { group in
          for entry in part {
            group.addTask { [self] in await rotate(entry) }
          }
          var all: [Bool] = []
          for await result in group { all.append(result) }
          return all
        }
        isFine = isFine && results.allSatisfy { $0 }
      }
    }
    return isFine
  }

  private func rotate(_ entry: DueList.Entry) async -> Bool {
    let rotator = Rotator(vault: vault, by: requester)
    return await attempt(entry.path, entry.tenant) {
      var pace = entry.policy.pace
      if let drain = try rotator.target(of: entry.path, entry.tenant).drain { pace.drain = drain }
      return try await rotator.rotate(
        entry.path, of: entry.tenant, reason: "policy \(entry.policy.name)", pace: pace)
    }
  }

  private func attempt(
    _ path: SecretPath, _ tenant: Name, _ body: () async throws -> Rotation
  ) async -> Bool {
    let name = SecretReference(tenant: tenant, path: path).text
    do {
      let rotation = try await body()
      report("\(name): \(rotation.phase.rawValue) \(rotation.problem ?? "")")
      return rotation.phase == .complete || rotation.phase == .waiting
    } catch RotationError.busy {
      return true
    } catch let error as RotationError {
      report("\(name): \(error.problem)")
    } catch let error as VaultError {
      report("\(name): \(error.problem)")
    } catch let error as ActionSettingsError {
      report("\(name): \(error.problem)")
    } catch {
      report("\(name): failed")
    }
    return false
  }

  // MARK: - Anomalies

  private static let stateName = "anomalies"

  private mutating func handleAnomalies() async throws -> Bool {
    let tenant = try Name("default", kind: "tenant")
    if detector == nil {
      let vault = vault
      detector = AnomalyDetector { tenant, path in
        guard let name = try? Name(tenant, kind: "tenant"), let path = try? SecretPath(path),
          let facts = try? vault.facts(of: path, of: name)
        else { return nil }
        return try? PolicyBook(vault: vault, tenant: name).policy(for: facts)?.onAnomaly
      }
      // What happened before anybody watched is history, not news.
      if let state = try vault.action(.watch, Self.stateName, of: tenant) {
        handled = state.body["handled"]?.count ?? 0
      } else {
        handled = try vault.auditSize()
        try remember(tenant)
      }
    }
    let found = try observeLog()
    var isFine = true
    for anomaly in found where anomaly.sequence >= handled {
      isFine = try await act(on: anomaly) && isFine
      handled = anomaly.sequence + 1
      try remember(tenant, anomaly)
    }
    return isFine
  }

  /// So many entries are held at a time (G5).
  private static let entriesAtOnce: UInt64 = 1000

  /// Shows the detector what the log has got.
  private mutating func observeLog() throws -> [Anomaly] {
    var found: [Anomaly] = []
    let size = try vault.auditSize()
    while observed < size {
      let range = observed..<min(size, observed + Self.entriesAtOnce)
      // The detector asks the vault for policies, which cannot be while the log is being read.
      var entries: [AuditEntry] = []
      try vault.forEachEntry(in: range) { entry in
        if AnomalyDetector.heeds(entry) { entries.append(entry) }
        return true
      }
      for entry in entries { found += detector?.observe(entry) ?? [] }
      observed = range.upperBound
    }
    return found
  }

  /// Puts on record how far anomalies were handled, and the one that was.
  private func remember(_ tenant: Name, _ anomaly: Anomaly? = nil) throws {
    var record =
      try vault.action(.watch, Self.stateName, of: tenant)
      ?? ActionRecord(.watch, Self.stateName, of: tenant, body: .null)
    record.body = .object([.init("handled", .integer(handled))])
    var note = ActionNote("watch.handled", object: Self.stateName)
    if let anomaly {
      note.details = [
        "anomaly": anomaly.kind.rawValue, "agent": anomaly.actor,
        "secret": "\(anomaly.tenant)/\(anomaly.path)", "entry": String(anomaly.sequence),
      ]
    }
    try vault.put(record, as: note, by: requester, needsOperator: false)
  }

  private func act(on anomaly: Anomaly) async throws -> Bool {
    let tenant = try Name(anomaly.tenant, kind: "tenant")
    let path = try SecretPath(anomaly.path)
    report(
      "anomaly \(anomaly.kind.rawValue): agent \(anomaly.actor) and vault://\(tenant.text)/"
        + "\(path.text), audit entry \(anomaly.sequence)")
    guard let facts = try vault.facts(of: path, of: tenant),
      let policy = try PolicyBook(vault: vault, tenant: tenant).policy(for: facts),
      let rule = policy.onAnomaly
    else { return true }
    let actions = rule.actions.intersection(allowed)
    guard !actions.isDisjoint(with: [.rotate, .revoke]) else { return true }
    guard await budget.take() else {
      report("more than \(budget.perMinute) actions a minute: nothing is done about it")
      return false
    }
    let reason = "anomaly \(anomaly.kind.rawValue) entry \(anomaly.sequence)"
    if actions.contains(.rotate) {
      let rotator = Rotator(vault: vault, by: requester)
      return await attempt(path, tenant) {
        try await rotator.rotate(path, of: tenant, reason: reason, pace: .emergency)
      }
    }
    let revoker = Revoker(vault: vault, by: requester)
    let items = try revoker.selection(path, of: tenant)
    if items.isEmpty { return true }
    return try await !revoker.revoke(items, of: tenant, reason: reason).isOpen
  }
}
