import SluiceRegex
import Testing

@Suite("MatchScratch")
struct MatchScratchTests {
  @Test(
    "gives the groups of the last match",
    arguments: [
      ("(a)|(b)", "b", [0..<1, nil, 0..<1]),
      ("(a)?(b)", "b", [0..<1, nil, 0..<1]),
      ("k=(?<secret>v+);", "k=vvv;", [0..<6, 2..<5]),
      ("(x*)y", "y", [0..<1, 0..<0]),
      ("(a)(b)?c?", "ac", [0..<2, 0..<1, nil]),
      ("(?:(a)|b)+", "ab", [0..<2, 0..<1]),
    ] as [(String, String, [Range<Int>?])])
  func groups(source: String, text: String, ranges: [Range<Int>?]) throws {
    let pattern = try Pattern(source, start: .anchored)
    var scratch = MatchScratch()
    let bytes = Array(text.utf8)
    #expect(pattern.match(in: bytes.span, from: 0, isFinal: true, scratch: &scratch) == .match)
    #expect(ranges.indices.map { scratch.range(ofGroup: $0) } == ranges)
  }

  @Test("patterns take turns on the same memory")
  func sharing() throws {
    let many = try Pattern("(a)(b)(c)(d)", start: .anywhere)
    let few = try Pattern("(z)", start: .anywhere)
    var scratch = MatchScratch(groups: 4)
    let text = Array("z abcd".utf8)
    for _ in 0..<3 {
      #expect(many.match(in: text.span, from: 0, isFinal: true, scratch: &scratch) == .match)
      #expect((0...4).map { scratch.range(ofGroup: $0) } == [2..<6, 2..<3, 3..<4, 4..<5, 5..<6])
      #expect(few.match(in: text.span, from: 0, isFinal: true, scratch: &scratch) == .match)
      #expect((0...1).map { scratch.range(ofGroup: $0) } == [0..<1, 0..<1])
    }
  }

  @Test("a start that \\K moves behind the end is no range")
  func movedStart() throws {
    let pattern = try? Pattern("a(?=b\\K)", start: .anchored)
    // Newer PCRE2 refuses this expression when it compiles.
    guard let pattern else { return }
    var scratch = MatchScratch()
    let text = Array("ab".utf8)
    _ = pattern.match(in: text.span, from: 0, isFinal: true, scratch: &scratch)
    #expect(scratch.range(ofGroup: 0) == nil)
  }

  @Test("a group that there is no memory for traps", arguments: [-1, 3])
  func noSuchGroup(group: Int) async {
    await #expect(processExitsWith: .failure) { [group = group as Int] in
      let scratch = MatchScratch(groups: 2)
      _ = scratch.range(ofGroup: group)
    }
  }
}
