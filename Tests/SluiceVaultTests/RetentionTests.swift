import GRDB
import SluiceAudit
@testable import SluiceVault
import Testing

@Suite("Retention")
struct RetentionTests {
  /// A vault with small segments, whose first entries are older than its policy keeps them.
  private func aged() throws -> TestVault {
    let test = try TestVault()
    var policy = AuditPolicy()
    policy.retentionDays = 30
    policy.segmentEntries = 16
    policy.checkpointEntries = 8
    try test.vault.setAuditPolicy(policy, by: TestVault.operator())
    for index in 0..<40 { try test.put("value \(index)", at: "p/\(index % 5)") }
    test.wait(seconds: 40 * 86_400)
    for index in 0..<10 { try test.put("new \(index)", at: "p/\(index % 5)") }
    return test
  }

  @Test("G11: whole old segments go, and the log verifies from its first entry to its last")
  func expires() throws {
    let test = try aged()
    let kept = try test.vault.checkpoint(by: TestVault.operator())
    #expect(try test.vault.expirable() == 0..<32)
    let range = try test.vault.expire(upTo: .max, by: TestVault.operator())
    #expect(range == 0..<32)
    let report = try test.vault.verifyLog(earlier: [kept])
    #expect(report.withheld == 32 && report.expired == 32)
    #expect(try test.vault.verifyRecords() == 5)
    #expect(try test.entries.first?.sequence == 32)
    #expect(throws: VaultError.self) { try test.vault.proof(of: 31) }
    // Parts verify alone, with removed entries and without.
    let verifier = LogVerifier(key: try test.vault.auditKey())
    for range in [UInt64(33)..<40, 10..<40, 20..<report.size, 40..<report.size] {
      _ = try test.vault.verifyLog(with: verifier, range: range)
    }
    let proof = try test.vault.proof(of: 33)
    _ = try proof.verify(with: LogVerifier(key: test.vault.auditKey()))
    #expect(try test.vault.expirable().isEmpty)
    #expect(throws: VaultError.self) {
      try test.vault.expire(upTo: .max, by: TestVault.operator())
    }
  }

  @Test("what was archived before it was removed still verifies, against a newer checkpoint too")
  func archive() throws {
    let test = try aged()
    var archive: [[UInt8]] = []
    try test.vault.export(0..<32) { archive.append($0) }
    try test.vault.expire(upTo: 32, by: TestVault.operator())
    let newer = try test.vault.checkpoint(by: TestVault.operator())
    var rest = archive[...]
    let verifier = LogVerifier(key: try test.vault.auditKey())
    #expect(try verifier.verify { rest.popFirst() }.withheld == 0)
    // The newer log continues the one that the archive was signed for.
    let old = try LogExportHeader.checkpoint(of: archive[0])
    _ = try test.vault.growthProof(from: old, to: newer).verify(with: verifier)
  }

  @Test("G11: entries that somebody else removed, and called expired, are missed")
  func forged() throws {
    let test = try aged()
    try test.vault.expire(upTo: 16, by: TestVault.operator())
    _ = try test.vault.verifyLog()
    try test.tamper(
      """
      UPDATE audit_entries SET entry = x'' WHERE sequence < 20;
      UPDATE audit_expired SET upto = 20
      """)
    #expect(throws: LogDamage.removed(from: 16, to: 20)) { _ = try test.vault.verifyLog() }
  }

  @Test("G11: an entry that was emptied without retention was changed")
  func emptied() throws {
    let test = try aged()
    try test.tamper("UPDATE audit_entries SET entry = x'' WHERE sequence = 20")
    #expect(throws: LogDamage.changed(entry: 20)) { _ = try test.vault.verifyLog() }
  }

  @Test("what retention kept of removed entries cannot be changed unseen")
  func records() throws {
    let test = try aged()
    try test.vault.expire(upTo: 32, by: TestVault.operator())
    try test.tamper(
      "UPDATE audit_expired SET records = CAST(replace(CAST(records AS TEXT), 'acme', 'acne') AS BLOB)"
    )
    #expect(throws: VaultError.damaged(what: "what retention kept of removed entries")) {
      _ = try test.vault.verifyRecords()
    }
  }

  @Test("nothing is removed without a policy, by an agent, or before its time")
  func refused() throws {
    let test = try TestVault()
    for index in 0..<20 { try test.put("value", at: "p/\(index)") }
    #expect(throws: VaultError.invalid(problem: "the audit policy sets no retention")) {
      try test.vault.expire(upTo: .max, by: TestVault.operator())
    }
    var policy = AuditPolicy()
    policy.retentionDays = 1
    policy.segmentEntries = 16
    try test.vault.setAuditPolicy(policy, by: TestVault.operator())
    _ = try test.vault.checkpoint(by: TestVault.operator())
    #expect(try test.vault.expirable().isEmpty)
    test.wait(seconds: 2 * 86_400)
    #expect(try !test.vault.expirable().isEmpty)
    #expect(throws: VaultError.self) {
      try test.vault.expire(upTo: .max, by: TestVault.agent("bot"))
    }
  }

  @Test("a policy that was changed behind the vault's back does not fit the log")
  func policy() throws {
    let test = try aged()
    try test.tamper(
      """
      UPDATE meta SET value = CAST(replace(CAST(value AS TEXT), ':30', ':1') AS BLOB)
      WHERE name = 'audit.policy'
      """)
    #expect(throws: VaultError.damaged(what: "the audit policy")) {
      _ = try test.vault.verifyRecords()
    }
  }
}

enum LogExportHeader {
  static func checkpoint(of line: [UInt8]) throws -> SignedNote {
    let json = try JSONValue(parsing: line)
    return try SignedNote(parsing: Array((json["checkpoint"]?.text ?? "").utf8))
  }
}
