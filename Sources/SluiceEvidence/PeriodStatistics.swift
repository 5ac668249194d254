package import SluiceAudit

/// What the entries of a period add up to; one pass, memory bounded by names, not by entries.
package struct PeriodStatistics: Sendable {
  package let period: ReportPeriod
  private var series: [Measure: Series] = [:]
  /// Allowed and denied, by operation.
  package private(set) var operations: [String: (allowed: Int, denied: Int)] = [:]
  package private(set) var denialReasons: [String: Int] = [:]
  package private(set) var actors: Set<String> = []
  package private(set) var secrets: Set<String> = []
  /// The first and the last entry of the period.
  package private(set) var range: ClosedRange<UInt64>?
  package private(set) var entries = 0
  /// Where the clock had been set back.
  package private(set) var clockGuards: [UInt64] = []
  package private(set) var spaceAlarms: [UInt64] = []
  /// How long each leak took until it was answered, in microseconds.
  package private(set) var responses: [Int64] = []
  /// Leaks whose credential has not been revoked by the end of the log.
  package var openLeaks: Int { pending.values.reduce(0) { $0 + $1.count } }
  private var pending: [String: [UTCTime]] = [:]
  /// Where checkpoints did not get outside.
  package private(set) var failures: [UInt64] = []
  /// Secrets that got another version than their first one.
  package private(set) var renewals: Series

  /// Most names that are kept of each kind: a log of a million agents is still one page.
  private static let mostNames = 10_000

  package init(_ period: ReportPeriod) {
    self.period = period
    renewals = Series(buckets: period.bucketCount)
    for measure in Measure.allCases { series[measure] = Series(buckets: period.bucketCount) }
  }

  package subscript(measure: Measure) -> Series {
    series[measure] ?? Series(buckets: period.bucketCount)
  }

  /// Takes the next entry of the log; those behind the period count where a leak ended.
  package mutating func follow(_ entry: AuditEntry) {
    endLeaks(entry)
    guard period.contains(entry.time) else { return }
    entries += 1
    range = (range?.lowerBound ?? entry.sequence)...entry.sequence
    let bucket = period.bucket(of: entry.time)
    let isAllowed = entry.decision == .allow
    var count = operations[entry.operation] ?? (0, 0)
    if isAllowed { count.allowed += 1 } else { count.denied += 1 }
    if operations.count < Self.mostNames || operations[entry.operation] != nil {
      operations[entry.operation] = count
    }
    remember(entry)
    if !isAllowed {
      series[.denials]?.count(at: bucket)
      let reason = entry.reason ?? "no reason"
      if denialReasons[reason] != nil || denialReasons.count < Self.mostNames {
        denialReasons[reason, default: 0] += 1
      }
    }
    if entry.details["clockBehindMicroseconds"] != nil {
      series[.clock]?.count(at: bucket)
      if clockGuards.count < 100 { clockGuards.append(entry.sequence) }
    }
    guard isAllowed else { return }
    for measure in Measure.allCases where measure.counts(entry.operation) {
      series[measure]?.count(at: bucket)
    }
    if entry.operation == "rotation.promote"
      || (entry.operation == "secret.put" && entry.version ?? 0 > 1)
    {
      renewals.count(at: bucket)
    }
    if entry.operation == "audit.space-alarm", spaceAlarms.count < 100 {
      spaceAlarms.append(entry.sequence)
    }
    if entry.operation == "audit.send-failed", failures.count < 100 {
      failures.append(entry.sequence)
    }
    if LeakOperation.finds(entry.operation), pending.count < Self.mostNames {
      // It was seen in the stream before its incident was opened.
      let seen = entry.details["seen"].flatMap(UTCTime.init) ?? entry.time
      pending[Self.leak(entry), default: []].append(min(seen, entry.time))
    }
  }

  private mutating func remember(_ entry: AuditEntry) {
    if actors.count < Self.mostNames {
      actors.insert("\(entry.actor.kind.rawValue) \(entry.actor.name)")
    }
    if entry.operation.hasPrefix("secret."), entry.object != nil, secrets.count < Self.mostNames {
      secrets.insert(Self.secret(entry))
    }
  }

  private mutating func endLeaks(_ entry: AuditEntry) {
    guard entry.decision == .allow, LeakOperation.ends(entry.operation),
      let found = pending.removeValue(forKey: Self.leak(entry))
    else { return }
    for time in found { responses.append(entry.time.microseconds - time.microseconds) }
  }

  /// What a leak is known by: its secret, or where no secret of the vault was found, its incident.
  private static func leak(_ entry: AuditEntry) -> String {
    let isIncident = entry.operation.hasPrefix("incident.")
    guard isIncident, (entry.details["path"] ?? "").isEmpty else { return secret(entry) }
    return "incident \(entry.tenant ?? "")/\(entry.object ?? "")"
  }

  /// Which secret an entry is about: an incident names it in its details.
  private static func secret(_ entry: AuditEntry) -> String {
    "\(entry.tenant ?? "")/\(entry.details["path"] ?? entry.object ?? "")"
  }

  /// The value that half of the answers to leaks did not exceed, and nine of ten.
  package var responseQuantiles: (median: Int64, ninth: Int64)? {
    guard !responses.isEmpty else { return nil }
    let sorted = responses.sorted()
    return (sorted[(sorted.count - 1) / 2], sorted[(sorted.count - 1) * 9 / 10])
  }
}
