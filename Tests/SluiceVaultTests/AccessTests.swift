import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Testing

@Suite("Names")
struct NamesTests {
  @Test(
    "one path has one spelling: whatever could mean or look like another is refused",
    arguments: [
      "", "/", "/a", "a/", "a//b", "..", "a/../b", "./a", "a/.", "a/...", "a b", "a\u{0}b", "a\nb",
      "pаssword", "ﬁle", "a\u{301}", "a\\b", "a*", "a%2fb", "~", "a/\u{200B}b",
      String(repeating: "a", count: 513),
    ])
  func noPath(text: String) {
    #expect(throws: VaultError.self) { _ = try SecretPath(text) }
  }

  @Test(
    "ordinary paths are taken", arguments: ["a", "A/b", "prod/db.main/user@host", ".env", "a=b"])
  func path(text: String) throws {
    #expect(try SecretPath(text).text == text)
  }

  @Test(
    "a pattern covers what it says",
    arguments: [
      ("a", "a", true), ("a", "A", false), ("a", "ab", false), ("a", "a/b", false),
      ("*", "a", true), ("*", "a/b", false), ("a*", "abc", true), ("*c", "abc", true),
      ("a*c", "abbc", true), ("a*c", "ab", false), ("a/*", "a/b", true), ("a/*", "a", false),
      ("a/*", "a/b/c", false), ("a/**", "a/b/c", true), ("a/**", "a", true), ("**", "a/b", true),
      ("**/c", "a/b/c", true), ("**/c", "c", true), ("a/**/c", "a/c", true),
      ("a/**/c", "a/b/b/c", true), ("a/**/c", "a/b/d", false), ("*/b/**", "a/b", true),
      ("prod/*", "prodx/a", false), ("**/*", "a", true), ("*a*b*c*", "xaxbxcx", true),
    ])
  func covers(pattern: String, path: String, isCovered: Bool) throws {
    #expect(try PathPattern(pattern).covers(try SecretPath(path)) == isCovered)
  }

  @Test("no pattern is slow")
  func hostile() throws {
    let pattern = try PathPattern(String(repeating: "*a", count: 200) + "*b")
    let long = try SecretPath(String(repeating: "a", count: 500))
    #expect(!pattern.covers(long))
    let deep = try PathPattern(String(repeating: "**/", count: 100) + "b")
    let steps = try SecretPath(String(repeating: "a/", count: 200) + "a")
    #expect(!deep.covers(steps))
  }

  @Test(
    "what is no pattern is refused", arguments: ["", "/", "a/", "***", "..", "a/../*", "[a]", "?"])
  func noPattern(text: String) {
    #expect(throws: VaultError.self) { _ = try PathPattern(text) }
  }

  @Test("references name tenant, path and version")
  func references() throws {
    let reference = try SecretReference("vault://acme/prod/db#12")
    #expect(reference.tenant.text == "acme" && reference.path.text == "prod/db")
    #expect(reference.version == 12 && reference.text == "vault://acme/prod/db#12")
    #expect(try SecretReference("vault://acme/p#current").version == nil)
    for text in [
      "vault://", "vault://acme", "vault://acme/", "vault:///p", "vault://acme/p#", "vault://a/p#0",
      "vault://a/p#01", "vault://a/p#-1", "acme/p", "vault://Acme/p", "vault://acme/p#1#2",
    ] {
      #expect(throws: VaultError.self, "\(text)") { _ = try SecretReference(text) }
    }
  }
}

@Suite("Access")
struct AccessTests {
  private static let bot = TestVault.name("bot", "agent")

  private func vault(
    _ pattern: String, _ capabilities: Set<Capability>,
    _ change: (inout GrantRequest, UTCTime) -> Void = { _, _ in }
  ) throws -> TestVault {
    let test = try TestVault()
    try test.put("one", at: "prod/db")
    try test.put("two", at: "prod/api", of: TestVault.other)
    try test.vault.createAgent(Self.bot, of: TestVault.tenant, by: TestVault.operator())
    var request = GrantRequest(try PathPattern(pattern), capabilities)
    change(&request, test.vault.now())
    try test.vault.grant(request, to: Self.bot, of: TestVault.tenant, by: TestVault.operator())
    return test
  }

