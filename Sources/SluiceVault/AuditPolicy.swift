package import SluiceAudit
internal import SluiceCrypto

/// How the vault keeps its log: stored in the vault, so that it binds every process that opens it.
package struct AuditPolicy: Sendable, Hashable {
  /// What stands in entries for the names of people and their machines.
  package enum Names: String, Sendable, CaseIterable {
    case clear
    /// A commitment, whose key can be destroyed.
    case pseudonym
  }

  /// A checkpoint is kept, and sent outside, after so many entries.
  package var checkpointEntries: UInt64 = 1000
  /// Or after so many seconds, whichever comes first.
  package var checkpointSeconds: Int64 = 3600
  /// Entries may be removed when they are older; nil for never.
  package var retentionDays: Int64?
  /// Retention removes so many at once, a power of two: each such segment is a complete subtree.
  package var segmentEntries: UInt64 = 1024
  package var names = Names.clear
  /// With less free space there is an alarm; nil for 10 % of the file system, at most 256 MB.
  package var alarmBytes: UInt64?
  /// With less free space no secret is given out; nil for 2 % of the file system, at most 32 MB.
  package var refuseBytes: UInt64?

  package init() {}

  /// - Throws: `VaultError.invalid`.
  package func check() throws(VaultError) {
    let limits = 1...UInt64(1_000_000)
    guard limits.contains(checkpointEntries), (1...31_536_000).contains(checkpointSeconds) else {
      throw .invalid(problem: "a checkpoint is due after 1 to 1000000 entries and within a year")
    }
    guard (16...65_536).contains(segmentEntries), segmentEntries.nonzeroBitCount == 1 else {
      throw .invalid(problem: "a segment has 16 to 65536 entries, a power of two")
    }
    guard retentionDays.map({ (1...36_500).contains($0) }) ?? true else {
      throw .invalid(problem: "entries are kept for 1 to 36500 days")
    }
    if let alarmBytes, let refuseBytes, alarmBytes < refuseBytes {
      throw .invalid(problem: "the alarm for free space comes after secrets are refused already")
    }
  }

  package var json: JSONValue {
    func number(_ name: String, _ value: (some BinaryInteger)?) -> [JSONValue.Member] {
      value.map { [.init(name, .integer($0))] } ?? []
    }
    return .object(
      [
        .init("checkpointEntries", .integer(checkpointEntries)),
        .init("checkpointSeconds", .integer(checkpointSeconds)),
        .init("segmentEntries", .integer(segmentEntries)),
        .init("names", .string(names.rawValue)),
      ] + number("retentionDays", retentionDays) + number("alarmBytes", alarmBytes)
        + number("refuseBytes", refuseBytes))
  }

  /// Reads what `json` gives; nil for anything else.
  init?(_ json: JSONValue) {
    guard let entries = json["checkpointEntries"]?.count,
      let seconds = json["checkpointSeconds"]?.count.flatMap(Int64.init(exactly:)),
      let segment = json["segmentEntries"]?.count,
      let names = json["names"]?.text.flatMap(Names.init)
    else { return nil }
    checkpointEntries = entries
    checkpointSeconds = seconds
    segmentEntries = segment
    self.names = names
    retentionDays = json["retentionDays"]?.count.flatMap(Int64.init(exactly:))
    alarmBytes = json["alarmBytes"]?.count
    refuseBytes = json["refuseBytes"]?.count
    guard self.json.canonicalBytes == json.canonicalBytes else { return nil }
  }
}

extension StoreTransaction {
  /// The policy in force; the default if none was set.
  ///
  /// - Throws: `VaultError.damaged` if it is unreadable, or is not what the log says was set.
  func auditPolicy() throws -> AuditPolicy {
    if let policy = state.policy { return policy }
    var policy = AuditPolicy()
    if let bytes = try fact(AuditPolicy.fact) {
      guard let json = try? JSONValue(parsing: bytes), let stored = AuditPolicy(json) else {
        throw VaultError.damaged(what: "the audit policy")
      }
      policy = stored
    }
    state.policy = policy
    return policy
  }
}

extension AuditPolicy {
  static let fact = "audit.policy"
  /// The operation by which a policy is set; its details hold it.
  static let operation = "audit.policy"
}

extension Vault {
  package func auditPolicy() throws -> AuditPolicy { try store.read { try $0.auditPolicy() } }

  /// Puts another policy into force; the change is on record with what it says.
  ///
  /// - Throws: `VaultError.invalid`.
  package func setAuditPolicy(_ policy: AuditPolicy, by requester: Requester) throws {
    try policy.check()
    var act = Act(AuditPolicy.operation)
    act.details["policy"] = policy.json.canonicalText
    try perform(act, by: requester) { operation, _ in
      try operation.requireOperator()
      try operation.transaction.setFact(AuditPolicy.fact, policy.json.canonicalBytes)
      operation.transaction.state.policy = policy
    }
  }
}
