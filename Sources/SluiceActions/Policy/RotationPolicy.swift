package import SluiceAudit
internal import SluiceCrypto
package import SluiceVault

/// For which secrets, when, and how they are rotated by themselves.
package struct RotationPolicy: Sendable, Hashable {
  package enum Schedule: Sendable, Hashable {
    case onDemand
    case every(Duration)
    case at(CronSchedule)
  }

  package let name: String
  private let paths: [PathPattern]
  private let types: [String]
  private let tiers: [String]
  private let classes: [String]
  package let schedule: Schedule
  private let windows: [RotationWindow]
  package let jitter: Duration
  /// How many secrets of this policy at a time.
  package let atOnce: Int
  package let pace: RotationPace
  package let onLeak: LeakRule?
  package let onAnomaly: AnomalyRule?

  /// - Throws: `ActionSettingsError`.
  package init(name: String, _ json: JSONValue) throws(ActionSettingsError) {
    let fields = try TargetFields(
      json, place: "policy '\(name)'",
      known: [
        "match", "every", "cron", "daily", "weekly", "windows", "jitter", "atOnce", "drain",
        "notice", "onLeak", "onAnomaly",
      ])
    self.name = name
    let match = try TargetFields(
      fields.value("match") ?? .object([]), place: "'match' of policy '\(name)'",
      known: ["paths", "types", "tiers", "classes"])
    do {
      paths = try match.texts("paths").map { text throws(VaultError) in try PathPattern(text) }
    } catch let error as VaultError {
      throw ActionSettingsError(error.problem)
    } catch let error as ActionSettingsError {
      throw error
    } catch {
      throw match.error("paths", "a list of patterns")
    }
    types = try match.texts("types")
    tiers = try match.texts("tiers")
    classes = try match.texts("classes")
    schedule = try Self.schedule(fields)
    var windows: [RotationWindow] = []
    for window in fields.value("windows")?.elements ?? [] {
      windows.append(
        try RotationWindow(
          TargetFields(
            window, place: "a window of policy '\(name)'", known: ["days", "from", "to"])))
    }
    self.windows = windows
    jitter = try fields.duration("jitter") ?? .zero
    atOnce = Int(try fields.number("atOnce", in: 1...100) ?? 1)
    var pace = RotationPace()
    pace.drain = try fields.duration("drain") ?? pace.drain
    pace.notice = try fields.duration("notice") ?? .seconds(1)
    self.pace = pace
    onLeak = try fields.value("onLeak").map { json throws(ActionSettingsError) in
      try LeakRule(json, policy: name)
    }
    onAnomaly = try fields.value("onAnomaly").map { json throws(ActionSettingsError) in
      try AnomalyRule(json, policy: name)
    }
  }

  private static func schedule(_ fields: TargetFields) throws(ActionSettingsError) -> Schedule {
    let given = ["every", "cron", "daily", "weekly"].filter { fields.value($0) != nil }
    guard given.count <= 1 else {
      throw ActionSettingsError("\(fields.place) has more than one schedule")
    }
    if let every = try fields.duration("every") {
      guard every >= .seconds(60) else { throw fields.error("every", "60s or more") }
      return .every(every)
    }
    for (key, example, make) in [
      ("cron", "five fields such as '30 3 * * mon'", { CronSchedule($0) }),
      ("daily", "a time of day such as 03:30", { CronSchedule(daily: $0) }),
      ("weekly", "a day and a time such as 'mon 03:30'", { CronSchedule(weekly: $0) }),
    ] as [(String, String, (String) -> CronSchedule?)] {
      guard let text = try fields.text(key) else { continue }
      guard let cron = make(text) else { throw fields.error(key, example) }
      return .at(cron)
    }
    return .onDemand
  }

  /// Whether a secret that names no policy is meant; one that names a class counts by that.
  package func fits(_ secret: SecretRecord) -> Bool {
    let words = Self.words(of: secret)
    if words.contains(name) { return true }
    guard !(paths.isEmpty && types.isEmpty && tiers.isEmpty && classes.isEmpty) else {
      return false
    }
    return (paths.isEmpty || paths.contains { $0.covers(secret.path) })
      && (types.isEmpty || types.contains(secret.attributes.type))
      && (tiers.isEmpty || tiers.contains(secret.attributes.tier))
      && (classes.isEmpty || !words.isDisjoint(with: classes))
  }

  /// The names of policies and compliance classes that a secret carries.
  package static func words(of secret: SecretRecord) -> Set<String> {
    Set(
      secret.attributes.policy.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init))
  }

  /// When a secret is to be rotated next; nil for never.
  ///
  /// A run that was missed is made up for once, and a last run in the future, which a clock that was
  /// set back leaves, counts as now.
  ///
  /// - Parameters:
  ///   - last: when its value was made.
  ///   - path: decides the jitter, so that it is the same in every process.
  ///   - now: the time.
  /// - Returns: a time in the past for what is due already.
  package func due(after last: UTCTime, path: SecretPath, now: UTCTime) -> UTCTime? {
    let last = min(last, now)
    let planned: UTCTime? =
      switch schedule {
      case .onDemand: nil
      case .every(let interval): last.advanced(by: interval)
      case .at(let cron): cron.next(after: last)
      }
    guard var due = planned else { return nil }
    let range = jitter.milliseconds
    if range > 0 {
      let hash = SHA256.digest(of: Array("\(name) \(path.text)".utf8)).bytes.prefix(6)
      let number = hash.reduce(Int64(0)) { $0 << 8 | Int64($1) }
      due = due.advanced(by: .milliseconds(number % range))
    }
    // What is due in the past, too, waits for a window.
    let earliest = max(due, now)
    let open = windows.map { $0.earliest(from: earliest) }.min() ?? due
    return windows.isEmpty || open == earliest && due <= now ? due : open
  }
}

