import SluiceRules
import Testing

@Suite("ReferenceMatcher")
struct ReferenceMatcherTests {
  @Test(
    "finds the secrets of a rule, disjoint and in order",
    arguments: [
      ("key_[0-9]{4}", "", []),
      ("key_[0-9]{4}", "key_1234", [0..<8]),
      ("key_[0-9]{4}", "key_123", []),
      ("key_[0-9]{4}", "a key_1234, key_5678!", [2..<10, 12..<20]),
      ("key_[0-9]{4}", "key_1234key_5678", [0..<8, 8..<16]),
      ("key_[0-9]{4}", "key_key_1234", [4..<12]),
      // The secret is the group of that name.
      ("key=(?<secret>[0-9]{4});", "key=1234; key=5678;", [4..<8, 14..<18]),
      // The next search starts where the secret ends, not where the match ends.
      ("(?<secret>k[0-9]),k", "k1,k2,k", [0..<2, 3..<5]),
      // Greedy to the end of the text.
      ("key_[0-9]+", "key_123456", [0..<10]),
      ("ab|abc", "abc", [0..<2]),
      // Look-behind sees the text before the start.
      ("(?<=x)key", "key xkey", [5..<8]),
      ("[\\x00-\\x08]k\\xFF", "\u{1}k", []),
    ] as [(String, String, [Range<Int>])])
  func secrets(expression: String, text: String, expected: [Range<Int>]) throws {
    #expect(try find(makeRule("a", expression), in: text) == expected)
  }

  @Test("an empty or unset secret is no find")
  func emptySecret() throws {
    #expect(try find(makeRule("a", "key=(?<secret>[0-9]*);"), in: "key=; key=1;") == [10..<11])
  }

  @Test("a find that a validator refuses is none, and the search goes on behind it")
  func validators() throws {
    var rule = makeRule("a", "key_[a-z_]{8}")
    rule.validators = [.entropy(2.5)]
    #expect(try find(rule, in: "key_aaaaaaaa key_abcdefgh") == [13..<25])
    #expect(try find(rule, in: "key_key_abcdefgh") == [0..<12])
    rule.validators = [.structure(.notPlaceholder)]
    #expect(try find(rule, in: "key_xxxxkey_abcdefgh") == [])
    #expect(try find(rule, in: "key_xxxxabcdkey_abcdefgh") == [12..<24])
  }

  @Test("G6: what runs away is masked to the end of its line")
  func runaway() throws {
    let text = "--" + String(repeating: "a", count: 60) + "!\nnext"
    let found = try find(makeRule("a", "(?:a+)+;"), in: text, matchLimit: 1000)
    #expect(found.first == 2..<63)
    #expect(found.allSatisfy { $0.upperBound <= 63 })
  }

  @Test("a secret longer than an attempt may be is masked to its end")
  func overlong() throws {
    let rule = makeRule("a", "key_(?<secret>[0-9]{4,})")
    let text = "key_" + String(repeating: "7", count: 100) + " 12"
    #expect(try find(rule, in: text, longestAttempt: 32) == [4..<104])
    // Nobody knows yet where the secret would begin.
    let open = makeRule("b", "key_[0-9]{4,}(?<secret>x)")
    #expect(try find(open, in: text, longestAttempt: 32) == [0..<104])
  }

  private func find(
    _ rule: Rule, in text: String, longestAttempt: Int = 4096, matchLimit: UInt32 = 100_000
  ) throws -> [Range<Int>] {
    var matcher = ReferenceMatcher(
      try PlannedRule(rule), expressions: try ReferenceMatcher.Expressions(of: rule),
      longestAttempt: longestAttempt, matchLimit: matchLimit)
    let bytes = Array(text.utf8)
    return matcher.secrets(in: bytes.span)
  }
}
