import Foundation
import SluiceAudit
@testable import SluiceVault
import Testing

@Suite("Names in the log")
struct AuditNamesTests {
  private func pseudonymous() throws -> TestVault {
    let test = try TestVault()
    var policy = AuditPolicy()
    policy.names = .pseudonym
    try test.vault.setAuditPolicy(policy, by: TestVault.operator())
    return test
  }

  @Test("a person and a host get one pseudonym each, which an open name proves")
  func pseudonyms() throws {
    let test = try pseudonymous()
    try test.put("one", at: "p")
    try test.put("two", at: "p")
    let entries = try test.entries.suffix(2)
    let names = Set(entries.map(\.actor.name))
    #expect(names.count == 1 && !names.contains("alice"))
    let known = try test.vault.auditNames()
    #expect(entries.map { known.named($0).actor.name } == ["alice", "alice"])
    var lines: [[UInt8]] = []
    try test.vault.export(names: known) { lines.append($0) }
    var rest = lines[...]
    let verifier = LogVerifier(key: try test.vault.auditKey())
    _ = try verifier.verify { rest.popFirst() }
    // Another name for the pseudonym is found out.
    lines[0] = Array(
      String(decoding: lines[0], as: UTF8.self).replacing("\"alice\"", with: "\"mallory\"").utf8)
    rest = lines[...]
    #expect(throws: LogDamage.otherName(try #require(names.first))) {
      _ = try verifier.verify { rest.popFirst() }
    }
  }

  @Test("an erased name is gone from every file, and the log verifies as before")
  func erased() throws {
    let test = try pseudonymous()
    let person = try Requester(.operator("zebedee-quill"))
    try test.put("one", at: "p", by: person)
    let pseudonym = try #require(try test.entries.last).actor.name
    #expect(try test.vault.eraseName("zebedee-quill", by: TestVault.operator()) == [pseudonym])
    #expect(try test.vault.auditNames()[pseudonym] == pseudonym)
    _ = try test.vault.verifyLog()
    #expect(try test.vault.verifyRecords() == 1)
    for file in try FileManager.default.contentsOfDirectory(atPath: test.home) {
      let bytes = try Data(contentsOf: URL(filePath: test.home + "/" + file))
      #expect(bytes.range(of: Data("zebedee".utf8)) == nil, "in \(file)")
    }
    #expect(throws: VaultError.self) {
      try test.vault.eraseName("zebedee-quill", by: TestVault.operator())
    }
    // Who comes back is somebody new to the log.
    try test.put("two", at: "p", by: person)
    #expect(try test.entries.last?.actor.name != pseudonym)
  }

  @Test("agents keep their names: they are no persons")
  func agents() throws {
    let test = try pseudonymous()
    let bot = TestVault.name("bot", "agent")
    try test.vault.createAgent(bot, of: TestVault.tenant, by: TestVault.operator())
    #expect(throws: VaultError.self) { try test.read("p", by: TestVault.agent("bot")) }
    #expect(try test.entries.last?.actor == .init(.agent, "acme/bot"))
  }
}
