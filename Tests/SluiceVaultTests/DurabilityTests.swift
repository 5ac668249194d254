import Foundation
import GRDB
import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

@Suite("Durability")
struct DurabilityTests {
  @Test("G8, G9: the store syncs every commit, writes ahead, and overwrites what is deleted")
  func settings() throws {
    let test = try TestVault()
    let values = try test.vault.store.read { transaction in
      try ["journal_mode", "synchronous", "secure_delete"].map {
        try String.fetchOne(transaction.database, sql: "PRAGMA \($0)")
      }
    }
    #expect(values == ["wal", "2", "1"])
  }

  @Test("G8: if the audit entry cannot be written, nothing is changed and nothing released")
  func auditFails() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let size = try test.vault.auditSize()
    try test.tamper(
      "CREATE TRIGGER refuse BEFORE INSERT ON audit_entries BEGIN SELECT RAISE(ABORT, 'full'); END")
    #expect(throws: VaultError.self) { try test.read("p") }
    #expect(throws: VaultError.self) { try test.put("two", at: "p") }
    #expect(throws: VaultError.self) {
      try test.vault.revoke(TestVault.path("p"), of: TestVault.tenant, by: TestVault.operator())
    }
    try test.tamper("DROP TRIGGER refuse")
    #expect(try test.vault.auditSize() == size)
    #expect(try test.read("p") == "one")
  }

  @Test("G8: every operation leaves one entry, allowed or denied, and no value in it")
  func onRecord() throws {
    let test = try TestVault()
    try test.put("very-secret-value", at: "p")
    _ = try test.read("p")
    #expect(throws: VaultError.self) { try test.read("nothing") }
    let entries = try test.entries.suffix(3)
    #expect(entries.map(\.operation) == ["secret.put", "secret.read", "secret.read"])
    #expect(entries.map(\.decision) == [.allow, .allow, .deny])
    #expect(entries.map(\.version) == [1, 1, nil])
    #expect(entries.allSatisfy { $0.actor == .init(.operator, "alice") && $0.tenant == "acme" })
    #expect(entries.first?.fingerprint?.utf8.count == 32)
    for entry in try test.entries {
      #expect(!entry.json.canonicalText.contains("very-secret"))
    }
    _ = try test.vault.verifyLog()
  }

  @Test("a clock that was set back does not make the record run backwards")
  func clock() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    test.wait(seconds: -3600)
    try test.put("two", at: "p")
    let last = try #require(try test.entries.last)
    #expect(last.details["clockBehindMicroseconds"] == "3600000000")
    _ = try test.vault.verifyLog()
  }

  @Test("G8: a full disk fails the operation, and what was acknowledged stays")
  func fullDisk() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let pages = try DatabaseQueue(path: test.home + "/vault.db").read {
      try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0
    }
    let store = try SQLiteStore(path: test.home + "/vault.db", mostPages: pages + 8)
    var failures = 0
    for index in 0..<200 {
      do {
        try store.write {
          try $0.setFact("filler \(index)", [UInt8](repeating: 1, count: 4000))
        }
      } catch is VaultError {
        failures += 1
      }
    }
    #expect(failures > 0)
    #expect(try test.read("p") == "one")
    _ = try test.vault.verifyLog()
  }

  @Test("a damaged page is an error, never a value")
  func damagedPages() throws {
    let test = try TestVault()
    for index in 0..<20 { try test.put("value \(index)", at: "p/\(index)") }
    try test.vault.store.truncateLog()
    let file = URL(filePath: test.home + "/vault.db")
    let whole = try Data(contentsOf: file)
    var refused = 0
    for position in stride(from: 4096 * 2, to: whole.count, by: 4000) {
      var damaged = whole
      damaged[position] ^= 0x40
      let home = test.home + "-damaged"
      try? FileManager.default.removeItem(atPath: home)
      try FileManager.default.createDirectory(
        atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      defer { try? FileManager.default.removeItem(atPath: home) }
      try damaged.write(to: URL(filePath: home + "/vault.db"))
      do {
        let vault = try Vault.open(home: home)
        try vault.unseal(with: test.sealer)
        for index in 0..<20 {
          let value = try vault.read(
            TestVault.path("p/\(index)"), of: TestVault.tenant, by: TestVault.operator())
          #expect(TestVault.text(value) == "value \(index)")
        }
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}
