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
  /// A checkpoint is kept for ever after so many entries, or so many seconds.
  static let checkpointEntries: UInt64 = 1000
  static let checkpointSeconds: Int64 = 3600

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
          try Self.explaining { try body(operation, &act) }
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

  /// Appends one entry and, if the vault is open, signs for the log up to it.
  func record(
    _ act: Act, by requester: Requester, _ decision: AuditEntry.Decision, reason: String?,
    in transaction: StoreTransaction
  ) throws {
    let sequence = try transaction.auditSize()
    var time = now()
    var details = act.details
    if sequence > 0 {
      let last = try Self.entry(sequence - 1, in: transaction)
      if time < last.time {
        // A clock that was set back must not make the record run backwards.
        let behind = last.time.microseconds - time.microseconds
        details["clockBehindMicroseconds"] = String(behind)
        time = last.time
      }
    }
    var entry = AuditEntry(
      sequence: sequence, time: time, actor: requester.actor, operation: act.operation,
      decision: decision, request: requester.request, host: Self.hostName,
      process: ProcessInfo.processInfo.processIdentifier)
    entry.tenant = act.tenant?.text
    entry.object = act.object
    entry.version = act.version
    entry.fingerprint = act.fingerprint
    entry.reason = reason
    entry.details = details
    let tree = try transaction.append(entry, subjects: act.subjects)
    guard let keyring = try? keyring() else { return }
    try sign(tree, keyring, at: time, isKept: false, in: transaction)
  }

  /// Signs the state of the log.
  func sign(
    _ tree: MerkleTree, _ keyring: Keyring, at time: UTCTime, isKept: Bool,
    in transaction: StoreTransaction
  ) throws {
    let last = try transaction.lastKeptCheckpoint()
    let isDue =
      last.map {
        tree.size - $0.size >= Self.checkpointEntries
          || $0.time.advanced(bySeconds: Self.checkpointSeconds) <= time
      } ?? true
    let note = try Checkpoint(origin: keyring.origin, size: tree.size, root: tree.root)
      .signed(by: keyring.signing)
    try transaction.put(note, size: tree.size, at: time, isKept: isKept || isDue)
  }

  static func entry(_ sequence: UInt64, in transaction: StoreTransaction) throws -> AuditEntry {
    guard let row = try transaction.auditRow(sequence),
      let json = try? JSONValue(parsing: row.entry), let entry = AuditEntry(json)
    else { throw VaultError.damaged(what: "entry \(sequence) of the audit log") }
    return entry
  }

  private static let hostName = ProcessInfo.processInfo.hostName
}
