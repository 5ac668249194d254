import Foundation
import Testing

@Suite("Audit trial")
struct AuditTrialTests {
  private static let path = URL(filePath: Sluice.path).deletingLastPathComponent()
    .appending(path: "sluice-audit-trial").path

  @Test("G9, G11: writers that were killed leave a whole log; 'make trial' does it 200 times")
  func killed() throws {
    let outcome = try Sluice.shell("'\(Self.path)' kill --kills 5 --longest 600")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.text.hasPrefix("5 kills of 2 writers, "), "\(outcome.text)")
    #expect(outcome.text.contains("0 lost"), "\(outcome.text)")
  }

  @Test("a log is measured at each power of ten, and a proof grows with its logarithm")
  func measured() throws {
    let outcome = try Sluice.shell("'\(Self.path)' measure --entries 1500 --threads 4")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = outcome.text.split(separator: "\n").suffix(2).map { line in
      line.split(separator: " ").map(String.init)
    }
    #expect(rows.map { $0.first } == ["1000", "1500"], "\(outcome.text)")
  }
}
