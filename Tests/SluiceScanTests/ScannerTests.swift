import OracleSupport
import SluiceBuiltins
import SluiceRules
import Testing

@testable import SluiceScan

@Suite("Scanner")
struct ScannerTests {
  private static let builtins = Result { try compiled(BuiltinRules.all()) }

  private static let records: [[UInt8]] = BuiltinRules.all().flatMap { planned in
    planned.rule.examples.enumerated().compactMap { index, example in
      try? Recipe(
        example, seed: Recipe.seed(rule: planned.rule.id, kind: "scan", index: index)
      ).text
    }
  }

  // MARK: - G2

  @Test("G2: every example of every rule, split at every offset, is found as in one piece")
  func splits() throws {
    let oracle = Oracle(rules: try Self.builtins.get())
    for record in Self.records {
      #expect(!oracle.scan(record, pieces: [record.count]).isEmpty)
      if let length = oracle.harmfulCut(of: record) {
        Issue.record("a cut at \(length) of \(record.count) bytes changes what is found")
        return
      }
    }
  }

  @Test("G2: one byte at a time gives what one piece gives", arguments: [1, 2, 3, 7, 64, 139])
  func pieces(length: Int) throws {
    let oracle = Oracle(rules: try Self.builtins.get())
    let text = Array(Self.records.joined(separator: [UInt8(ascii: "\n")]).prefix(60_000))
    #expect(oracle.scan(text, pieces: [length]) == oracle.scan(text, pieces: [text.count]))
  }

  @Test(
    "G2: an anchor that is completed later comes first",
    arguments: [[100], [1], [3], [4], [2, 1, 1, 100]])
  func unfinishedAnchorComesFirst(pieces: [Int]) throws {
    // `cd` is an anchor that stands inside of the longer one.
    let rules = try compiled([rule("r", "(?:abcdefgh|cd)[a-z]{2,20}")])
    #expect(found(rules, in: "abcdefghij ", pieces: pieces) == ["r 0..<10"])
    #expect(found(rules, in: "abcdefgxij ", pieces: pieces) == ["r 2..<10"])
  }

  @Test(
    "G2: a match may begin before its anchor", arguments: [[100], [1], [2], [7], [9], [5, 1, 90]])
  func leads(pieces: [Int]) throws {
    let rules = try compiled([rule("bot", "[0-9]{4,8}:AA[a-z]{5}", boundary: .alnum)])
    #expect(found(rules, in: "x 12345678:AAabcde.", pieces: pieces) == ["bot 2..<18"])
    #expect(found(rules, in: "123:AAabcde 1234:AAabcdef", pieces: pieces) == [])
  }

  @Test(
    "an anchor behind an open candidate does not reach back over the settled mark",
    arguments: [[100], [1], [2], [7, 1]])
  func leadBehindOpenCandidate(pieces: [Int]) throws {
    let rules = try compiled([rule("r", "[0-9a-z]{4,20}:AA[0-9a-z:A]{2,}")])
    #expect(found(rules, in: ". abcd:AAxx:AAyy zz", pieces: pieces) == ["r 2..<16"])
  }

