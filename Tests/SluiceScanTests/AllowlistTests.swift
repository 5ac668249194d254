import SluiceRegex
import SluiceRules
import SluiceScan
import Testing

@Suite("Allowlist")
struct AllowlistTests {
  private static let rules: [PlannedRule] = ["one", "two"].compactMap { id in
    try? PlannedRule(Rule(id: id, name: id, provider: "acme", expression: "\(id)_[0-9]{8}"))
  }

  private static func allows(
    _ entries: [Allowlist.Entry], _ secret: String, rule: Int = 0, path: String? = nil
  ) -> Bool {
    let list = Allowlist(entries, rules: rules, path: path)
    var scratch = MatchScratch(groups: list.largestGroupCount)
    let bytes = Array(secret.utf8)
    return list.allows(
      RuleIndex(rule), secret: bytes.span, fingerprint: nil, scratch: &scratch)
  }

  @Test("a rule allows what carries its name")
  func rule() throws {
    let entry = try Allowlist.Entry(rule: "two")
    #expect(Self.allows([entry], "two_12345678", rule: 1))
    #expect(!Self.allows([entry], "one_12345678", rule: 0))
    #expect(!Self.allows([try Allowlist.Entry(rule: "three")], "one_12345678"))
    #expect(!Self.allows([], "one_12345678"))
  }

  @Test("an expression must match from end to end, alternatives too")
  func expression() throws {
    let entry = try Allowlist.Entry(expression: "one_1+|one_2+")
    #expect(Self.allows([entry], "one_1111"))
    #expect(Self.allows([entry], "one_2222"))
    for secret in ["one_1112", "xone_1111", "one_2222\n", "one_11112222", ""] {
      #expect(!Self.allows([entry], secret), "\(secret)")
    }
  }

  @Test("all that an entry states must hold")
  func conjunction() throws {
    let entry = try Allowlist.Entry(rule: "one", path: "logs/*", expression: "one_.*")
    #expect(Self.allows([entry], "one_1", path: "logs/a"))
    #expect(!Self.allows([entry], "one_1", rule: 1, path: "logs/a"))
    #expect(!Self.allows([entry], "two_1", path: "logs/a"))
    #expect(!Self.allows([entry], "one_1", path: "log/a"))
    #expect(!Self.allows([entry], "one_1", path: nil))
  }

  @Test(
    "a glob stays within a folder, but for two stars",
    arguments: [
      ("tests/**", "tests/a/b.txt", true), ("tests/**", "src/tests/a", false),
      ("**/tests/**", "tests/a", true), ("**/tests/**", "src/x/tests/a", true),
      ("**/a.log", "a.log", true), ("**/a.log", "x/a.log", true), ("**/a.log", "xa.log", false),
      ("*.log", "a.log", true), ("*.log", "x/a.log", false), ("a?c", "abc", true),
      ("a?c", "a/c", false), ("a.c", "abc", false), ("a/**/b", "a/b", true),
      ("a/**/b", "a/x/y/b", true), ("a+(b)[c]", "a+(b)[c]", true), ("a*", "a\nb", true),
      ("é*.log", "xé.log", false), ("é*.log", "éa.log", true),
    ])
  func glob(glob: String, path: String, matches: Bool) throws {
    #expect(Self.allows([try Allowlist.Entry(path: glob)], "x", path: path) == matches)
  }

  @Test("G6: where the engine gives up, nothing is allowed")
  func hostile() throws {
    let entry = try Allowlist.Entry(expression: "(?:a+)+b")
    #expect(!Self.allows([entry], String(repeating: "a", count: 60)))
  }

  @Test("what would take in everything is refused")
  func everything() {
    #expect(throws: AllowanceError.nothingStated) { try Allowlist.Entry() }
    for glob in ["*", "**", "**/*", "?*"] {
      #expect(throws: AllowanceError.everyPath) { try Allowlist.Entry(path: glob) }
    }
    for expression in [".*", ".+", "(?s).*", "[^x]{2,}|.*"] {
      #expect(throws: AllowanceError.everySecret) {
        try Allowlist.Entry(expression: expression)
      }
    }
  }
}
