import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

/// Somebody who has a token that served once.
@Suite("Replayed tokens")
struct TokenAttackTests {
  private static let bot = TestVault.name("bot", "agent")

  private func vault() throws -> (test: TestVault, token: AgentToken) {
    let test = try TestVault()
    try test.vault.createAgent(Self.bot, of: TestVault.tenant, by: TestVault.operator())
    let token = try test.vault.makeToken(
      for: Self.bot, of: TestVault.tenant, by: TestVault.operator())
    return (test, token)
  }

  private func isAccepted(_ token: AgentToken, _ test: TestVault) -> Bool {
    (try? test.vault.principal(token: token, by: TestVault.operator())) != nil
  }

  @Test("a revoked token does not serve again when its row is put back")
  func rowPutBack() throws {
    let (test, token) = try vault()
    #expect(isAccepted(token, test))
    try test.tamper("CREATE TABLE copy_t AS SELECT * FROM tokens")
    try test.vault.revokeToken(1, of: Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(!isAccepted(token, test))
    try test.tamper("INSERT INTO tokens SELECT * FROM copy_t")
    #expect(throws: VaultError.damaged(what: "agent 'bot'")) {
      _ = try test.vault.principal(token: token, by: TestVault.operator())
    }
  }

  @Test("a token of a destroyed tenant does not serve in one that got its name")
  func recreated() throws {
    let (test, token) = try vault()
    try test.vault.destroyTenant(TestVault.tenant, by: TestVault.operator())
    try test.vault.createTenant(TestVault.tenant, by: TestVault.operator())
    try test.vault.createAgent(Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(!isAccepted(token, test))
    #expect(try test.entries.last?.decision == .deny)
  }

  @Test("G10: a token that was given to another agent or tenant in the store is refused")
  func moved() throws {
    let (test, token) = try vault()
    let boss = TestVault.name("boss", "agent")
    try test.vault.createAgent(boss, of: TestVault.other, by: TestVault.operator())
    try test.tamper(
      "UPDATE tokens SET agent = (SELECT id FROM agents WHERE name = 'boss')")
    #expect(throws: VaultError.damaged(what: "agent 'boss'")) {
      _ = try test.vault.principal(token: token, by: TestVault.operator())
    }
  }

  @Test("a token that is near a right one is no token", arguments: ["x", "", "0", "\n"])
  func near(end: String) throws {
    let (test, token) = try vault()
    let bytes = token.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    for changed in [bytes + Array(end.utf8), Array(bytes.dropLast()), Array(bytes.dropFirst())]
    where changed != bytes {
      #expect(!isAccepted(AgentToken(SecretBytes(copying: changed.span)), test))
    }
    #expect(isAccepted(token, test))
  }
}
