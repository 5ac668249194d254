import SluiceAudit
@testable import SluiceVault
import Synchronization
import Testing

@Suite("Disk space")
struct DiskSpaceTests {
  private final class Disk: Sendable {
    let free = Mutex<UInt64>(10_000_000_000)
  }

  private func vault(on disk: Disk) throws -> TestVault {
    let test = try TestVault()
    try test.put("one", at: "p")
    test.vault.setSpace {
      DiskSpace(freeBytes: disk.free.withLock { $0 }, totalBytes: 100_000_000_000)
    }
    return test
  }

  @Test("an alarm comes early, once an hour, and says how much there is")
  func alarm() throws {
    let disk = Disk()
    let test = try vault(on: disk)
    _ = try test.read("p")
    #expect(try test.vault.spaceWarning() == nil)
    disk.free.withLock { $0 = 200_000_000 }
    for _ in 0..<3 { _ = try test.read("p") }
    #expect(try test.vault.spaceWarning()?.contains("200 MB") == true)
    test.wait(seconds: 3601)
    _ = try test.read("p")
    let alarms = try test.entries.filter { $0.operation == "audit.space-alarm" }
    #expect(alarms.count == 2)
    #expect(alarms.first?.details["freeBytes"] == "200000000")
    #expect(alarms.first?.actor == .init(.system, "sluice"))
    _ = try test.vault.verifyLog()
    #expect(try test.vault.verifyRecords() == 1)
  }

  @Test("G8: with the reserve alone left no secret is given out or taken in; revoking goes on")
  func refuses() throws {
    let disk = Disk()
    let test = try vault(on: disk)
    disk.free.withLock { $0 = 20_000_000 }
    #expect(throws: VaultError.noSpace(freeMegabytes: 20)) { try test.read("p") }
    #expect(try test.entries.contains { $0.operation == "secret.read" && $0.decision == .deny })
    #expect(throws: VaultError.noSpace(freeMegabytes: 20)) { try test.put("two", at: "p") }
    // The refusals do not use up what is left.
    disk.free.withLock { $0 = 10_000_000 }
    let size = try test.vault.auditSize()
    #expect(throws: VaultError.self) { try test.read("p") }
    #expect(try test.vault.auditSize() == size)
    let revoked = try test.vault.revoke(
      TestVault.path("p"), of: TestVault.tenant, by: TestVault.operator())
    #expect(revoked == [1])
    _ = try test.vault.verifyLog()
    disk.free.withLock { $0 = 10_000_000_000 }
    try test.put("two", at: "p")
    #expect(try test.read("p") == "two")
  }

  @Test(
    "limits follow the file system unless the policy sets them",
    arguments: [
      (UInt64(1_000_000_000_000), UInt64(300_000_000), DiskSpace.State.enough),
      (1_000_000_000_000, 255_000_000, .low), (1_000_000_000_000, 31_000_000, .nearlyFull),
      (1_000_000_000_000, 15_000_000, .full), (100_000_000, 11_000_000, .enough),
      (100_000_000, 9_000_000, .low), (100_000_000, 1_900_000, .nearlyFull),
    ])
  func limits(total: UInt64, free: UInt64, state: DiskSpace.State) {
    let space = DiskSpace(freeBytes: free, totalBytes: total)
    #expect(space.state(under: AuditPolicy()) == state)
  }
}
