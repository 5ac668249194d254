@testable import SluiceAudit
import Testing

@Suite("AuditEntry")
struct AuditEntryTests {
  @Test("has one spelling, and reads it back")
  func spelling() throws {
    var entry = TestLog.entry(3)
    entry.object = "prod/db/password"
    entry.version = 2
    entry.details = ["b": "2", "a": "é \" \u{1F600}"]
    #expect(
      entry.json.canonicalText
        == #"{"actor":{"kind":"operator","name":"alice"},"decision":"allow","#
        + #""details":{"a":"é \" 😀","b":"2"},"host":"host-a","object":"prod/db/password","#
        + #""operation":"secret.read","process":42,"request":"r3","sequence":3,"#
        + #""tenant":"acme","time":"2026-11-23T00:00:03.000000Z","v":1,"version":2}"#)
    #expect(AuditEntry(try JSONValue(parsing: entry.canonicalBytes)) == entry)
  }

  @Test(
    "what is not understood is refused, not lost",
    arguments: [#""note":"x""#, #""version":"two""#, #""v":2"#, #""decision":"maybe""#])
  func unknown(member: String) throws {
    let text = TestLog.entry(3).json.canonicalText
    let name = try #require(member.split(separator: ":").first)
    let known = try #require(try JSONValue(parsing: Array(text.utf8)).members)
    let added = try #require(try JSONValue(parsing: Array("{\(member)}".utf8)).members)
    let value = JSONValue.object(known.filter { "\"\($0.name)\"" != name } + added)
    #expect(AuditEntry(value) == nil)
  }

  @Test(
    "times are written and read",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (4_107_542_399_123_456, "2100-02-28T23:59:59.123456Z"),
      (1_795_406_706_000_007, "2026-11-23T04:05:06.000007Z"),
    ] as [(Int64, String)])
  func time(microseconds: Int64, text: String) {
    #expect(UTCTime(microseconds: microseconds).text == text)
    #expect(UTCTime(text)?.microseconds == microseconds)
  }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "2026-11-23T04:05:06", "2026-13-01", "2026-02-29", "2026-02-30T00:00:00Z",
      "2026-11-23T24:00:00Z", "2026-11-23 04:05:06Z", "2026-11-23T04:05:06.00000xZ",
      "2100-02-29", "2026-00-10", "2026-01-00",
    ])
  func noTime(text: String) {
    #expect(UTCTime(text) == nil)
  }

  @Test("a date alone is its first instant, and decimals may be left out")
  func shortTimes() {
    #expect(UTCTime("2026-11-23")?.text == "2026-11-23T00:00:00.000000Z")
    #expect(UTCTime("2026-11-23T04:05:06Z")?.text == "2026-11-23T04:05:06.000000Z")
  }
}
