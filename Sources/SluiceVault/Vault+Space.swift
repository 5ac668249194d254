internal import Foundation
internal import SluiceAudit

/// How much room the vault's file system has.
package struct DiskSpace: Sendable, Hashable {
  package let freeBytes: UInt64
  package let totalBytes: UInt64

  package init(freeBytes: UInt64, totalBytes: UInt64) {
    self.freeBytes = freeBytes
    self.totalBytes = totalBytes
  }

  /// Nil if the system does not say.
  static func of(_ path: String) -> DiskSpace? {
    let facts = try? FileManager.default.attributesOfFileSystem(forPath: path)
    guard let free = facts?[.systemFreeSize] as? NSNumber,
      let total = facts?[.systemSize] as? NSNumber
    else { return nil }
    return DiskSpace(freeBytes: free.uint64Value, totalBytes: total.uint64Value)
  }

  package enum State: Sendable, Hashable { case enough, low, nearlyFull, full }

  /// What the policy says about it.
  package func state(under policy: AuditPolicy) -> State {
    let refuse = policy.refuseBytes ?? min(32_000_000, totalBytes / 50)
    let alarm = max(refuse, policy.alarmBytes ?? min(256_000_000, totalBytes / 10))
    if freeBytes < refuse / 2 { return .full }
    if freeBytes < refuse { return .nearlyFull }
    return freeBytes < alarm ? .low : .enough
  }
}

// When the disk runs full, the log must not: what it has left is kept for what reduces harm. So,
// long before, there is an alarm, in the log and to whoever runs a command. With less than the
// reserve, no secret is given out or taken in; that refusal is on record. With less than half of it,
// refusals do not get entries either, or asking again and again would use up the reserve. Revoking,
// destroying, verifying and exporting go on to the last page. The filter writes nothing here and
// goes on whatever happens.
extension Vault {
  /// Between two entries of the alarm.
  private static let alarmSeconds: Int64 = 3600
  private static let alarmFact = "audit.space-alarm"

  /// Operations that wait until there is space: those that give out a value or store one.
  private static let refusable: Set<String> = [
    "secret.read", "secret.inject", "secret.put", "secret.rotate",
  ]

  package func diskSpace() -> DiskSpace? { space() }

  /// What to tell a person, if space runs out.
  package func spaceWarning() throws -> String? {
    guard let space = diskSpace() else { return nil }
    let policy = try auditPolicy()
    let megabytes = space.freeBytes / 1_000_000
    return switch space.state(under: policy) {
    case .enough: nil
    case .low: "the vault's file system has \(megabytes) MB left"
    case .nearlyFull, .full:
      "the vault's file system has \(megabytes) MB left: no secret is given out or taken in"
    }
  }

  /// Refuses what the policy refuses.
  ///
  /// - Throws: `VaultError.noSpace`, to be put on record, or `store`, if even that is refused.
  func requireSpace(_ act: Act, in transaction: StoreTransaction) throws {
    guard Self.refusable.contains(act.operation), let space = diskSpace() else { return }
    let megabytes = space.freeBytes / 1_000_000
    switch space.state(under: try transaction.auditPolicy()) {
    case .enough, .low: return
    case .nearlyFull: throw VaultError.noSpace(freeMegabytes: megabytes)
    case .full:
      throw VaultError.store(problem: "the disk has \(megabytes) MB left, the rest is a reserve")
    }
  }

  /// Puts an alarm into the log, once an hour, while space is short.
  func raiseSpaceAlarm(by requester: Requester, in transaction: StoreTransaction) throws {
    guard let space = diskSpace(), space.state(under: try transaction.auditPolicy()) != .enough,
      space.state(under: try transaction.auditPolicy()) != .full
    else { return }
    let last = try transaction.fact(Self.alarmFact).flatMap {
      Int64(String(decoding: $0, as: UTF8.self))
    }
    let time = now()
    if let last, UTCTime(microseconds: last).advanced(bySeconds: Self.alarmSeconds) > time {
      return
    }
    try transaction.setFact(Self.alarmFact, Array(String(time.microseconds).utf8))
    var act = Act("audit.space-alarm")
    act.details = [
      "freeBytes": String(space.freeBytes), "totalBytes": String(space.totalBytes),
    ]
    try append(
      act, actor: AuditEntry.Actor(.system, "sluice"), request: requester.request, .allow,
      reason: "the disk is running full", in: transaction)
  }
}
