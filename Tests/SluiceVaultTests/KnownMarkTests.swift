import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

/// By what a stream is searched for the vault's values.
@Suite struct KnownMarkTests {
  private static let value = "wIsh-bone-4-larder"

  private static func versions(_ test: TestVault) throws -> [KnownVersion]? {
    try KnownVersionReader(test.vault, tenants: nil).refresh()
  }

  private static func count(_ test: TestVault) throws -> Int {
    try test.vault.store.read { try $0.markedVersions().count }
  }

  @Test("every version has marks until it is destroyed, whatever its stage")
  func lifetime() throws {
    let test = try TestVault()
    try test.put(Self.value, at: "p")
    try test.put(Self.value + "-2", at: "p")
    try test.vault.revoke(
      TestVault.path("p"), version: 1, of: TestVault.tenant, by: TestVault.operator())
    let versions = try #require(try Self.versions(test))
    #expect(versions.map(\.number) == [1, 2])
    #expect(versions.map(\.stage) == [.revoked, .current])
    #expect(versions.allSatisfy { !$0.marks.isEmpty })
    try test.vault.destroy(
      TestVault.path("p"), version: 1, of: TestVault.tenant, by: TestVault.operator())
    #expect(try Self.versions(test)?.map(\.number) == [2])
    try test.vault.destroyTenant(TestVault.tenant, by: TestVault.operator())
    #expect(try Self.count(test) == 0)
  }

  @Test("a new value is known before it is live")
  func pending() throws {
    let test = try TestVault()
    try test.put(Self.value, at: "p")
    try test.put(Self.value + "-2", at: "p", isPending: true)
    let versions = try #require(try Self.versions(test))
    #expect(versions.map(\.stage) == [.current, .pending])
    #expect(versions.allSatisfy { !$0.marks.isEmpty })
  }

  @Test(
    "G10: marks open for their own tenant, path and version only",
    arguments: [
      "UPDATE marks SET sealed = (SELECT sealed FROM marks WHERE number = 2) WHERE number = 1",
      "UPDATE secrets SET path = 'q'",
      "UPDATE secrets SET tenant = (SELECT id FROM tenants WHERE name = 'globex')",
      "UPDATE marks SET sealed = substr(sealed, 1, length(sealed) - 1)",
    ])
  func moved(sql: String) throws {
    let test = try TestVault()
    try test.put(Self.value, at: "p")
    try test.put(Self.value + "-2", at: "p")
    try test.tamper(sql)
    #expect(throws: VaultError.self) { try Self.versions(test) }
  }

  @Test("G3: neither a value nor a spelling of it is in the store")
  func stored() throws {
    let test = try TestVault()
    try test.put(Self.value, at: "p")
    let rows = try test.vault.store.read { try $0.markedVersions() }
    let sealed = try #require(rows.first?.sealed)
    for spelling in [Self.value, Base64.text(of: Array(Self.value.utf8))] {
      let part = Array(spelling.utf8.prefix(6))
      #expect(!sealed.indices.dropLast(6).contains { sealed[$0...].starts(with: part) })
    }
  }

  @Test("G8: marks that an older program did not make are made, and that is on record")
  func completed() throws {
    let test = try TestVault()
    for number in 0..<Vault.rekeyBatch + 3 {
      try test.put(Self.value + "\(number)", at: "p\(number)")
    }
    let made = try Self.versions(test)?.map(\.marks)
    try test.tamper("DELETE FROM marks")
    let before = try test.vault.auditSize()
    #expect(try test.vault.completeMarks(by: TestVault.operator()) == Vault.rekeyBatch + 3)
    #expect(try Self.versions(test)?.map(\.marks) == made)
    #expect(try test.vault.auditSize() == before + 2)
    #expect(try test.vault.completeMarks(by: TestVault.operator()) == 0)
  }

  @Test("a reader sees what another process changed, and only then")
  func followed() throws {
    let test = try TestVault()
    try test.put(Self.value, at: "p")
    let reader = KnownVersionReader(try test.reopened(), tenants: nil)
    #expect(try reader.refresh()?.count == 1)
    #expect(try reader.refresh() == nil)
    try test.put(Self.value + "-2", at: "q")
    #expect(try reader.refresh()?.count == 2)
    let none = try KnownVersionReader(test.vault, tenants: ["globex"]).refresh()
    #expect(none?.isEmpty == true)
  }
}
