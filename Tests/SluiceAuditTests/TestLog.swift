@testable import SluiceAudit
import SluiceCrypto
import Testing

/// A log in memory, with the key that signs it.
struct TestLog: ~Copyable {
  static let origin = "sluice.example/audit"
  let key: SigningKey
  var entries: [AuditEntry]
  var history: [SignedNote] = []

  init(count: Int) throws {
    key = try SigningKey.random()
    entries = (0..<count).map { TestLog.entry(UInt64($0)) }
  }

  static func entry(_ index: UInt64) -> AuditEntry {
    let start = UTCTime(microseconds: 1_795_392_000_000_000)
    var entry = AuditEntry(
      sequence: index, time: start.advanced(bySeconds: Int64(index)),
      actor: .init(.operator, "alice"), operation: "secret.read", decision: .allow,
      request: "r\(index)", host: "host-a", process: 42)
    entry.tenant = index % 3 == 0 ? "acme" : "globex"
    return entry
  }

  var verifier: NoteVerifier { NoteVerifier(name: Self.origin, key: key.verifyingKey) }

  var levels: MerkleLevels {
    var levels = MerkleLevels()
    for entry in entries { levels.append(entry.leaf) }
    return levels
  }

  func checkpoint(_ size: Int) throws -> SignedNote {
    let root = try MerkleProver(levels).root(ofSize: UInt64(size))
    return try Checkpoint(origin: Self.origin, size: UInt64(size), root: root).signed(by: key)
  }

  /// The lines of an export; only entries of `tenant`, if one is given.
  func export(
    _ range: Range<UInt64>? = nil, signedSize: Int? = nil, tenant: String? = nil
  ) throws -> [[UInt8]] {
    let range = range ?? 0..<UInt64(entries.count)
    let size = signedSize ?? entries.count
    let header = LogExport.Header(
      range: range, checkpoint: try checkpoint(size), history: history,
      outside: try MerkleProver(levels).outside(
        range.clamped(to: 0..<UInt64(size)), ofSize: UInt64(size)))
    let rows = range.map { index in
      let entry = entries[Int(index)]
      return tenant == nil || entry.tenant == tenant
        ? LogExport.line(entry) : LogExport.line(withheld: index, leaf: entry.leaf)
    }
    return [header.line] + rows
  }
}

extension LogVerifier {
  func verify(_ lines: [[UInt8]]) throws -> Report {
    var rest = lines[...]
    return try verify { rest.popFirst() }
  }

  /// The damage that is found; nil if there is none.
  func damage(_ lines: [[UInt8]]) throws -> LogDamage? {
    do {
      _ = try verify(lines)
      return nil
    } catch let damage as LogDamage {
      return damage
    }
  }
}
