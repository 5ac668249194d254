@testable import SluiceRules
import Testing

@Suite("Insight")
struct InsightTests {
  @Test(
    "writes a point in time as RFC 3339 does",
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (1_300_819_380, "2011-03-22T18:43:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (253_402_300_799, "9999-12-31T23:59:59Z"),
    ])
  func timestamps(seconds: Int, text: String) { #expect(Insight.timestamp(seconds) == text) }

  @Test(
    "takes no time that is none",
    arguments: ["", "-1", "x", "253402300800", "1e9", "99999999999999999999999"])
  func noTime(text: String) {
    #expect(Insight(.expires, secondsSince1970: Array(text.utf8)) == nil)
  }

  @Test(
    "shows names, addresses and URLs, and nothing that may be a credential (G3)",
    arguments: [
      ("joe", true), ("https://login.acme.test/v2.0/", true), ("kubernetes/serviceaccount", true),
      ("https://user:pass@host", false), ("a b", false), ("", false), ("a\0b", false),
      ("x?token=1", false), ("é", false),
    ])
  func untrusted(text: String, isShown: Bool) {
    #expect((Insight(.issuer, untrusted: Array(text.utf8)) != nil) == isShown)
  }

  @Test("a rule tells each kind of insight once, and doubts lower its confidence by a step")
  func rules() throws {
    var rule = Rule(
      id: "x", name: "x", provider: "x", expression: "x", boundary: .none, statedAnchors: nil,
      validators: [.format(.awsKeyID)], severity: .high, confidence: .high, tags: [], docs: "",
      remediation: "", examples: [], nonExamples: [])
    let key = Array(("ASIA" + "QNZGKIQY56JQ7WML").utf8)
    #expect(rule.insights(in: key.span).map(\.text) == ["029608264753"])
    #expect(rule.confidence(of: key.span) == .high)
    rule.doubts = [.format(.awsKeyID), .checksum(.luhn)]
    #expect(rule.insights(in: key.span).count == 1)
    #expect(rule.confidence(of: key.span) == .medium)
    rule.confidence = .medium
    #expect(rule.confidence(of: key.span) == .low)
  }
}
