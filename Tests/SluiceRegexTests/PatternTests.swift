import SluiceRegex
import Testing

@Suite("Pattern")
struct PatternTests {
  // MARK: - Compiling

  @Test(
    "says in PCRE2's words, and where, why an expression does not compile",
    arguments: [
      ("a(b", "missing closing parenthesis", 3),
      ("ab)c", "unmatched closing parenthesis", 2),
      ("a[b", "missing terminating ]", 3),
      ("[z-a]", "range out of order", 3),
      ("ab\\", "\\ at end of pattern", 3),
    ])
  func refusal(source: String, message: String, byteOffset: Int) {
    let error = #expect(throws: PatternError.self) { try Pattern(source, start: .anywhere) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "none")")
    #expect(error?.byteOffset == byteOffset)
  }

  /// Where PCRE2 stops reading these differs between its versions.
  @Test(
    "refuses what PCRE2 refuses",
    arguments: [
      ("*a", "quantifier does not follow a repeatable item"),
      ("a{3,2}", "numbers out of order"),
      ("(?<n>a)(?<n>b)", "two named subpatterns have the same name"),
      ("(?<=a+)b", "lookbehind assertion"),
      ("\\g{nope}", "reference to non-existent subpattern"),
    ])
  func refusal(source: String, message: String) {
    let error = #expect(throws: PatternError.self) { try Pattern(source, start: .anywhere) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "none")")
    #expect((0...source.utf8.count).contains(error?.byteOffset ?? -1))
  }

  @Test("the offset of an error counts bytes")
  func byteOffset() {
    let error = #expect(throws: PatternError.self) { try Pattern("«é(", start: .anywhere) }
    #expect(error?.byteOffset == 5)
  }

  @Test(
    "G1: neither code points nor \\C can be switched on from inside",
    arguments: ["(*UTF)a", "(*UTF8)a", "a\\C"])
  func neverUTF(source: String) {
    #expect(throws: PatternError.self) { try Pattern(source, start: .anywhere) }
  }

  @Test("G1: an expression matches bytes, valid UTF-8 or not")
  func bytes() throws {
    let pattern = try Pattern("\\xFF[\\x80-\\xBF]{2}.", start: .anywhere)
    #expect(match(pattern, Array([0x00, 0xFF, 0x80, 0xBF, 0xFE, 0x00])) == (.match, 1..<5))
    #expect(match(try Pattern("^é.$", start: .anchored), Array("éx".utf8)).0 == .match)
    #expect(match(try Pattern("^.$", start: .anchored), Array("é".utf8)).0 == .none)
  }

  @Test("is compiled to machine code where the kernel allows it")
  func machineCode() throws {
    // Both answers are right; what follows from them must be the same.
    let pattern = try Pattern("a+b", start: .anywhere)
    _ = pattern.isCompiledToMachineCode
    #expect(match(pattern, "xaab") == (.match, 1..<4))
  }

  @Test(
    "knows its groups",
    arguments: [
      ("abc", 0, 0), ("(a)(b)", 2, 0), ("k=(?<secret>v)", 1, 1), ("(a)(?<secret>b)(c)", 3, 2),
      ("(?<other>a)", 1, 0), ("(?|a(?<secret>b)|c(?<secret>d))", 1, 1), ("(?:a)(?=b)", 0, 0),
    ])
  func groups(source: String, captures: Int, secret: Int) throws {
    let pattern = try Pattern(source, start: .anywhere)
    #expect(pattern.captureCount == captures)
    #expect(pattern.secretGroup == secret)
  }

  @Test(
    "knows how far it looks back",
    arguments: [("abc", 0), ("(?<=ab)c", 2), ("(?<!abcd|a)c", 4), ("\\bx", 1)])
  func lookbehind(source: String, bytes: Int) throws {
    #expect(try Pattern(source, start: .anywhere).maxLookbehind == bytes)
  }

  // MARK: - Matching