/// What may be done about a leak.
package struct LeakRule: Sendable, Hashable {
  private let actions: LeakActions
  private let whenNotCurrent: LeakActions
  private let confidences: Set<String>
  private let sources: [String]

  init(_ json: JSONValue, policy: String) throws(ActionSettingsError) {
    let fields = try TargetFields(
      json, place: "'onLeak' of policy '\(policy)'",
      known: ["actions", "whenNotCurrent", "confidences", "sources"])
    func actions(_ key: String) throws(ActionSettingsError) -> LeakActions? {
      let words = try fields.texts(key)
      guard !words.isEmpty else { return nil }
      guard let actions = LeakActions(words: words) else {
        throw fields.error(key, "a list of mask, alert, revoke and rotate")
      }
      return actions
    }
    self.actions = try actions("actions") ?? [.alert]
    whenNotCurrent = try actions("whenNotCurrent") ?? self.actions
    confidences = Set(try fields.texts("confidences"))
    sources = try fields.texts("sources")
  }

  /// What may be done, given how sure it is and where it was seen.
  func actions(for notice: LeakNotice, isCurrent: Bool) -> LeakActions {
    let isSure = confidences.isEmpty || confidences.contains(notice.confidence)
    let isThere = sources.isEmpty || sources.contains { notice.source.hasPrefix($0) }
    guard isSure, isThere else { return [.alert] }
    return isCurrent ? actions : whenNotCurrent
  }
}

/// The policies of a tenant.
package struct PolicyBook {
  package let policies: [RotationPolicy]

  package init(vault: Vault, tenant: Name) throws {
    policies = try vault.actions(.policy, of: tenant).map { record in
      try RotationPolicy(name: record.name, record.body)
    }
  }

  /// The policy of a secret: one that it names, else the first by name that fits.
  package func policy(for secret: SecretRecord) -> RotationPolicy? {
    let words = RotationPolicy.words(of: secret)
    return policies.first { words.contains($0.name) } ?? policies.first { $0.fits(secret) }
  }
}