  @Test("a rule without an anchor is found too", arguments: [[100], [1], [3]])
  func unanchored(pieces: [Int]) throws {
    let rules = try compiled([rule("digits", "[0-9]{6}", boundary: .alnum)])
    #expect(rules.rules[0].plan.anchors.isEmpty)
    #expect(
      found(rules, in: "12345 123456\n1234567 a654321 654321", pieces: pieces)
        == ["digits 6..<12", "digits 29..<35"])
  }

  // MARK: - Secrets longer than the window

  @Test(
    "G5: a secret longer than the window is masked to its end, however it is cut",
    arguments: [1000, 2047, 2048, 2049, 2050, 4096, 5000, 20_000], [[1 << 20], [1], [100], [2048]])
  func overlong(length: Int, pieces: [Int]) throws {
    let rules = try compiled([rule("key", "key=(?<secret>[a-z]{8,})")], window: 4096)
    let text = "a key=" + String(repeating: "x", count: length) + " b key=abcdefgh c"
    #expect(
      found(rules, in: text, pieces: pieces)
        == ["key 6..<\(6 + length)", "key \(6 + length + 7)..<\(6 + length + 15)"])
  }

  @Test("an overlong secret that cannot be completed is masked from its start")
  func overlongWithoutEnd() throws {
    let rules = try compiled([rule("block", "BEGIN(?<secret>[a-z\\n]{4,})END")], window: 4096)
    let text = "x BEGIN" + String(repeating: "abc\n", count: 3000) + "\u{1}rest"
    for pieces in [[1 << 20], [1], [777]] {
      #expect(found(rules, in: text, pieces: pieces) == ["block 2..<12007"])
    }
  }

  @Test(
    "an overlong secret at the end of the stream ends with it", arguments: [[1 << 20], [1], [4096]])
  func overlongAtEnd(pieces: [Int]) throws {
    let rules = try compiled([rule("key", "key=(?<secret>[a-z]{8,})")], window: 4096)
    let text = "key=" + String(repeating: "x", count: 9000)
    #expect(found(rules, in: text, pieces: pieces) == ["key 4..<9004"])
  }

  @Test("G5: two overlong secrets of different rules overlap", arguments: [[1 << 20], [1], [1000]])
  func overlongOverlap(pieces: [Int]) throws {
    let rules = try compiled(
      [
        rule("low", "key=(?<secret>[a-z.]{8,})", confidence: .low),
        rule("high", "tok[.](?<secret>[a-z]{8,})", confidence: .high),
      ], window: 4096)
    let text =
      "key=aaaa.tok." + String(repeating: "b", count: 6000) + "."
      + String(repeating: "c", count: 5000) + " end"
    #expect(found(rules, in: text, pieces: pieces) == ["high 4..<11014"])
  }

  // MARK: - G6

  @Test(
    "G6: what hits the match limit is masked to the end of its record",
    arguments: [[1000], [1], [13]])
  func matchLimit(pieces: [Int]) throws {
    let rules = try compiled([rule("bad", "key(?:a+)+$")], matchLimit: 1000)
    let text = "1 key" + String(repeating: "a", count: 40) + "! and more\nnext line\n"
    #expect(found(rules, in: text, pieces: pieces) == ["bad 2..<55"])
  }

  @Test(
    "G6: a long line of keys without values is read once, not once for each key",
    arguments: [":pass", ":token", "password="])
  func refusedValues(unit: String) throws {
    var scanner = Scanner(rules: try Self.builtins.get())
    var sink = NullSink()
    let text = Array(String(repeating: unit, count: 100_000 / unit.utf8.count).utf8)
    _ = scanner.scan(text.span, at: 0, isFinal: true, into: &sink)
    // An attempt that reads to the end of the line skips all keys that it has read.
    #expect(scanner.statistics.candidates > 5000)
    #expect(scanner.statistics.attempts < 20)
    #expect(scanner.statistics.limitHits == 0)
  }

  // MARK: - G7

  @Test(
    "G7: a complete record is settled at once",
    arguments: [
      "plain\n", "password:\n", "token = \n", "Enter password: \n", "postgres://app:\n",
      "Authorization: Bearer\n", "12345678\n", "AKIA\n", "eyJhbGciOi\n", "x\r\n", "-----BEGIN \n",
    ])
  func recordsSettle(record: String) throws {
    #expect(settled(try Self.builtins.get(), record) == record.utf8.count)
  }

  @Test(
    "without a record end, only what may become a secret is held",
    arguments: [
      // A percent sign may begin an encoding.
      ("Enter user: ", 12), ("progress 50%", 11), ("a ghp_", 2), ("a gh", 2), ("xAKI", 1),
      ("ok\nAKIA", 3),
    ])
  func holds(text: String, expected: Int) throws {
    let rules = try compiled([
      rule("pat", "ghp_[a-z]{4}"), rule("aws", "AKIA[A-Z]{4}", boundary: .alnum),
    ])
    #expect(settled(rules, text) == expected)
  }

  // MARK: - Overlaps

  @Test("overlapping secrets become one finding with the name that ranks first")
  func overlaps() throws {
    let rules = try compiled([
      rule("low", "key=(?<secret>[a-z_]{4,})", confidence: .low),
      rule("high", "tok_[a-z]{4}", confidence: .high),
      rule("other", "tok_[a-z]{6}", confidence: .high),
    ])
    // The union is masked, the highest confidence names it, then the longest.
    #expect(found(rules, in: "key=xx_tok_abcdefgh.") == ["other 4..<19"])
    // Touching is not overlapping.
    #expect(found(rules, in: "tok_abcd.tok_efgh") == ["high 0..<8", "high 9..<17"])
  }

  @Test(
    "G5: a chain of overlapping secrets is cut after half a window",
    arguments: [[1 << 20], [1], [500]])
  func chain(pieces: [Int]) throws {
    let rules = try compiled(
      [rule("a", "ab[xy]{8}", confidence: .low), rule("b", "yab?[xyab]{6}")], window: 4096)
    let text = String(repeating: "abxxxxxxyya", count: 1200)
    let whole = found(rules, in: text, pieces: [1 << 20])
    #expect(whole.count > 1)
    #expect(found(rules, in: text, pieces: pieces) == whole)
  }

  // MARK: - G5

  @Test("G5: what is held is bounded by the window", arguments: 0..<6)
  func boundedHold(kind: Int) throws {
    let rules = try compiled(BuiltinRules.all(), window: 65_536)
    let unit =
      switch kind {
      case 0: "password=x"
      case 1: "-----BEGIN RSA PRIVATE KEY-----\nAAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIII\n"
      case 2: "eyJ.eyJ"
      case 3: "AKIA"
      case 4: "123456789"
      default: "https://u:p"
      }
    let block = Array(String(repeating: unit, count: 3000).utf8.prefix(30_000))
    var scanner = Scanner(rules: rules)
    var sink = NullSink()
    var window: [UInt8] = []
    var origin: UInt64 = 0
    for _ in 0..<20 {
      window += block
      let mark = scanner.scan(window.span, at: origin, isFinal: false, into: &sink)
      let drop = max(0, Int(mark - origin) - scanner.contextLength)
      window.removeFirst(drop)
      origin += UInt64(drop)
      #expect(window.count <= 65_536 + rules.holdOverhead + scanner.contextLength)
    }
  }
}