  @Test(
    "an anchored pattern matches at its offset only, another one at the first place after it",
    arguments: [
      ("xabc", 0, false, 1..<4), ("xabc", 1, true, 1..<4), ("abcabc", 0, true, 0..<3),
      ("abcabc", 1, false, 3..<6), ("abcabc", 3, true, 3..<6),
    ])
  func start(text: String, offset: Int, matchesThere: Bool, first: Range<Int>) throws {
    let anchored = match(try Pattern("abc", start: .anchored), text, from: offset)
    #expect(anchored.0 == (matchesThere ? .match : .none))
    #expect(match(try Pattern("abc", start: .anywhere), text, from: offset) == (.match, first))
  }

  @Test("assertions see the bytes before the offset")
  func context() throws {
    let pattern = try Pattern("(?<=key=)v", start: .anchored)
    #expect(match(pattern, "key=v", from: 4) == (.match, 4..<5))
    #expect(match(pattern, "kex=v", from: 4).0 == .none)
    #expect(match(try Pattern("\\bv", start: .anchored), "kv", from: 1).0 == .none)
  }

  /// What an attempt says in the middle of a stream and at its end.
  struct Ending: Sendable, CustomTestStringConvertible {
    let source: String
    let text: String
    let open: MatchOutcome
    let final: MatchOutcome

    init(_ source: String, _ text: String, open: MatchOutcome, final: MatchOutcome) {
      self.source = source
      self.text = text
      self.open = open
      self.final = final
    }

    var testDescription: String { "\(source) over '\(text)'" }
  }

  static let endings = [
    Ending("abc[0-9]{3}", "abc12", open: .partial(start: 0), final: .none),
    Ending("abc[0-9]{3}", "abc123", open: .match, final: .match),
    Ending("abc[0-9]{3}", "abcx", open: .none, final: .none),
    Ending("abc[0-9]{3}", "xx abc", open: .partial(start: 3), final: .none),
    Ending("abc[0-9]{3}", "xx a", open: .partial(start: 3), final: .none),
    Ending("abc[0-9]{3}", "xyz", open: .none, final: .none),
    // Greedy: one more byte could belong to it.
    Ending("abc[0-9]+", "abc12", open: .partial(start: 0), final: .match),
    Ending("abc[0-9]+", "abc12 ", open: .match, final: .match),
    Ending("abc[0-9]{1,3}", "abc123", open: .match, final: .match),
    Ending("abc[0-9]{1,3}", "abc12", open: .partial(start: 0), final: .match),
    // What follows decides.
    Ending("abc(?!d)", "abc", open: .partial(start: 0), final: .match),
    Ending("abc(?!d)", "abcd", open: .none, final: .none),
    Ending("abc(?!d)", "abce", open: .match, final: .match),
    Ending("abc(?=d)", "abc", open: .partial(start: 0), final: .none),
    Ending("abc(?=d)", "abcd", open: .match, final: .match),
    Ending("abc\\b", "abc", open: .partial(start: 0), final: .match),
    Ending("abc\\b", "abc ", open: .match, final: .match),
    Ending("abc$", "abc", open: .partial(start: 0), final: .match),
    Ending("abc\\z", "abc", open: .partial(start: 0), final: .match),
    Ending("abc$", "abcd", open: .none, final: .none),
    // An earlier, longer alternative may still come true.
    Ending("abcdef|abc", "abcd", open: .partial(start: 0), final: .match),
    Ending("abc|abcdef", "abcd", open: .match, final: .match),
    // An attempt needs a byte to begin with.
    Ending("a", "", open: .none, final: .none),
  ]

  @Test(
    "G2: what the end of the bytes could change is partial until the stream ends",
    arguments: endings)
  func partial(ending: Ending) throws {
    let pattern = try Pattern(ending.source, start: .anywhere)
    #expect(match(pattern, ending.text, isFinal: false).0 == ending.open)
    #expect(match(pattern, ending.text, isFinal: true).0 == ending.final)
  }

  @Test("a partial match gives way to the match that the next bytes bring")
  func completion() throws {
    let pattern = try Pattern("abc[0-9]{3}", start: .anywhere)
    var scratch = MatchScratch()
    let text = Array("--abc123".utf8)
    for count in 3..<8 {
      let piece = text.span.extracting(0..<count)
      let outcome = pattern.match(in: piece, from: 0, isFinal: false, scratch: &scratch)
      #expect(outcome == .partial(start: 2), "\(count) bytes")
    }
    #expect(pattern.match(in: text.span, from: 0, isFinal: false, scratch: &scratch) == .match)
    #expect(scratch.range(ofGroup: 0) == 2..<8)
  }

