internal import Foundation
internal import SluiceAudit
internal import SluiceCrypto

/// Who asks for something, and under which circumstances.
package struct Requester: Sendable {
  package enum Principal: Sendable, Hashable {
    /// Whoever can unseal the vault, by the name the system knows them under.
    case `operator`(String)
    case agent(Name, tenant: Name)
  }

  package let principal: Principal
  /// What grants may ask for: `tool`, `environment`.
  package let context: [String: String]
  /// Names the request in every entry that it leads to.
  package let request: String

  package init(_ principal: Principal, context: [String: String] = [:]) throws {
    self.principal = principal
    self.context = context
    request = Hexadecimal.text(of: try Vault.explaining { try SecureRandom.bytes(8) })
  }

  var actor: AuditEntry.Actor {
    switch principal {
    case .operator(let name): .init(.operator, name)
    case .agent(let name, let tenant): .init(.agent, "\(tenant.text)/\(name.text)")
    }
  }
}

/// Something that goes on record.
struct Act {
  let operation: String
  var tenant: Name?
  var object: String?
  var version: UInt64?
  var fingerprint: String?
  var details: [String: String] = [:]
  /// The records that it changes, as `StoredSecret.subject` names them.
  var subjects: Set<String> = []

  init(_ operation: String, tenant: Name? = nil, object: String? = nil, version: UInt64? = nil) {
    self.operation = operation
    self.tenant = tenant
    self.object = object
    self.version = version
  }
}

/// What an operation has at hand: the transaction, its place in the log, the time.
struct Operation {
  let transaction: StoreTransaction
  let requester: Requester
  /// The sequence of the audit entry that this operation gets.
  let sequence: UInt64
  let time: UTCTime
}

extension Vault {
  /// Does something and puts it on record, in one transaction (G8).
  ///
  /// If `body` throws a `VaultError`, what it wrote is undone, the refusal goes on record, and the
  /// error is thrown on. If the record cannot be written, nothing happens at all.
  func perform<Result>(
    _ act: Act, by requester: Requester,
    _ body: (Operation, inout Act) throws -> Result
  ) throws -> Result {
    let outcome: Swift.Result<Result, VaultError> = try store.write { transaction in
      let operation = Operation(
        transaction: transaction, requester: requester, sequence: try transaction.auditSize(),
        time: now())
      var act = act
      do {
        let result = try transaction.attempt {
          try requireSpace(act, in: transaction)
          return try Self.explaining { try body(operation, &act) }
        }
        try record(
          act, by: requester, .allow, reason: act.details["grant"].map { "grant \($0)" },
          in: transaction)
        return .success(result)
      } catch let error as VaultError {
        if case .store = error { throw error }
        act.subjects = []
        try record(act, by: requester, .deny, reason: error.problem, in: transaction)
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  /// Appends one entry, and an alarm if the disk runs full.
  func record(
    _ act: Act, by requester: Requester, _ decision: AuditEntry.Decision, reason: String?,
    in transaction: StoreTransaction
  ) throws {
    try append(
      act, actor: requester.actor, request: requester.request, decision, reason: reason,
      in: transaction)
    try raiseSpaceAlarm(by: requester, in: transaction)
  }

  func append(
    _ act: Act, actor: AuditEntry.Actor, request: String, _ decision: AuditEntry.Decision,
    reason: String?, in transaction: StoreTransaction
  ) throws {
    let head = try transaction.logHead()
    var time = now()
    var details = act.details
    if let last = head.lastTime, time < last {
      // A clock that was set back must not make the record run backwards.
      details["clockBehindMicroseconds"] = String(last.microseconds - time.microseconds)
      time = last
    }
    var (actor, host) = (actor, Self.hostName)
    if try transaction.auditPolicy().names == .pseudonym {
      host = try transaction.pseudonym(for: host, kind: PersonalKind.host)
      if actor.kind == .operator {
        actor = .init(
          .operator, try transaction.pseudonym(for: actor.name, kind: PersonalKind.person))
      }
    }
    var entry = AuditEntry(
      sequence: head.tree.size, time: time, actor: actor, operation: act.operation,
      decision: decision, request: request, host: host, process: Self.processID)
    entry.tenant = act.tenant?.text
    entry.object = act.object
    entry.version = act.version
    entry.fingerprint = act.fingerprint
    entry.reason = reason
    entry.details = details
    try transaction.append(entry, subjects: act.subjects)
  }

  /// Signs for the log, if it grew and the vault is open: once for all that one commit holds.
  func finish(_ transaction: StoreTransaction) throws {
    guard transaction.state.hasAppended, let keyring = try? keyring() else { return }
    let head = try transaction.logHead()
    try sign(head.tree, keyring, at: head.lastTime ?? now(), isKept: false, in: transaction)
  }

  /// Signs the state of the log.
  func sign(
    _ tree: MerkleTree, _ keyring: Keyring, at time: UTCTime, isKept: Bool,
    in transaction: StoreTransaction
  ) throws {
    let last = try transaction.lastKeptCheckpoint()
    let policy = try transaction.auditPolicy()
    let isDue =
      last.map {
        tree.size - $0.size >= policy.checkpointEntries
          || $0.time.advanced(bySeconds: policy.checkpointSeconds) <= time
      } ?? true
    let note = try Checkpoint(origin: keyring.origin, size: tree.size, root: tree.root)
      .signed(by: keyring.signing)
    try transaction.put(note, size: tree.size, at: time, isKept: isKept || isDue)
  }

  static func entry(_ sequence: UInt64, in transaction: StoreTransaction) throws -> AuditEntry {
    guard let row = try transaction.auditRow(sequence) else {
      throw VaultError.damaged(what: "entry \(sequence) of the audit log")
    }
    return try entry(sequence, stored: row.entry)
  }

  static func entry(_ sequence: UInt64, stored: [UInt8]) throws -> AuditEntry {
    guard let json = try? JSONValue(parsing: stored), let entry = AuditEntry(json) else {
      throw VaultError.damaged(what: "entry \(sequence) of the audit log")
    }
    return entry
  }

  private static let hostName = ProcessInfo.processInfo.hostName
  private static let processID = ProcessInfo.processInfo.processIdentifier
}
