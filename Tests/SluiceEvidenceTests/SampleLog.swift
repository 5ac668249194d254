@testable import SluiceAudit
import SluiceControls
import SluiceCrypto
@testable import SluiceEvidence
import Testing

/// A log of a quarter, as a small organisation would have it, made anew from a seed.
enum SampleLog {
  static let period = "2026-Q3"

  static func entries(count: Int = 600) -> [AuditEntry] {
    var random = SplitMix(state: 7)
    var time = UTCTime(microseconds: 1_782_864_000_000_000)  // 2026-07-01
    return (0..<count).map { index in
      let number = random.next()
      time = time.advanced(bySeconds: Int64(number % 24_000))
      let choice = number >> 32 % 100
      var entry = AuditEntry(
        sequence: UInt64(index), time: time, actor: .init(.agent, "acme/deployer"),
        operation: "secret.inject", decision: .allow, request: "r\(index)", host: "build-1",
        process: 7)
      entry.tenant = "acme"
      entry.object = "prod/service-\(number % 9)"
      entry.version = 1
      switch choice {
      case 0..<55: break
      case 55..<65:
        entry.decision = .deny
        entry.reason = "denied: no grant names '<prod/db>' & friends"
      case 65..<75:
        entry.operation = "secret.put"
        entry.version = 3
      case 75..<80: entry.operation = "agent.grant"
      case 80..<84: entry.operation = "agent.create"
      case 84..<88: entry.operation = "secret.revoke"
      case 88..<93: entry.operation = "incident.open"
      case 93..<97: entry.operation = "audit.export"
      default: entry.operation = "agent.token"
      }
      return entry
    }
  }

  struct SplitMix {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }

  static func report(
    _ framework: String = "fedramp", entries: [AuditEntry] = SampleLog.entries()
  ) throws -> EvidenceReport {
    let key = try SigningKey.random()
    var levels = MerkleLevels()
    for entry in entries { levels.append(entry.leaf) }
    let note = try Checkpoint(
      origin: "sluice.example/audit", size: UInt64(entries.count), root: levels.root
    ).signed(by: key)
    let header = LogExport.Header(
      range: 0..<UInt64(entries.count), checkpoint: note, history: [], outside: [])
    var lines = ([header.line] + entries.map(LogExport.line))[...]
    let verifier = LogVerifier(
      key: NoteVerifier(name: "sluice.example/audit", key: key.verifyingKey))
    let verification = try verifier.verify { lines.popFirst() }
    var statistics = PeriodStatistics(try #require(ReportPeriod(period)))
    for entry in entries { statistics.follow(entry) }
    var inventory = Inventory()
    inventory.agents = 4
    inventory.tenants = 2
    let made = UTCTime(microseconds: 1_790_900_000_000_000)
    inventory.credentials = [
      .init(name: "acme/prod/db", since: made.advanced(bySeconds: -100 * 86_400), policy: "90d"),
      .init(name: "acme/prod/api", since: made.advanced(bySeconds: -80 * 86_400), policy: "90d"),
      .init(name: "acme/prod/new", since: made, policy: "90d"),
      .init(name: "acme/prod/free", since: made, due: nil),
      .init(
        name: "acme/prod/stuck", since: made, due: made.advanced(bySeconds: 40 * 86_400),
        isFailing: true),
    ]
    return EvidenceReport(
      framework: try #require(BuiltinControls.framework(framework)), statistics: statistics,
      inventory: inventory, verification: verification, made: made, generator: "sluice test",
      cryptoModule: "OpenSSL 3", isValidatedModule: false)
  }
}
