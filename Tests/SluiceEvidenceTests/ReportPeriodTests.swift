import SluiceAudit
@testable import SluiceEvidence
import Testing

@Suite("ReportPeriod")
struct ReportPeriodTests {
  @Test(
    "reads years, quarters, months, days and ranges, in UTC",
    arguments: [
      ("2026", "2026-01-01 to 2026-12-31"), ("2026-Q1", "2026-01-01 to 2026-03-31"),
      ("2026-Q4", "2026-10-01 to 2026-12-31"), ("2024-02", "2024-02-01 to 2024-02-29"),
      ("2026-12", "2026-12-01 to 2026-12-31"), ("2026-11-23", "2026-11-23 to 2026-11-23"),
      ("2026-11-01..2026-11-15", "2026-11-01 to 2026-11-15"),
    ])
  func reads(text: String, span: String) throws {
    #expect(try #require(ReportPeriod(text)).span == span)
  }

  @Test(
    "refuses what is none",
    arguments: [
      "", "26", "2026-Q5", "2026-Q0", "2026-13", "2026-1", "2026-11-31", "2026-11-15..2026-11-01",
      "2026..2027", "last month", "2026-Qx", "-", "2026-11-01..", "2026-00",
    ])
  func refuses(text: String) { #expect(ReportPeriod(text) == nil) }

  @Test(
    "every instant of a period falls into one of at most 31 parts",
    arguments: ["2026", "2024", "2026-Q3", "2026-02", "2026-11-23", "2020-01-01..2026-12-31"])
  func parts(text: String) throws {
    let period = try #require(ReportPeriod(text))
    #expect((1...31).contains(period.bucketCount))
    #expect(period.bucket(of: period.start) == 0)
    let last = UTCTime(microseconds: period.end.microseconds - 1)
    #expect(period.bucket(of: last) == period.bucketCount - 1)
    #expect(period.contains(last) && !period.contains(period.end))
  }
}
