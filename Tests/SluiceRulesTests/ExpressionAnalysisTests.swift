import SluiceRegex
import Testing

@testable import SluiceRules

@Suite("RegexAnalysis")
struct ExpressionAnalysisTests {
  private func analysis(_ pattern: String) throws -> RegexAnalysis {
    RegexAnalysis(try RegexParser.parse(pattern))
  }

  @Test(
    "lengths",
    arguments: [
      ("", 0, 0), ("abc", 3, 3), ("a?b*", 0, nil), ("a{2,5}(?:b|cde)", 3, 8), ("(?=abc)a", 1, 1),
      ("(?<=abc)a\\b$", 1, 1), ("é", 2, 2), ("(?i)k", 1, 1), ("a{0}", 0, 0), ("(?:a*){0}", 0, 0),
      ("(['\"])a+?\\1", 2, nil), ("(['\"])a{2}\\1", 3, 4), ("(?:()*)*", 0, 0), ("\\R", 1, 2),
      ("(?:(?:a{65535}){65535}){65535}", 281_462_092_005_375, 281_462_092_005_375),
    ] as [(String, Int, Int?)])
  func lengths(pattern: String, minimum: Int, maximum: Int?) throws {
    let analysis = try analysis(pattern)
    #expect(analysis.minLength == minimum)
    #expect(analysis.maxLength == maximum)
  }

  @Test("lengths that no integer holds are clipped")
  func hugeLengths() throws {
    let pattern = "(?:(?:(?:(?:a{65535}){65535}){65535}){65535}){65535}"
    let analysis = try analysis(pattern)
    #expect(analysis.minLength == .max)
    #expect(analysis.maxLength == nil)
  }

  @Test(
    "how far assertions look",
    arguments: [
      ("a", 0, 0), ("a\\b", 1, 0), ("\\ba", 0, 1), ("a(?=bc)", 2, 0), ("a(?!bc)d", 1, 0),
      ("a(?=b+)", nil, 0), ("a(?=b(?=cd))", 3, 0), ("(?<=abc)d", 0, 3), ("x(?<=abx)", 0, 2),
      ("(?<!a|bcd)e", 0, 3), ("a$", 2, 0), ("(?m)a$", 1, 0), ("a\\z", 1, 0), ("a\\Z", 2, 0),
      ("^a", 0, 1), ("(?m)^a", 0, 1), ("a(?m)^", 1, 0), ("\\Aa", 0, 1), ("(?<=\\ba)b", 0, 2),
      ("(?=\\b)a", 0, 1), ("(?:a(?=bbb)|c)d", 2, 0), ("(?:a(?=bb))*", 2, 0), ("\\Ga", 0, 1),
      ("(?<=a(?=bcd))b", 2, 1),
    ] as [(String, Int?, Int)])
  func reach(pattern: String, ahead: Int?, behind: Int) throws {
    let analysis = try analysis(pattern)
    #expect(analysis.maxLookahead == ahead)
    #expect(analysis.maxLookbehind == behind)
  }

  @Test(
    "newlines",
    arguments: [
      (".", false), ("(?s).", true), ("\\s", true), ("[^a]", true), ("[ \\t]", false),
      ("\\h", false),
      ("a(?=\\n)", true), ("a(?!\\n)", false), ("(?<=\\n)a", false), ("a\\n{0}", false),
      ("\\N\\S\\w", false), ("a$", false), ("(\\s)\\1", true), ("([ab])\\1", false), ("\\R", true),
    ])
  func newlines(pattern: String, canMatch: Bool) throws {
    #expect(try analysis(pattern).canMatchNewline == canMatch)
  }

