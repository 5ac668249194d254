import Foundation
import GRDB
import SluiceAudit
@testable import SluiceVault
import Synchronization
import Testing

@Suite("Group commit")
struct GroupCommitTests {
  /// Runs `body` on so many threads at once, and waits for all of them.
  private func threads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
      group.enter()
      Thread.detachNewThread {
        body(number)
        group.leave()
      }
    }
    group.wait()
  }

  @Test("G8: threads that write at once lose nothing and leave no gap")
  func together() throws {
    let test = try TestVault()
    let failures = Mutex(0)
    threads(8) { thread in
      for index in 0..<12 {
        do { try test.put("value \(index)", at: "p/\(thread)") } catch {
          failures.withLock { $0 += 1 }
        }
      }
    }
    #expect(failures.withLock { $0 } == 0)
    for thread in 0..<8 { #expect(try test.read("p/\(thread)") == "value 11") }
    let report = try test.vault.verifyLog()
    #expect(report.unsigned == 0)
    #expect(try test.entries.map(\.sequence) == Array(0..<report.size))
    #expect(try test.vault.verifyRecords() == 8)
  }

  @Test("one that is refused takes nobody along")
  func oneFails() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let given = Mutex(0)
    let refused = Mutex(0)
    threads(8) { thread in
      for _ in 0..<10 {
        do {
          _ = try test.read(thread.isMultiple(of: 2) ? "p" : "nothing")
          given.withLock { $0 += 1 }
        } catch {
          refused.withLock { $0 += 1 }
        }
      }
    }
    #expect(given.withLock { $0 } == 40 && refused.withLock { $0 } == 40)
    #expect(try test.entries.count { $0.decision == .deny } == 40)
    _ = try test.vault.verifyLog()
  }

  @Test("G8: when the commit fails, it fails for all who share it, and nothing is there")
  func commitFails() throws {
    let test = try TestVault()
    try test.put("one", at: "p")
    let size = try test.vault.auditSize()
    try test.tamper(
      """
      CREATE TRIGGER refuse BEFORE INSERT ON audit_checkpoints
      BEGIN SELECT RAISE(ROLLBACK, 'no'); END
      """)
    let given = Mutex(0)
    threads(8) { _ in
      if (try? test.read("p")) != nil { given.withLock { $0 += 1 } }
    }
    #expect(given.withLock { $0 } == 0)
    try test.tamper("DROP TRIGGER refuse")
    #expect(try test.vault.auditSize() == size)
    #expect(try test.read("p") == "one")
    _ = try test.vault.verifyLog()
  }

  @Test("two vaults on one store, as two processes, append to one log without a gap")
  func twoStores() throws {
    let test = try TestVault()
    let other = try test.reopened()
    threads(6) { thread in
      let vault = thread.isMultiple(of: 2) ? test.vault : other
      for _ in 0..<10 {
        guard let person = try? TestVault.operator() else { return }
        try? vault.recordAudit("list", by: person)
      }
    }
    #expect(try test.entries.count { $0.operation == "audit.list" } == 60)
    #expect(try test.entries.map(\.sequence) == Array(0..<(try test.vault.auditSize())))
    _ = try test.vault.verifyLog()
  }

  @Test("checkpoints are kept as the policy says, and wait until they were sent")
  func checkpoints() throws {
    let test = try TestVault()
    var policy = AuditPolicy()
    policy.checkpointEntries = 5
    policy.checkpointSeconds = 600
    try test.vault.setAuditPolicy(policy, by: TestVault.operator())
    for index in 0..<17 { try test.put("v", at: "p/\(index)") }
    let first = try test.vault.unsentCheckpoints(to: "there")
    #expect(first.count == 1)
    try test.vault.markSent(first[0].size, to: "there")
    #expect(try test.vault.unsentCheckpoints(to: "there").isEmpty)
    for index in 0..<10 { try test.put("w", at: "p/\(index)") }
    let next = try test.vault.unsentCheckpoints(to: "there").map(\.size)
    #expect(next.count == 2 && next[1] - next[0] == 5)
    test.wait(seconds: 601)
    try test.put("x", at: "p/0")
    #expect(try test.vault.unsentCheckpoints(to: "there").count == 3)
    _ = try test.vault.verifyLog(earlier: first.map(\.note))
  }
}
