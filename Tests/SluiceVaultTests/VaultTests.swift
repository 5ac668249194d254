import Foundation
import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

@Suite("Vault")
struct VaultTests {
  @Test("a value comes back, from another process too, and each put is a new version")
  func roundTrip() throws {
    let test = try TestVault()
    #expect(try test.put("one", at: "prod/db") == 1)
    #expect(try test.put("two", at: "prod/db") == 2)
    #expect(try test.read("prod/db") == "two")
    #expect(try test.read("prod/db", version: 1) == "one")
    let again = try test.reopened()
    let value = try again.read(
      TestVault.path("prod/db"), of: TestVault.tenant, by: TestVault.operator())
    #expect(TestVault.text(value) == "two" && value.version == 2)
  }

  @Test("versions go from current to previous to retired; a pending one waits")
  func stages() throws {
    let test = try TestVault()
    for value in ["one", "two", "three"] { try test.put(value, at: "p") }
    try test.put("four", at: "p", isPending: true)
    let record = try test.vault.history(
      of: TestVault.path("p"), of: TestVault.tenant, by: TestVault.operator())
    #expect(record.versions.map(\.stage) == [.retired, .previous, .current, .pending])
    #expect(try test.read("p") == "three")
    #expect(try test.read("p", version: 4) == "four")
  }