  @Test(
    "byte sets",
    arguments: [
      ("abc", "a", ""), ("a?bc", "ab", ""), ("(?i)k[0-2]+x", "Kk", "012"), ("[ab]*c", "abc", "ab"),
      ("(?:ab+|c{2,}d)e", "ac", "bc"), ("(?:xy)*z", "xz", "xy"), ("(?=q)a", "a", ""),
      ("a{0}b", "b", ""), ("(?:a*b){2}", "ab", "a"), ("([ab]+)-\\1", "ab", "ab"),
    ])
  func byteSets(pattern: String, start: String, unbounded: String) throws {
    let analysis = try analysis(pattern)
    #expect(analysis.startBytes == ByteSet(start.utf8))
    #expect(analysis.unboundedBytes == ByteSet(unbounded.utf8))
  }

  @Test(
    "prefixes of the secret",
    arguments: [
      ("gh[pousr]_[A-Za-z0-9]{36}", ["gho_", "ghp_", "ghr_", "ghs_", "ghu_"]),
      ("sk-ant-(?:api|admin)\\d\\d-[\\w-]{90}", ["sk-ant-api", "sk-ant-admin"]),
      ("token=(?<secret>ab_\\w{8})", ["ab_"]), ("(?<secret>\\w{8})_ab", []), ("(?i)ghp_\\w+", []),
      ("key_(?i)live\\w+", ["key_"]), ("ab[01]{8}", ["ab"]), ("(?:foo|x)\\w+", []),
      ("(?|a=(?<secret>foo\\w)|b=(bar\\w))", ["foo", "bar"]),
      ("sk-(?:proj-)?\\w{20}", ["sk-proj-", "sk-"]),
      ("a", []), ("(?:foo|)bar", ["foobar", "bar"]), ("(?=zz)foo", ["foo"]),
    ])
  func secretPrefixes(pattern: String, prefixes: [String]) throws {
    let analysis = try analysis(pattern)
    #expect(analysis.secretPrefixes.map { String(decoding: $0, as: UTF8.self) } == prefixes)
    #expect(analysis.hasSecretGroup == pattern.contains("secret"))
  }

  @Test(
    "hazards",
    arguments: [
      ("(?:a+)+b", [.leadingRepeat(6), .nestedRepeats(outer: 6, inner: 4)]),
      ("x(?:a+)+b", [.nestedRepeats(outer: 7, inner: 5)]), ("x(?:a++)+b", []),
      ("x(?:a+)++b", []), ("x(?>(?:a+)+)b", [.nestedRepeats(outer: 10, inner: 8)]),
      ("x(?:(?>a+))+b", []), ("x(?:a?b)+", [.nestedRepeats(outer: 8, inner: 5)]),
      ("x(?:a{1,3}b){2,4}", []), ("x(?:a+b){3}", []), ("x(?:a+)?", []),
      ("x(?:a+){3}", [.adjacentRepeats(first: 5, second: 5)]),
      ("xa*a+", [.adjacentRepeats(first: 2, second: 4)]), ("xa*b+", []), ("xa*+a+", []),
      ("x\\s*=?\\s*y", [.adjacentRepeats(first: 3, second: 8)]), ("x\\s*=\\s*y", []),
      ("x[ab]{1,3}[bc]{2,4}", []), ("x[ab]{1,3}[bc]{2,}", [.adjacentRepeats(first: 5, second: 14)]),
      ("[a-z]+x", [.leadingRepeat(5)]), ("a?[b-z]+x", [.leadingRepeat(7)]), ("a[b-z]+", []),
      ("x(?:y|a+)(a*)z", [.adjacentRepeats(first: 7, second: 11)]), ("a{2}a*", []),
      ("x(?=(?:a+)+)", [.nestedRepeats(outer: 10, inner: 8)]),
    ] as [(String, [Hazard])])
  func hazards(pattern: String, hazards: [Hazard]) throws {
    #expect(try analysis(pattern).hazards == hazards)
  }

  @Test("a rule of ordinary size is read and analysed in well under a millisecond")
  func speed() throws {
    let clock = ContinuousClock()
    let elapsed = try clock.measure {
      for rule in ExpressionCorpus.rules { _ = try analysis(rule) }
    }
    // An unoptimised build on a loaded machine takes ten times as long as a release build.
    #expect(elapsed < .milliseconds(5 * ExpressionCorpus.rules.count))
  }
}