  @Test(
    "G6: an expression that runs away gives up, and that is not 'no match'",
    arguments: ["(a+)+$", "(a|aa)+$", "(?:a?){40}a{40}$", "(a*)*b\\z"], [true, false])
  func runaway(source: String, isFinal: Bool) throws {
    let text = Array(String(repeating: "a", count: 60).utf8) + Array("!?".utf8)
    let pattern = try Pattern(source, start: .anchored)
    var scratch = MatchScratch(groups: pattern.captureCount, matchLimit: 100_000)
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = pattern.match(in: text.span, from: 0, isFinal: isFinal, scratch: &scratch)
    #expect(outcome == .gaveUp)
    #expect(clock.now - start < .seconds(5))
  }

  @Test("G6: the match limit is what it was set to")
  func matchLimit() throws {
    let pattern = try Pattern("(a+)+$", start: .anchored)
    let text = Array(String(repeating: "a", count: 14).utf8) + Array("! ".utf8)
    var generous = MatchScratch(matchLimit: 10_000_000)
    #expect(pattern.match(in: text.span, from: 0, isFinal: true, scratch: &generous) == .none)
    var tight = MatchScratch(matchLimit: 100)
    #expect(pattern.match(in: text.span, from: 0, isFinal: true, scratch: &tight) == .gaveUp)
  }

  @Test("scratch memory that gave up once serves the next attempt")
  func reuseAfterGivingUp() throws {
    let hostile = try Pattern("(a+)+$", start: .anchored)
    let simple = try Pattern("a(b)", start: .anywhere)
    var scratch = MatchScratch()
    let text = Array((String(repeating: "a", count: 60) + "!ab").utf8)
    #expect(hostile.match(in: text.span, from: 0, isFinal: true, scratch: &scratch) == .gaveUp)
    #expect(simple.match(in: text.span, from: 0, isFinal: true, scratch: &scratch) == .match)
    #expect(scratch.range(ofGroup: 1) == 62..<63)
  }

  @Test("a match of a megabyte fits the stack")
  func longMatch() throws {
    let pattern = try Pattern("(?:[a-z]|[0-9])++;", start: .anchored)
    let text = [UInt8](repeating: 0x61, count: 1 << 20) + [0x3B]
    #expect(match(pattern, text) == (.match, 0..<text.count))
  }

  // MARK: - Preconditions

  @Test("a start outside of the subject traps")
  func startOutside() async {
    await #expect(processExitsWith: .failure) {
      let pattern = try Pattern("a", start: .anywhere)
      var scratch = MatchScratch()
      _ = pattern.match(in: [0x61].span, from: 2, isFinal: true, scratch: &scratch)
    }
  }

  @Test("scratch memory with too few groups traps")
  func tooFewGroups() async {
    await #expect(processExitsWith: .failure) {
      let pattern = try Pattern("(a)(b)", start: .anywhere)
      var scratch = MatchScratch(groups: 1)
      _ = pattern.match(in: [0x61, 0x62].span, from: 0, isFinal: true, scratch: &scratch)
    }
  }

  // MARK: - Help

  private func match(
    _ pattern: Pattern, _ text: String, from offset: Int = 0, isFinal: Bool = true
  ) -> (MatchOutcome, Range<Int>?) {
    match(pattern, Array(text.utf8), from: offset, isFinal: isFinal)
  }

  private func match(
    _ pattern: Pattern, _ text: [UInt8], from offset: Int = 0, isFinal: Bool = true
  ) -> (MatchOutcome, Range<Int>?) {
    var scratch = MatchScratch()
    let outcome = pattern.match(in: text.span, from: offset, isFinal: isFinal, scratch: &scratch)
    return (outcome, outcome == .match ? scratch.range(ofGroup: 0) : nil)
  }
}
