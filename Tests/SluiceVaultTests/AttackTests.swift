import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

/// Somebody who can write the database file, but has no key.
@Suite("Attacks on the store")
struct AttackTests {
  @Test("G10: a ciphertext that was moved to another tenant, path or version does not open")
  func moved() throws {
    let test = try TestVault()
    for value in ["one", "two"] {
      try test.put("acme p \(value)", at: "p")
      try test.put("acme q \(value)", at: "q")
      try test.put("globex p \(value)", at: "p", of: TestVault.other)
    }
    // Whole sealed values, with their wrapped keys, as an honest copy would be.
    let store = test.vault.store
    func stored(_ path: String, _ tenant: Name) throws -> StoredSecret {
      try store.read { transaction in
        let id = try transaction.tenant(tenant).id
        return try #require(try transaction.secret(TestVault.path(path), of: id))
      }
    }
    let source = try stored("p", TestVault.tenant)
    for (path, tenant, version) in [
      ("p", TestVault.other, 0), ("q", TestVault.tenant, 0), ("p", TestVault.tenant, 0),
    ] {
      var target = try stored(path, tenant)
      let original = target.versions[version].sealed
      target.versions[version].sealed = source.versions[1].sealed
      try store.write { try $0.put(target) }
      #expect(throws: VaultError.damaged(what: "a sealed text"), "\(path) of \(tenant.text)") {
        try test.read(path, version: UInt64(version + 1), of: tenant)
      }
      // The wrapped key alone, and the value alone, do not open either.
      target.versions[version].sealed = SealedValue(
        term: original.term, wrappedKey: original.wrappedKey,
        value: source.versions[1].sealed.value)
      try store.write { try $0.put(target) }
      #expect(throws: VaultError.damaged(what: "a sealed text")) {
        try test.read(path, version: UInt64(version + 1), of: tenant)
      }
      target.versions[version].sealed = original
      try store.write { try $0.put(target) }
      #expect(try test.read(path, version: UInt64(version + 1), of: tenant).contains("one"))
    }
  }

  @Test("G10: a row that was given to another tenant is refused")
  func movedRow() throws {
    let test = try TestVault()
    try test.put("mine", at: "p")
    try test.tamper(
      "UPDATE secrets SET tenant = (SELECT id FROM tenants WHERE name = 'globex')")
    #expect(throws: VaultError.damaged(what: "secret 'p'")) {
      try test.read("p", of: TestVault.other)
    }
  }

  @Test(
    "a changed record is refused",
    arguments: [
      "UPDATE versions SET stage = 'current' WHERE number = 1",
      "UPDATE versions SET stage = 'retired' WHERE number = 2",
      "UPDATE versions SET fingerprint = '00' WHERE number = 2",
      "UPDATE secrets SET next_version = 2", "UPDATE secrets SET changed = changed - 1",
      "UPDATE secrets SET owner = 'mallory'", "UPDATE secrets SET mac = zeroblob(32)",
      "UPDATE secrets SET mac = x''", "DELETE FROM versions WHERE number = 2",
    ])
  func changedRecord(sql: String) throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    try test.put("two", at: "p")
    try test.tamper(sql)
    #expect(throws: VaultError.damaged(what: "secret 'p'")) { try test.read("p") }
  }

  @Test("a record that was rolled back, with the authenticator it had, is refused")
  func rolledBack() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    try test.tamper("CREATE TABLE copy_s AS SELECT * FROM secrets")
    try test.tamper("CREATE TABLE copy_v AS SELECT * FROM versions")
    try test.put("two", at: "p")
    try test.tamper("PRAGMA foreign_keys = OFF")
    try test.tamper(
      """
      DELETE FROM versions; DELETE FROM secrets;
      INSERT INTO secrets SELECT * FROM copy_s; INSERT INTO versions SELECT * FROM copy_v
      """)
    #expect(throws: VaultError.damaged(what: "secret 'p'")) { try test.read("p") }
  }

  @Test("G11: a record that was rolled back with all that points at it does not fit the log")
  func rolledBackWithIndex() throws {
    let test = try TestVault()
    let bot = TestVault.name("bot", "agent")
    try test.put("one", at: "p")
    try test.put("q", at: "q")
    try test.vault.createAgent(bot, of: TestVault.tenant, by: TestVault.operator())
    var request = GrantRequest(try PathPattern("q"), [.read])
    request.uses = 3
    try test.vault.grant(request, to: bot, of: TestVault.tenant, by: TestVault.operator())
    for table in ["secrets", "versions", "agents", "grants", "audit_subjects"] {
      try test.tamper("CREATE TABLE copy_\(table) AS SELECT * FROM \(table)")
    }
    func restore(_ tables: [String]) throws {
      let sql = tables.flatMap {
        ["DELETE FROM \($0)", "INSERT INTO \($0) SELECT * FROM copy_\($0)"]
      }
      try test.tamper("PRAGMA defer_foreign_keys = ON; " + sql.joined(separator: "; "))
    }
    #expect(try test.vault.verifyRecords() == 3)
    _ = try test.read("q", by: TestVault.agent("bot"))
    #expect(try test.vault.verifyRecords() == 3)
    try restore(["agents", "grants", "audit_subjects"])
    let used = try test.vault.auditSize() - 1
    #expect(throws: LogDamage.otherRecord("agent 'acme/bot'", entry: used)) {
      _ = try test.vault.verifyRecords()
    }
    _ = try test.read("q", by: TestVault.agent("bot"))

    try test.put("two", at: "p")
    let put = try test.vault.auditSize() - 1
    #expect(try test.vault.verifyRecords() == 3)
    try restore(["secrets", "versions"])
    try test.tamper("DELETE FROM audit_subjects WHERE sequence = \(put)")
    #expect(try test.read("p") == "one")
    #expect(throws: LogDamage.otherRecord("secret 'acme/p'", entry: put)) {
      _ = try test.vault.verifyRecords()
    }
    try test.tamper("DELETE FROM versions; DELETE FROM secrets")
    #expect(throws: LogDamage.otherRecord("secret 'acme/q'", entry: put - 5)) {
      _ = try test.vault.verifyRecords()
    }
  }

  @Test("a destroyed tenant, and one that got its name, agree with the log")
  func recreatedTenant() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    try test.put("one", at: "q")
    try test.vault.destroyTenant(TestVault.tenant, by: TestVault.operator())
    #expect(try test.vault.verifyRecords() == 0)
    try test.vault.createTenant(TestVault.tenant, by: TestVault.operator())
    try test.put("two", at: "q")
    #expect(try test.vault.verifyRecords() == 1)
  }

  @Test(
    "an agent whose grants or tokens were changed is refused",
    arguments: [
      "UPDATE grants SET pattern = '**'", "UPDATE grants SET capabilities = 'inject,read'",
      "UPDATE grants SET expires = NULL", "UPDATE grants SET uses = 100",
      "UPDATE grants SET context = '{}'", "UPDATE agents SET enabled = 0", "DELETE FROM grants",
      "UPDATE tokens SET expires = expires + 1000000",
      "INSERT INTO grants SELECT agent, 9, '**', 'read', NULL, NULL, '{}' FROM grants",
      """
      INSERT INTO tokens SELECT x'00', agent, 9, created, expires FROM tokens
      """,
    ])
  func changedAgent(sql: String) throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let bot = TestVault.name("bot", "agent")
    try test.vault.createAgent(bot, of: TestVault.tenant, by: TestVault.operator())
    var request = GrantRequest(try PathPattern("p"), [.read])
    request.expires = test.vault.now().advanced(bySeconds: 60)
    request.uses = 5
    request.context = ["tool": "deploy"]
    try test.vault.grant(request, to: bot, of: TestVault.tenant, by: TestVault.operator())
    _ = try test.vault.makeToken(for: bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(
      try test.read("p", by: TestVault.agent("bot", context: ["tool": "deploy"])) == "one")
    try test.tamper(sql)
    #expect(throws: VaultError.damaged(what: "agent 'bot'")) {
      try test.read("p", by: TestVault.agent("bot", context: ["tool": "deploy"]))
    }
  }

  @Test(
    "G11: a changed, removed or cut off audit log is found in the store itself",
    arguments: [
      (
        "UPDATE audit_entries SET entry = CAST(replace(CAST(entry AS TEXT), 'alice', 'mallory') "
          + "AS BLOB) WHERE sequence = 4",
        LogDamage.changed(entry: 4)
      ),
      ("DELETE FROM audit_entries WHERE sequence = 4", .missing(entry: 4, found: 5)),
      ("DELETE FROM audit_entries WHERE sequence >= 6", .truncated(expected: 9, found: 6)),
      (
        "UPDATE audit_entries SET sequence = 100 WHERE sequence = 4; "
          + "UPDATE audit_entries SET sequence = 4 WHERE sequence = 5; "
          + "UPDATE audit_entries SET sequence = 5 WHERE sequence = 100",
        .moved(entry: 4, says: 5)
      ),
    ])
  func auditLog(sql: String, damage: LogDamage) throws {
    let test = try TestVault()
    for index in 0..<5 { try test.put("value", at: "p/\(index)") }
    #expect(try test.vault.auditSize() == 9)
    try test.tamper(sql)
    #expect(throws: damage) { _ = try test.vault.verifyLog() }
  }

  @Test("G11: a log that was signed anew by another key is not taken for the vault's own")
  func otherKey() throws {
    let test = try TestVault()
    let origin = try test.vault.auditKey().name
    let key = NoteVerifier(name: origin, key: try SigningKey.random().verifyingKey)
    try test.vault.store.write {
      try $0.setFact(Keyring.publicKeyFact, Array(key.text.utf8))
    }
    #expect(throws: VaultError.damaged(what: "the public key of the audit log")) {
      _ = try test.vault.verifyLog()
    }
  }

  @Test("G11: a store that was put back to an old copy does not fit a checkpoint kept outside")
  func oldCopy() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let kept = try test.vault.checkpoint(by: TestVault.operator())
    try test.tamper(
      """
      DELETE FROM audit_entries WHERE sequence >= 3; DELETE FROM audit_checkpoints;
      DELETE FROM audit_nodes WHERE (number + 1) << level > 3
      """)
    // The attacker has an old signed checkpoint as well: make one of that size.
    let keyring = try test.vault.keyring()
    try test.vault.store.write { transaction in
      let tree = try transaction.auditTree(size: 3)
      try test.vault.sign(
        tree, keyring, at: test.vault.now(), isKept: true, in: transaction)
    }
    _ = try test.vault.verifyLog()
    #expect(throws: LogDamage.rolledBack(size: 3, checkpoint: 6)) {
      _ = try test.vault.verifyLog(earlier: [kept])
    }
  }
}