  @Test("nothing is allowed unless a grant says so, and the denial is on record")
  func denied() throws {
    let test = try vault("dev/**", [.read])
    let reason = "no grant of agent 'bot' covers 'prod/db'"
    #expect(throws: VaultError.denied(reason: reason)) {
      try test.read("prod/db", by: TestVault.agent("bot"))
    }
    let entry = try #require(try test.entries.last)
    #expect(entry.decision == .deny && entry.reason == "denied: \(reason)")
    #expect(entry.actor == .init(.agent, "acme/bot") && entry.object == "prod/db")
  }

  @Test("a grant allows what it names and nothing else")
  func capabilities() throws {
    let test = try vault("prod/*", [.inject])
    #expect(try test.read("prod/db", as: .inject, by: TestVault.agent("bot")) == "one")
    #expect(throws: VaultError.denied(reason: "grant 1 does not allow to read")) {
      try test.read("prod/db", by: TestVault.agent("bot"))
    }
    #expect(throws: VaultError.denied(reason: "grant 1 does not allow to rotate")) {
      try test.put("new", at: "prod/db", by: TestVault.agent("bot"))
    }
  }

  @Test("an agent that may rotate stores a new version, and does nothing else")
  func rotates() throws {
    let test = try vault("prod/*", [.rotate])
    #expect(try test.put("new", at: "prod/db", by: TestVault.agent("bot")) == 2)
    let agent = try TestVault.agent("bot")
    #expect(throws: VaultError.denied(reason: "only an operator may do that")) {
      try test.vault.secrets(of: TestVault.tenant, by: agent)
    }
    #expect(throws: VaultError.denied(reason: "only an operator may do that")) {
      try test.vault.grant(
        GrantRequest(try PathPattern("**"), [.read]), to: Self.bot, of: TestVault.tenant, by: agent)
    }
    #expect(throws: VaultError.denied(reason: "only an operator may do that")) {
      try test.vault.destroy(TestVault.path("prod/db"), of: TestVault.tenant, by: agent)
    }
  }

  @Test("G10: an agent reaches no other tenant")
  func otherTenant() throws {
    let test = try vault("**", [.read, .inject, .rotate])
    #expect(throws: VaultError.denied(reason: "agent 'bot' belongs to another tenant")) {
      try test.read("prod/api", of: TestVault.other, by: TestVault.agent("bot"))
    }
    #expect(throws: VaultError.denied(reason: "there is no agent 'bot'")) {
      try test.read(
        "prod/api", of: TestVault.other, by: TestVault.agent("bot", of: TestVault.other))
    }
  }

  @Test("a grant ends at its time, after its uses, and without its context")
  func limits() throws {
    let timed = try vault("**", [.read]) { $0.expires = $1.advanced(bySeconds: 60) }
    #expect(try timed.read("prod/db", by: TestVault.agent("bot")) == "one")
    timed.wait(seconds: 60)
    #expect(throws: VaultError.self) { try timed.read("prod/db", by: TestVault.agent("bot")) }

    let counted = try vault("**", [.read]) { request, _ in request.uses = 2 }
    for _ in 0..<2 { #expect(try counted.read("prod/db", by: TestVault.agent("bot")) == "one") }
    #expect(throws: VaultError.denied(reason: "grant 1 is used up")) {
      try counted.read("prod/db", by: TestVault.agent("bot"))
    }

    let bound = try vault("**", [.read]) { request, _ in request.context = ["tool": "deploy"] }
    #expect(
      throws: VaultError.denied(reason: "grant 1 asks for another tool than the request states")
    ) { try bound.read("prod/db", by: TestVault.agent("bot", context: ["tool": "chat"])) }
    #expect(
      try bound.read("prod/db", by: TestVault.agent("bot", context: ["tool": "deploy"])) == "one")
  }

  @Test("a change holds from the next request on, in every process")
  func atOnce() throws {
    let test = try vault("**", [.read])
    let elsewhere = try test.reopened()
    func read() throws {
      _ = try elsewhere.read(
        TestVault.path("prod/db"), of: TestVault.tenant, by: TestVault.agent("bot"))
    }
    try read()
    try test.vault.ungrant(1, from: Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.self) { try read() }
    try test.vault.grant(
      GrantRequest(try PathPattern("**"), [.read]), to: Self.bot, of: TestVault.tenant,
      by: TestVault.operator())
    try read()
    try test.vault.setEnabled(
      false, Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.denied(reason: "agent 'bot' is disabled")) { try read() }
  }

  @Test("a token names its agent until it expires, is revoked, or its agent is disabled")
  func tokens() throws {
    let test = try vault("**", [.read])
    let vault = test.vault
    func make() throws -> AgentToken {
      try vault.makeToken(
        for: Self.bot, of: TestVault.tenant, seconds: 60, by: TestVault.operator())
    }
    func principal(_ token: AgentToken) throws -> Requester.Principal {
      try vault.principal(token: token, by: TestVault.operator())
    }
    let token = try make()
    #expect(try principal(token) == .agent(Self.bot, tenant: TestVault.tenant))
    let stored = try vault.store.read { transaction in
      try transaction.holder(ofTokenHash: token.hash)?.agent
    }
    #expect(stored == "bot")
    test.wait(seconds: 60)
    #expect(throws: VaultError.self) { try principal(token) }

    let second = try make()
    let number = try #require(
      try vault.agents(of: TestVault.tenant, by: TestVault.operator())[0].tokens.last?.number)
    try vault.revokeToken(number, of: Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.tokenRejected(reason: "it is unknown, or was revoked")) {
      try principal(second)
    }
    let third = try make()
    try vault.setEnabled(false, Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.self) { try principal(third) }
    try vault.setEnabled(true, Self.bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.self) { try principal(third) }
    #expect(try test.entries.last?.decision == .deny)
  }
}
