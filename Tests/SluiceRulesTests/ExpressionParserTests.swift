import SluiceRegex
import Testing

@testable import SluiceRules

@Suite("RegexParser")
struct ExpressionParserTests {
  private func set(_ pattern: String) throws -> ByteSet {
    guard case .byte(let set) = try RegexParser.parse(pattern) else {
      throw RegexSyntaxError(offset: 0, problem: "not a single byte: \(pattern)")
    }
    return set
  }

  @Test(
    "a class holds the bytes that PCRE2 matches",
    arguments: [
      "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\h", "\\H", "\\v", "\\V", "\\N", ".", "(?s).",
      "a", "(?i)a", "(?i)Z", "\\[", "\\x41", "\\x{e9}", "\\x", "\\101", "\\0", "\\012",
      "\\o{12}", "\\e", "\\a", "\\f", "\\n", "\\r", "\\t", "\\cA", "\\c[", "\\ca", "\\/", "\\-",
      "[abc]", "[^abc]", "[]a]", "[^]a]", "[a-z]", "[a-]", "[-a]", "[a-c-e]", "[--/]", "[+--]",
      "[\\d-]", "[\\w.-]", "[\\b]", "[\\x41-\\x43]", "[\\101-\\103]", "[\\8\\9]", "[\\n\\r\\t]",
      "[[:alpha:]]", "[[:^alpha:]]", "[[:alpha:]-]", "[a[:digit:]b]", "[[:alpha]", "[[:^digit]",
      "[\\Qa-z\\E]", "[\\Qa\\E-z]", "[a\\Q-\\Ez]", "[a-\\Qz\\E]", "[\\E]a]", "[\\Q\\E]a]",
      "[\\Q]^\\E]", "(?xx)[a - c]", "(?xx)[ ] a]", "(?x)[a b]", "(?i)[a-f]", "(?i)[^a-f]",
      "(?i)[[:lower:]]", "(?i)[[:^upper:]]", "[\\S]", "[^\\S\\n]", "[\\c]]", "[\\]-a]",
      "[é]", "[^\\x00-\\x7f]", "(?i)\\x41", "(?i:k)", "(?-i:k)", "(?i)(?-i)k", "(?i)(?^)k",
      "[$^.|]", "[a\\-z]", "[!-~]", "[\\h\\v]", "(?s:.)", "(?:(?s).)",
    ]
      + ["alnum", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct"]
      .map { "[[:\($0):]]" } + ["[[:space:]]", "[[:upper:]]", "[[:word:]]", "[[:xdigit:]]"])
  func classes(pattern: String) throws {
    let parsed = try set(pattern)
    let reference = try #require(ReferencePattern(pattern))
    let matched = ByteSet((UInt8.min...UInt8.max).filter { reference.matches([$0]) })
    #expect(parsed.members == matched.members)
  }

  @Test(
    "equal meaning, equal tree",
    arguments: [
      ("a(?i)b|c", "a[Bb]|[Cc]"), ("(?:(?i)a)b", "[Aa]b"), ("(?i:a(?-i)b)c", "(?:[Aa]b)c"),
      ("(?i)a(?-i)b", "[Aa]b"), ("(?i)é", "\\xc3\\xa9"), ("é", "\\xc3\\xa9"),
      ("(?x) a b # c\n d", "abd"), ("(?x)a\\ b", "a b"), ("(?x) [a b] ", "[ab ]"),
      ("a(?#b)c", "ac"), ("\\Qa.b\\E.", "a\\.b."), ("\\Qa.b", "a\\.b"), ("a\\Eb", "ab"),
      ("a{,3}", "a\\{,3\\}"), ("a{x}", "a\\{x\\}"), ("a{2,", "a\\{2,"), ("{,3}", "\\{,3\\}"),
      ("a{-1}", "a\\{-1\\}"), ("]}", "\\]\\}"), ("(?:a)", "a"), ("(*LIMIT_MATCH=10)a", "a"),
      ("(?n)(a)b", "ab"), ("(?<n>a)", "(?P<n>a)"), ("(?'n'a)", "(?<n>a)"), ("\\18", "\\x018"),
      ("(a)\\1", "(a)\\g1"), ("(a)\\g{-1}", "(a)\\g{1}"), ("(?<n>a)\\k<n>", "(?<n>a)\\k'n'"),
      ("(?<n>a)\\k{n}", "(?<n>a)(?P=n)"), ("(?<n>a)\\g{n}", "(?<n>a)\\1"), ("", "(?:)"),
    ])
  func equivalents(left: String, right: String) throws {
    #expect(ReferencePattern(left) != nil)
    #expect(try RegexParser.parse(left) == RegexParser.parse(right))
  }

  @Test(
    "quantifiers",
    arguments: [
      ("a*", 0, nil, .greedy), ("a+?", 1, nil, .lazy), ("a?+", 0, 1, .possessive),
      ("a{3}", 3, 3, .greedy), ("a{3,}", 3, nil, .greedy), ("a{3,5}?", 3, 5, .lazy),
      ("a{0}", 0, 0, .greedy), ("(?x)a {2} +", 2, 2, .possessive), ("a(?#c)*", 0, nil, .greedy),
      ("a\\Q\\E*", 0, nil, .greedy), ("a{65535}", 65535, 65535, .greedy),
    ] as [(String, Int, Int?, RegexNode.Repetition.Mode)])
  func quantifiers(
    pattern: String, minimum: Int, maximum: Int?, mode: RegexNode.Repetition.Mode
  ) throws {
    guard case .repetition(let repetition) = try RegexParser.parse(pattern) else {
      Issue.record("not a repetition: \(pattern)")
      return
    }
    #expect(repetition.minimum == minimum)
    #expect(repetition.maximum == maximum)
    #expect(repetition.mode == mode)
  }

  @Test("a branch reset counts its groups from one number")
  func branchReset() throws {
    let tree = try RegexParser.parse("(?|(a)|(b)(c)|(d))(e)")
    let a = ByteSet("a".utf8)
    guard case .concatenation(let elements) = tree, case .alternation(let branches) = elements[0]
    else {
      Issue.record("unexpected tree: \(tree)")
      return
    }
    #expect(branches[0] == .capture(1, name: nil, .byte(a)))
    #expect(branches[2] == .capture(1, name: nil, .byte(ByteSet("d".utf8))))
    #expect(elements[1] == .capture(3, name: nil, .byte(ByteSet("e".utf8))))
  }

  @Test(
    "what PCRE2 refuses is refused",
    arguments: [
      "(", ")", "a)", "(a", "(?", "(?:", "(?:a|b", "(a))", "(?i", "(?i:a", "(?P", "(?P<", "(?<",
      "(?P<a", "(?P<a>", "(?<>x)", "(?<1a>x)", "(?<a-b>x)", "(?'a>b)", "(?Pa)", "(?z)", "(?#",
      "(?#a", "(?i-m-s)", "(?^-i)", "(?i^)", "(?x)(? i)a", "[", "[]", "[^]", "[a", "[\\", "[a\\]",
      "[z-a]", "[a-\\d]", "[\\d-a]", "[\\w-.]", "[[:alpha:]-z]", "[a-[:alpha:]]", "[[:foo:]]",
      "[[:Alpha:]]", "[[.a.]]", "[[=a=]]", "[:alpha:]", "[\\B]", "[\\R]", "[\\N]", "[\\A]", "[\\y]",
      "[\\400]", "[\\x{100}]", "[\\E]", "[\\c]", "(?xx)[ ]", "[[:alpha:", "[\\Qa]", "*", "+a", "?",
      "a**", "a+*", "a+++", "a{2}{3}", "a{2}?{3}", "{2}", "a{2,1}", "a{65536}", "|*", "a(|*)", "^*",
      "$+", "\\b+", "\\A?", "(?i)*", "(?#c)*", "\\Q\\E*", "\\", "a\\", "\\y", "\\i", "\\u", "\\L",
      "\\c", "\\cé", "\\x{}", "\\x{100}", "\\x{fg}", "\\x{1", "\\o", "\\o{}", "\\o{9}", "\\o{400}",
      "\\400", "\\N{name}", "\\N{,3}", "\\1", "(a)\\2", "\\81", "\\g", "\\g{}", "\\g{1", "\\g0",
      "\\g{-1}", "\\k", "\\k<a>", "\\k{}", "(?P=n)", "(?<n>a)(?P=n", "(?<n>a)\\k'n",
      "(?<a>x)(?<a>y)", "(?|(?<a>x)|(?<b>y))", "(?n)(a)\\1", "(?<=a*)b", "(?<=a{2,3})b", "(?<!a?)b",
      "(?<=(?:a|bc))d", "(?<=a(?:b|cd))e", "(?<=\\R)b", "a(*LIMIT_MATCH=1)", "(*LIMIT_MATCH=)a",
    ])
  func refusals(pattern: String) {
    #expect(ReferencePattern(pattern) == nil, "PCRE2 takes it")
    #expect(throws: RegexSyntaxError.self) { try RegexParser.parse(pattern) }
  }

  @Test(
    "what rules may not use is named",
    arguments: [
      ("a(?R)", 1, "recursion"), ("(a)(?1)", 3, "recursion"), ("(a)(?-1)", 3, "recursion"),
      ("(?<n>a)(?&n)", 7, "recursion"), ("(?<n>a)(?P>n)", 7, "recursion"),
      ("(a)\\g<1>", 3, "recursion"),
      ("(a)(?(1)b)", 3, "conditional"), ("a(?C1)", 1, "callouts"), ("ab(*FAIL)", 2, "verbs"),
      ("(*UTF)a", 0, "verbs"), ("(?*a)", 2, "non-atomic"), ("(?<*a)", 2, "non-atomic"),
      ("a\\K", 1, "'\\K'"), ("a\\X", 1, "'\\X'"), ("\\p{L}", 0, "'\\p'"), ("\\C", 0, "'\\C'"),
      ("[\\p{L}]", 1, "'\\p'"), ("(?J)a", 2, "'J'"), ("(?U)a", 2, "'U'"), ("\\1(a)", 0, "group 1"),
      ("(a\\1)", 2, "group 1"), ("(a)(?<=\\1)", 3, "lookbehind"), ("[[:<:]]a", 1, "'<'"),
    ])
  func unsupported(pattern: String, offset: Int, problem: String) throws {
    #expect(ReferencePattern(pattern) != nil)
    let error = #expect(throws: RegexSyntaxError.self) { try RegexParser.parse(pattern) }
    #expect(error?.offset == offset)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test("nesting is limited as in PCRE2", arguments: [(250, true), (251, false)])
  func nesting(depth: Int, isAccepted: Bool) throws {
    let brackets = ["(", ")"].map { String(repeating: $0, count: depth) }
    let pattern = brackets[0] + "ab+" + brackets[1]
    #expect((ReferencePattern(pattern) != nil) == isAccepted)
    let tree = try? RegexParser.parse(pattern)
    #expect((tree != nil) == isAccepted)
    if let tree { #expect(RegexAnalysis(tree).minLength == 2) }
  }

  @Test("G4: a random string is never accepted if PCRE2 refuses it", arguments: UInt64(0)..<8)
  func randomPatterns(seed: UInt64) throws {
    var random = ExpressionRandom(state: seed)
    let pieces = [
      "a", "b", "1", "(", ")", "(?:", "(?i)", "(?<n>", "(?=", "(?<=", "(?>", "(?|", "[", "[^", "]",
      "-", "\\", "\\d", "\\Q", "\\E", "\\1", "{", "}", "{2}", "{1,2}", ",", "2", "*", "+", "?", "|",
      "^", "$", ".", "#", " ", "(?x)", "[:alpha:]", ":", "\\b", "(?#", "\\x", "\\k<n>", "é", "\n",
    ]
    var accepted = 0
    for _ in 0..<3000 {
      let count = Int.random(in: 1...8, using: &random)
      let pattern = (0..<count).compactMap { _ in pieces.randomElement(using: &random) }.joined()
      guard (try? RegexParser.parse(pattern)) != nil else { continue }
      accepted += 1
      #expect(ReferencePattern(pattern) != nil, "seed \(seed): \(pattern)")
    }
    #expect(accepted > 300)
  }
}
