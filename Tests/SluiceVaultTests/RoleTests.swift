import SluiceAudit
@testable import SluiceVault
import Testing

@Suite("Roles")
struct RoleTests {
  private static let bot = TestVault.name("bot", "agent")
  private static let other = TestVault.name("other", "agent")
  private static let ops = TestVault.name("ops", "role")

  private func vault() throws -> TestVault {
    let test = try TestVault()
    try test.put("one", at: "prod/db")
    for agent in [Self.bot, Self.other] {
      try test.vault.createAgent(agent, of: TestVault.tenant, by: TestVault.operator())
    }
    try test.vault.createAgent(Self.ops, as: .role, of: TestVault.tenant, by: TestVault.operator())
    return test
  }

  private func grant(
    _ test: TestVault, _ capabilities: Set<Capability>,
    _ change: (inout GrantRequest) -> Void = { _ in }
  ) throws {
    var request = GrantRequest(try PathPattern("prod/*"), capabilities)
    change(&request)
    try test.vault.grant(request, to: Self.ops, of: TestVault.tenant, by: TestVault.operator())
  }

  private func join(_ test: TestVault, _ isMember: Bool = true, _ agent: Name = bot) throws {
    try test.vault.setMember(
      isMember, agent, of: Self.ops, tenant: TestVault.tenant, by: TestVault.operator())
  }

  @Test("members have the role's grants from the next request on, and lose them when they leave")
  func members() throws {
    let test = try vault()
    try grant(test, [.read])
    let bot = try TestVault.agent("bot")
    #expect(throws: VaultError.self) { try test.read("prod/db", by: bot) }
    try join(test)
    #expect(try test.read("prod/db", by: bot) == "one")
    let entry = try #require(try test.entries.last)
    #expect(entry.reason == "grant 1" && entry.details["role"] == "ops")
    #expect(throws: VaultError.denied(reason: "grant 1 of role 'ops' does not allow to inject")) {
      try test.read("prod/db", as: .inject, by: bot)
    }
    #expect(throws: VaultError.self) { try test.read("prod/db", by: TestVault.agent("other")) }
    try join(test, false)
    #expect(throws: VaultError.denied(reason: "no grant of agent 'bot' covers 'prod/db'")) {
      try test.read("prod/db", by: bot)
    }
  }

  @Test("members share the uses of a grant; its own comes before it")
  func uses() throws {
    let test = try vault()
    try grant(test, [.read]) { $0.uses = 2 }
    try join(test)
    try join(test, true, Self.other)
    _ = try test.read("prod/db", by: TestVault.agent("bot"))
    #expect(try test.vault.verifyRecords() == 4)
    _ = try test.read("prod/db", by: TestVault.agent("other"))
    #expect(throws: VaultError.denied(reason: "grant 1 of role 'ops' is used up")) {
      try test.read("prod/db", by: TestVault.agent("bot"))
    }
    try test.vault.grant(
      GrantRequest(try PathPattern("**"), [.read]), to: Self.bot, of: TestVault.tenant,
      by: TestVault.operator())
    #expect(try test.read("prod/db", by: TestVault.agent("bot")) == "one")
    #expect(try test.entries.last?.details["role"] == nil)
    #expect(try test.vault.verifyRecords() == 4)
  }

  @Test("a role that is switched off gives nothing; it is no agent itself")
  func noAgent() throws {
    let test = try vault()
    try grant(test, [.read])
    try join(test)
    #expect(throws: VaultError.denied(reason: "there is no agent 'ops'")) {
      try test.read("prod/db", by: TestVault.agent("ops"))
    }
    #expect(throws: VaultError.self) {
      _ = try test.vault.makeToken(for: Self.ops, of: TestVault.tenant, by: TestVault.operator())
    }
    #expect(throws: VaultError.unknown(kind: "role", name: "other")) {
      try test.vault.setMember(
        true, Self.bot, of: Self.other, tenant: TestVault.tenant, by: TestVault.operator())
    }
    #expect(throws: VaultError.exists(kind: "role", name: "ops")) {
      try test.vault.createAgent(Self.ops, of: TestVault.tenant, by: TestVault.operator())
    }
    try test.vault.setEnabled(false, Self.ops, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.self) { try test.read("prod/db", by: TestVault.agent("bot")) }
    #expect(try test.vault.verifyRecords() == 4)
  }

  @Test(
    "memberships and kinds that were changed in the store are refused",
    arguments: [
      "INSERT INTO memberships SELECT id, 'ops' FROM agents WHERE name = 'other'",
      "UPDATE agents SET kind = 'role' WHERE name = 'other'",
    ])
  func tampered(sql: String) throws {
    let test = try vault()
    try grant(test, [.read])
    try test.tamper(sql)
    #expect(throws: VaultError.damaged(what: "agent 'other'")) {
      try test.read("prod/db", by: TestVault.agent("other"))
    }
  }

  @Test("a changed role is refused for every member, and no read falls back to less")
  func tamperedRole() throws {
    let test = try vault()
    try grant(test, [.read])
    try join(test)
    try test.tamper("UPDATE grants SET capabilities = 'inject,read,rotate'")
    #expect(throws: VaultError.damaged(what: "agent 'ops'")) {
      try test.read("prod/db", by: TestVault.agent("bot"))
    }
    try test.tamper("UPDATE agents SET kind = 'agent' WHERE name = 'ops'")
    #expect(throws: VaultError.damaged(what: "agent 'ops'")) {
      try test.read("prod/db", by: TestVault.agent("bot"))
    }
  }

  @Test("a role keeps its grants and members when the keys change")
  func rekeyed() throws {
    let test = try vault()
    try grant(test, [.read])
    try join(test)
    _ = try test.vault.rekey(sealer: test.sealer, by: TestVault.operator())
    #expect(try test.read("prod/db", by: TestVault.agent("bot")) == "one")
    #expect(try test.vault.verifyRecords() == 4)
  }
}