  @Test("a revoked version is never given out again; the current one is not replaced by another")
  func revoked() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    try test.put("two", at: "p")
    #expect(
      try test.vault.revoke(
        TestVault.path("p"), version: 2, of: TestVault.tenant, by: TestVault.operator()) == [2])
    #expect(throws: VaultError.denied(reason: "version 2 of 'p' is revoked")) {
      try test.read("p", version: 2)
    }
    #expect(throws: VaultError.unknown(kind: "version", name: "p#current")) { try test.read("p") }
    #expect(try test.read("p", version: 1) == "one")
  }

  @Test("a fingerprint, or its first digits, leads to every version with that value")
  func fingerprint() throws {
    let test = try TestVault()
    try test.put("shared-value", at: "a")
    try test.put("shared-value", at: "b", of: TestVault.other)
    try test.put("another", at: "c")
    let print = try #require(try test.entries.last { $0.object == "a" }?.fingerprint)
    let found = try test.vault.find(
      fingerprint: String(print.prefix(8)), by: TestVault.operator())
    #expect(found.map(\.path.text) == ["a", "b"])
    #expect(throws: VaultError.self) {
      try test.vault.find(fingerprint: "3f9c21", by: TestVault.operator())
    }
  }

  @Test("what was destroyed is gone from the files, and its number stays taken")
  func destroyed() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    try test.vault.destroy(TestVault.path("p"), of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.denied(reason: "version 1 of 'p' is destroyed")) {
      try test.read("p", version: 1)
    }
    #expect(try test.put("two", at: "p") == 2)
  }

  @Test("destroying a tenant leaves no row and no byte of its keys, and its name is free again")
  func shredded() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let salts = try test.vault.store.read { transaction in
      try transaction.tenantKeys(transaction.tenant(TestVault.tenant).id).map(\.salt)
    }
    let salt = try #require(salts.first)
    try test.vault.destroyTenant(TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.unknown(kind: "tenant", name: "acme")) { try test.read("p") }
    for file in ["vault.db", "vault.db-wal"] {
      let bytes = FileManager.default.contents(atPath: "\(test.home)/\(file)") ?? Data()
      #expect(bytes.range(of: Data(salt)) == nil, "\(file)")
    }
    try test.vault.createTenant(TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.unknown(kind: "secret", name: "p")) { try test.read("p") }
  }

  @Test("a sealed vault lists, but gives nothing out and takes nothing in")
  func isSealed() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    test.vault.seal()
    #expect(
      try test.vault.secrets(of: TestVault.tenant, by: TestVault.operator()).map(\.path.text)
        == ["p"])
    #expect(throws: VaultError.isSealed) { try test.read("p") }
    #expect(throws: VaultError.isSealed) { try test.put("two", at: "p") }
    #expect(throws: VaultError.isSealed) {
      try test.vault.createTenant(TestVault.name("x", "tenant"), by: TestVault.operator())
    }
  }

  @Test("a wrong key file, passphrase or share does not unseal, and says so")
  func wrongKey() throws {
    let test = try TestVault()
    let description = try test.vault.sealDescription()
    #expect(throws: VaultError.cannotUnseal(kind: "key-file")) {
      try test.vault.unseal(with: try TestVault.sealer(description, "another key"))
    }
    try test.vault.unseal(with: try TestVault.sealer(description))
  }

  @Test("a passphrase and shares unseal after their parameters were stored")
  func sealers() throws {
    let weak = Scrypt(cost: 16, blockSize: 1, parallelism: 1)
    for description in [
      try SealDescription.passphrase(weak), try .shares(threshold: 2, of: 3),
    ] {
      let home = TestVault.newHome()
      defer { try? FileManager.default.removeItem(atPath: home) }
      _ = try Vault.create(
        home: home, sealer: try TestVault.sealer(description), by: TestVault.operator())
      let vault = try Vault.open(home: home)
      #expect(try vault.sealDescription() == description)
      try vault.unseal(with: try TestVault.sealer(try vault.sealDescription()))
      #expect(throws: VaultError.cannotUnseal(kind: description.kind.rawValue)) {
        try vault.unseal(with: try TestVault.sealer(description, "b key"))
      }
    }
  }

  @Test("a home that others can read is refused")
  func openHome() throws {
    let test = try TestVault()
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o750], ofItemAtPath: test.home)
    #expect(throws: VaultError.openToOthers(path: test.home)) {
      _ = try Vault.open(home: test.home)
    }
  }

  @Test("a vault is made once, and none is found where none was made")
  func once() throws {
    let test = try TestVault()
    #expect(throws: VaultError.alreadyInitialised(home: test.home)) {
      _ = try Vault.create(home: test.home, sealer: test.sealer, by: TestVault.operator())
    }
    #expect(throws: VaultError.notInitialised(home: "/nowhere")) {
      _ = try Vault.open(home: "/nowhere")
    }
  }

  @Test("two processes that write the same secret get different versions", arguments: 0..<3)
  func concurrent(round: Int) async throws {
    let test = try TestVault()
    let numbers = try await withThrowingTaskGroup(of: [UInt64].self) { group in
      for writer in 0..<4 {
        group.addTask {
          let vault = try test.reopened()
          return try (0..<10).map { turn in
            let bytes = Array("value \(writer) \(turn)".utf8)
            return try vault.put(
              SecretBytes(copying: bytes.span), at: TestVault.path("p"), of: TestVault.tenant,
              by: TestVault.operator())
          }
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(numbers.sorted() == Array(1...40))
    let report = try test.vault.verifyLog()
    #expect(report.unsigned == 0)
  }
}

@Suite("Rekey")
struct RekeyTests {
  @Test("every value opens under new keys; nothing of the old keys is left")
  func everything() throws {
    let test = try TestVault()
    for index in 0..<120 {
      try test.put("value \(index)", at: "p/\(index)")
    }
    try test.put("other", at: "q", of: TestVault.other)
    try test.vault.destroy(TestVault.path("p/5"), of: TestVault.tenant, by: TestVault.operator())
    try test.vault.createAgent(
      TestVault.name("bot", "agent"), of: TestVault.tenant, by: TestVault.operator())
    let before = try test.vault.store.read { transaction in
      try transaction.secrets(of: transaction.tenant(TestVault.tenant).id).map {
        $0.versions[0].sealed
      }
    }
    let progress = try test.vault.rekey(sealer: test.sealer, by: TestVault.operator())
    #expect(progress.secrets == 121 && progress.agents == 1 && progress.tenants == 3)
    let after = try test.vault.store.read { transaction in
      #expect(try transaction.roots().map(\.term) == [2])
      return try transaction.secrets(of: transaction.tenant(TestVault.tenant).id).map {
        $0.versions[0].sealed
      }
    }
    for (old, new) in zip(before, after) where !old.value.isEmpty {
      #expect(old.term == 1 && new.term == 2)
      #expect(old.value != new.value && old.wrappedKey != new.wrappedKey)
    }
    for index in 0..<120 where index != 5 {
      #expect(try test.read("p/\(index)") == "value \(index)")
    }
    #expect(try test.read("q", of: TestVault.other) == "other")
    #expect(
      try test.vault.canAgent(
        TestVault.name("bot", "agent"), .read, TestVault.path("p/1"), of: TestVault.tenant,
        by: TestVault.operator())
        == .denied(reason: "no grant of agent 'bot' covers 'p/1'"))
    _ = try test.vault.verifyLog()
  }

  @Test("a new sealer takes the place of the old one")
  func newSealer() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let sealer = try TestVault.sealer(.keyFile(hint: nil), "a new key")
    _ = try test.vault.rekey(sealer: sealer, by: TestVault.operator())
    let vault = try Vault.open(home: test.home)
    #expect(throws: VaultError.cannotUnseal(kind: "key-file")) {
      try vault.unseal(with: try TestVault.sealer(try vault.sealDescription(), "a key"))
    }
    try vault.unseal(with: try TestVault.sealer(try vault.sealDescription(), "a new key"))
    let value = try vault.read(
      TestVault.path("p"), of: TestVault.tenant, by: TestVault.operator())
    #expect(TestVault.text(value) == "one")
  }

  @Test("G9: an interrupted change of keys serves all values, and goes on", arguments: 1...6)
  func interrupted(transactions: Int) throws {
    let test = try TestVault()
    for index in 0..<60 { try test.put("value \(index)", at: "p/\(index)") }
    struct Interrupted: Error {}
    // The store fails for good at the n-th transaction, as a crash would.
    test.vault.store.failAfter(transactions: transactions)
    #expect(throws: VaultError.self) {
      _ = try test.vault.rekey(sealer: test.sealer, by: TestVault.operator())
    }
    let vault = try test.reopened()
    func read(_ index: Int) throws -> String {
      TestVault.text(
        try vault.read(
          TestVault.path("p/\(index)"), of: TestVault.tenant, by: TestVault.operator()))
    }
    for index in 0..<60 { #expect(try read(index) == "value \(index)") }
    let bytes = Array("between".utf8)
    try vault.put(
      SecretBytes(copying: bytes.span), at: TestVault.path("new"), of: TestVault.tenant,
      by: TestVault.operator())
    _ = try vault.rekey(sealer: test.sealer, by: TestVault.operator())
    #expect(try !vault.isRekeying)
    for index in 0..<60 { #expect(try read(index) == "value \(index)") }
    _ = try vault.verifyLog()
  }
}
