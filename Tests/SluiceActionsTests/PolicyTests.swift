import Foundation
import SluiceAudit
import Testing

@testable import SluiceActions
@testable import SluiceVault

@Suite("Rotation policies")
struct PolicyTests {
  static func time(_ text: String) throws -> UTCTime { try #require(UTCTime(text)) }

  @Test(
    "cron schedules name the next minute in UTC",
    arguments: [
      ("30 3 * * *", "2026-11-23T03:30:00Z", "2026-11-24T03:30:00Z"),
      ("*/15 * * * *", "2026-11-23T03:31:07Z", "2026-11-23T03:45:00Z"),
      ("0 0 29 2 *", "2026-11-23T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("0 12 * * mon-fri", "2026-11-27T12:00:00Z", "2026-11-30T12:00:00Z"),
      ("0 0 1 * sun", "2026-11-23T00:00:00Z", "2026-11-29T00:00:00Z"),
      ("59 23 31 dec *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
      ("0 6 * * 7", "2026-11-23T00:00:00Z", "2026-11-29T06:00:00Z"),
    ])
  func cron(text: String, after: String, next: String) throws {
    let schedule = try #require(CronSchedule(text))
    #expect(try schedule.next(after: Self.time(after)) == Self.time(next))
  }

  @Test(
    "what is no schedule is refused",
    arguments: [
      "", "* * * *", "60 * * * *", "* 24 * * *", "0 0 30 2 *", "a * * * *", "*/0 * * * *",
    ])
  func wrongCron(text: String) { #expect(CronSchedule(text) == nil) }

  @Test("days and weeks by name")
  func daily() throws {
    #expect(CronSchedule(daily: "03:30")?.text == "30 3 * * *")
    #expect(CronSchedule(weekly: "mon 03:30")?.text == "30 3 * * mon")
    #expect(CronSchedule(daily: "3:30") == nil)
    #expect(CronSchedule(weekly: "monday 03:30") == nil)
  }

  private static func policy(_ members: [(String, JSONValue)]) throws -> RotationPolicy {
    try RotationPolicy(name: "p", .object(members.map { .init($0.0, $0.1) }))
  }

  private func due(
    _ policy: RotationPolicy, after last: String, now: String
  ) throws -> String? {
    policy.due(after: try Self.time(last), path: try SecretPath("a"), now: try Self.time(now))?
      .text
  }

  @Test("a run that was missed is due once, in the past; one in the future is planned")
  func missed() throws {
    let policy = try Self.policy([("every", .string("1d"))])
    #expect(
      try due(policy, after: "2026-11-01", now: "2026-11-23") == "2026-11-02T00:00:00.000000Z")
    #expect(
      try due(policy, after: "2026-11-23", now: "2026-11-23T12:00:00Z")
        == "2026-11-24T00:00:00.000000Z")
  }

  @Test("a clock that was set back delays by one interval at most")
  func clockBack() throws {
    let policy = try Self.policy([("every", .string("1d"))])
    #expect(
      try due(policy, after: "2030-01-01", now: "2026-11-23") == "2026-11-24T00:00:00.000000Z")
  }

  @Test("what is due waits for a window; a window over midnight is one")
  func windows() throws {
    let policy = try Self.policy([
      ("every", .string("1d")),
      (
        "windows",
        .array([
          .object([
            .init("days", .array([.string("sat")])), .init("from", .string("23:00")),
            .init("to", .string("02:00")),
          ])
        ])
      ),
    ])
    // 2026-11-23 is a Monday.
    #expect(
      try due(policy, after: "2026-11-20", now: "2026-11-23") == "2026-11-28T23:00:00.000000Z")
    #expect(
      try due(policy, after: "2026-11-20", now: "2026-11-29T01:00:00Z")
        == "2026-11-21T00:00:00.000000Z")
    #expect(
      try due(policy, after: "2026-11-20", now: "2026-11-29T02:00:00Z")
        == "2026-12-05T23:00:00.000000Z")
  }

  @Test("jitter is the same in every process and spreads secrets")
  func jitter() throws {
    let policy = try Self.policy([("every", .string("1d")), ("jitter", .string("1h"))])
    let now = try Self.time("2026-11-23")
    let times = try (0..<20).map { index in
      policy.due(after: now, path: try SecretPath("s\(index)"), now: now)
    }
    #expect(Set(times.map { $0?.microseconds ?? 0 }).count > 10)
    let earliest = now.advanced(bySeconds: 86_400)
    #expect(
      times.allSatisfy { $0.map { $0 >= earliest && $0.since(earliest) < .seconds(3600) } ?? false }
    )
    let again = policy.due(after: now, path: try SecretPath("s3"), now: now)
    #expect(again == times[3])
  }

  @Test(
    "a policy with a mistake is refused",
    arguments: [
      [("every", "5s")], [("every", "1d"), ("daily", "03:00")], [("cron", "x")], [("evry", "1d")],
      [("weekly", "mon")],
    ])
  func mistakes(members: [(String, String)]) {
    #expect(throws: ActionSettingsError.self) {
      try Self.policy(members.map { ($0.0, .string($0.1)) })
    }
  }

  @Test("after a jump of the clock schedules wait until it runs evenly")
  func clockJump() throws {
    var clock = WatchClock()
    let start = try Self.time("2026-11-23")
    #expect(clock.observe(wall: start, monotonic: .zero).isSettled)
    let later = start.advanced(bySeconds: 86_400)
    let jump = clock.observe(wall: later, monotonic: .seconds(5))
    #expect(!jump.isSettled && jump.jump == .seconds(86_395))
    let soon = clock.observe(wall: later.advanced(bySeconds: 5), monotonic: .seconds(10))
    #expect(!soon.isSettled && soon.jump == nil)
    #expect(clock.observe(wall: later.advanced(bySeconds: 65), monotonic: .seconds(70)).isSettled)
  }

  @Test(
    "a leak: tier, confidence, place and whether it is current decide what may be done",
    arguments: [
      ("high", "filter:7", true, "alert,revoke,rotate"),
      ("high", "run sh:1", true, "alert,revoke,rotate"),
      ("high", "filter:7", false, "alert,revoke"), ("medium", "filter:7", true, "alert"),
      ("high", "scan notes.txt:1", true, "alert"), ("", "filter:7", true, "alert"),
    ])
  func leakRule(confidence: String, source: String, isCurrent: Bool, actions: String) throws {
    func list(_ words: String...) -> JSONValue { .array(words.map { .string($0) }) }
    let policy = try Self.policy([
      ("match", .object([.init("tiers", list("gold"))])),
      (
        "onLeak",
        .object([
          .init("actions", list("alert", "revoke", "rotate")),
          .init("whenNotCurrent", list("alert", "revoke")),
          .init("confidences", list("high")), .init("sources", list("filter", "run")),
        ])
      ),
    ])
    let notice = LeakNotice(
      fingerprint: "f", rule: "r", severity: "high", confidence: confidence, source: source,
      time: try Self.time("2026-11-23"))
    #expect(policy.onLeak?.actions(for: notice, isCurrent: isCurrent).text == actions)
    #expect(policy.fits(try Self.secret(tier: "gold")))
    #expect(!policy.fits(try Self.secret(tier: "silver")))
  }

  private static func secret(tier: String) throws -> SecretRecord {
    let vault = try ActionsVault(target: .texts(["connector": "static"]), value: "a-value")
    try vault.put("another", at: "b", attributes: SecretAttributes(tier: tier))
    return try #require(try vault.vault.facts(of: SecretPath("b"), of: vault.tenant))
  }

  // MARK: - What is due

  private func states(_ vault: ActionsVault) throws -> [DueList.State] {
    try DueList(vault.vault).entries.filter { $0.path == vault.path }.map(\.state)
  }

  @Test("planned, due, late, failing: what is to be seen of a secret, and when it is tried again")
  func dueList() async throws {
    let clock = TestClock()
    // Nothing can be put in place, and it takes a file to take it away again.
    let gate = "/tmp/sluice-gate-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: gate) }
    let script = #"""
      read -r request
      case $request in *'"operation":"provision"'*) exit 1 ;; esac
      [ -e "$0" ] || exit 1
      echo '{"ok":true}'
      """#
    let vault = try ActionsVault(
      target: .object([
        .init("connector", .string("program")),
        .init("command", .array(["/bin/sh", "-c", script, gate].map { .string($0) })),
      ]), value: "a-value", clock: clock.read)
    try vault.put(policy: [
      .init("match", .object([.init("paths", .array([.string("app/**")]))])),
      .init("every", .string("1d")),
    ])
    #expect(try states(vault) == [.planned])
    clock.jump(86_400 + 60)
    #expect(try states(vault) == [.due])
    clock.jump(3600)
    #expect(try states(vault) == [.late])
    #expect(try DueList(vault.vault).ready(at: vault.vault.time).count == 1)
    #expect(try await vault.rotate(attempts: 1).phase == .undoing)
    #expect(try states(vault) == [.failing])
    #expect(try DueList(vault.vault).ready(at: vault.vault.time).isEmpty)
    try Data().write(to: URL(filePath: gate))
    #expect(try await vault.rotate(attempts: 1).phase == .failed)
    let entry = try #require(try DueList(vault.vault).entries.first)
    #expect(entry.state == .failing)
    #expect(entry.problem?.isEmpty == false)
    #expect(try DueList(vault.vault).ready(at: vault.vault.time).isEmpty)
    clock.jump(901)
    #expect(try DueList(vault.vault).ready(at: vault.vault.time).count == 1)
  }

  @Test("a target rotates no more secrets at a time than it may", arguments: [1, 2])
  func limit(atOnce: Int) async throws {
    let file = "/tmp/sluice-turns-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    // Provisioning takes a while, and notes when it begins and ends.
    let script = #"""
      read -r request
      case $request in *'"operation":"provision"'*)
        echo + >> "$0"; sleep 0.3; echo - >> "$0" ;;
      esac
      echo '{"ok":true}'
      """#
    let vault = try ActionsVault(
      target: .object([
        .init("connector", .string("program")), .init("atOnce", .integer(UInt64(atOnce))),
        .init("command", .array(["/bin/sh", "-c", script, file].map { .string($0) })),
      ]), value: "first")
    let names = ["a", "b", "c", "d"]
    for name in names { try vault.put("value-\(name)", at: name, target: "t") }
    let (store, tenant) = (vault.vault, vault.tenant)
    try await withThrowingTaskGroup(of: Rotation.Phase.self) { group in
      for name in names {
        group.addTask {
          var pace = RotationPace()
          pace.drain = .zero
          return try await Rotator(vault: store, by: Requester(.operator("tester"))).rotate(
            SecretPath(name), of: tenant, reason: "manual", pace: pace
          ).phase
        }
      }
      for try await phase in group { #expect(phase == .complete) }
    }
    var (now, most) = (0, 0)
    for line in try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n") {
      now += line == "+" ? 1 : -1
      most = max(most, now)
    }
    #expect(most == atOnce)
  }

  // MARK: - Anomalies

  private static func entry(
    _ sequence: UInt64, _ seconds: Int64, _ agent: String, _ decision: AuditEntry.Decision = .allow
  ) throws -> AuditEntry {
    var entry = AuditEntry(
      sequence: sequence, time: try time("2026-11-23").advanced(bySeconds: seconds),
      actor: AuditEntry.Actor(.agent, "acme/\(agent)"), operation: "secret.read",
      decision: decision, request: "r", host: "h", process: 1)
    entry.tenant = "acme"
    entry.object = "a/b"
    return entry
  }

  private static func kinds(
    _ rule: [(String, String)], _ entries: [AuditEntry]
  ) throws -> [Anomaly.Kind] {
    let rule = try AnomalyRule(
      .object(rule.map { .init($0.0, .string($0.1)) }), policy: "p")
    var detector = AnomalyDetector { _, _ in rule }
    return entries.flatMap { detector.observe($0) }.map(\.kind)
  }

  @Test("an agent that comes late to a secret is new once")
  func newAgent() throws {
    let entries = [
      try Self.entry(0, 0, "a"), try Self.entry(1, 10, "b"), try Self.entry(2, 90_000, "c"),
      try Self.entry(3, 90_010, "c"), try Self.entry(4, 90_020, "a"),
    ]
    #expect(try Self.kinds([("newAgentAfter", "1d")], entries) == [.newAgent])
    #expect(try Self.kinds([("newAgentAfter", "26h")], entries).isEmpty)
  }

  @Test("so many refusals in a time are a burst, and are counted anew after it")
  func burst() throws {
    let close = try (0..<6).map { try Self.entry(UInt64($0), Int64($0), "a", .deny) }
    let far = try (0..<6).map { try Self.entry(UInt64($0), Int64($0) * 1000, "a", .deny) }
    let rule = [("deniedBurst", "3"), ("deniedWithin", "1m")]
    #expect(try Self.kinds(rule, close) == [.deniedBurst, .deniedBurst])
    #expect(try Self.kinds(rule, far).isEmpty)
    #expect(try Self.kinds([("deniedBurst", "7")], close).isEmpty)
  }

  @Test("a use after long silence shows")
  func silence() throws {
    let entries = [
      try Self.entry(0, 0, "a"), try Self.entry(1, 1000, "a"), try Self.entry(2, 90_000, "a"),
    ]
    #expect(try Self.kinds([("silence", "1d")], entries) == [.silence])
    #expect(try Self.kinds([("silence", "25h")], entries).isEmpty)
  }
}
