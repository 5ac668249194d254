package import SluiceCrypto

/// One act on record: who, what, when, on which version, with what outcome.
///
/// Never a value. The leaf of the log is the entry's canonical JSON; there is exactly one spelling of an entry.
package struct AuditEntry: Sendable, Hashable {
  /// Who acted.
  package struct Actor: Sendable, Hashable {
    package enum Kind: String, Sendable { case agent, `operator`, system }
    package let kind: Kind
    /// The operator's login name, or the agent's name.
    package let name: String

    package init(_ kind: Kind, _ name: String) {
      self.kind = kind
      self.name = name
    }
  }

  package enum Decision: String, Sendable { case allow, deny }

  /// The entry's place in the log, from 0; part of the entry, so that a move shows.
  package var sequence: UInt64
  /// Never before the time of the entry in front.
  package var time: UTCTime
  package var actor: Actor
  /// What was done: `secret.read`, `agent.grant`.
  package var operation: String
  package var decision: Decision
  /// Why it was denied, or which grant allowed it.
  package var reason: String?
  package var tenant: String?
  /// A secret's path, or an agent's name.
  package var object: String?
  package var version: UInt64?
  /// The keyed fingerprint of the value, where one is concerned.
  package var fingerprint: String?
  /// Names the request that led to the entry, so that several entries can be joined.
  package var request: String
  package var host: String
  package var process: Int32
  /// What else there is to know, by name.
  package var details: [String: String]

  package init(
    sequence: UInt64, time: UTCTime, actor: Actor, operation: String, decision: Decision,
    request: String, host: String, process: Int32
  ) {
    self.sequence = sequence
    self.time = time
    self.actor = actor
    self.operation = operation
    self.decision = decision
    self.request = request
    self.host = host
    self.process = process
    details = [:]
  }
}

extension AuditEntry {
  /// Entries are at most this long, so that a proof or an entry bundle (C2SP tlog-tiles) holds one.
  package static let largestByteCount = 65_535

  /// The operation by which retention removes entries; its `upTo` says which.
  package static let expiryOperation = "audit.expire"

  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init(
        "actor",
        .object([
          .init("kind", .string(actor.kind.rawValue)), .init("name", .string(actor.name)),
        ])),
      .init("decision", .string(decision.rawValue)),
      .init("host", .string(host)),
      .init("operation", .string(operation)),
      .init("process", .integer(process)),
      .init("request", .string(request)),
      .init("sequence", .integer(sequence)),
      .init("time", .string(time.text)),
      .init("v", .integer(1)),
    ]
    func add(_ name: String, _ value: JSONValue?) {
      if let value { members.append(.init(name, value)) }
    }
    add("fingerprint", fingerprint.map(JSONValue.string))
    add("object", object.map(JSONValue.string))
    add("reason", reason.map(JSONValue.string))
    add("tenant", tenant.map(JSONValue.string))
    add("version", version.map { .integer($0) })
    if !details.isEmpty {
      add("details", .object(details.map { .init($0.key, .string($0.value)) }))
    }
    return .object(members)
  }

  package var canonicalBytes: [UInt8] { json.canonicalBytes }

  package var leaf: Digest { MerkleTree.leaf(canonicalBytes) }

  /// Reads an entry; unknown members are refused, because they would be lost.
  ///
  /// Nil if it is no entry of version 1.
  package init?(_ json: JSONValue) { self.init(json, canonical: nil) }

  /// - Parameters:
  ///   - json: what may be an entry.
  ///   - canonical: its canonical bytes, if they are known.
  init?(_ json: JSONValue, canonical: [UInt8]?) {
    guard let members = json.members, json["v"]?.count == 1,
      let sequence = json["sequence"]?.count, let time = json["time"]?.text.flatMap(UTCTime.init),
      let kind = json["actor"]?["kind"]?.text.flatMap(Actor.Kind.init),
      let name = json["actor"]?["name"]?.text, let operation = json["operation"]?.text,
      let decision = json["decision"]?.text.flatMap(Decision.init),
      let request = json["request"]?.text, let host = json["host"]?.text,
      let process = json["process"]?.count.flatMap(Int32.init(exactly:))
    else { return nil }
    self.init(
      sequence: sequence, time: time, actor: Actor(kind, name), operation: operation,
      decision: decision, request: request, host: host, process: process)
    fingerprint = json["fingerprint"]?.text
    object = json["object"]?.text
    reason = json["reason"]?.text
    tenant = json["tenant"]?.text
    version = json["version"]?.count
    for member in json["details"]?.members ?? [] { details[member.name] = member.value.text }
    // Whatever was not understood is missing now.
    guard canonicalBytes == canonical ?? JSONValue.object(members).canonicalBytes else {
      return nil
    }
  }
}
