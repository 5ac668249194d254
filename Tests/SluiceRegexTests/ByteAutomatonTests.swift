import SluiceRegex
import Testing

@Suite("ByteAutomaton")
struct ByteAutomatonTests {
  /// `a(b|[0-9])*c`, and before it no letter `x`.
  private static let program = ByteProgram(
    steps: [
      .accept,
      .byte(ByteSet(UInt8(ascii: "c")), next: 0),
      .split(4, 1),
      .byte(ByteSet(UInt8(ascii: "b")), next: 2),
      .split(3, 5),
      .byte(ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9")), next: 2),
      .byte(ByteSet(UInt8(ascii: "a")), next: 2),
      .after(ByteSet(UInt8(ascii: "x")).inverted, next: 6),
    ], start: 7)

  private func canMatch(
    _ automaton: ByteAutomaton, _ text: String, from offset: Int = 0, upTo limit: Int? = nil
  ) -> Bool {
    let bytes = Array(text.utf8)
    return automaton.canMatch(in: bytes.span, from: offset, upTo: limit ?? bytes.count)
  }

  @Test(
    "says whether a word of the program may begin at a place",
    arguments: [
      ("ac", 0, true), ("ab01bc", 0, true), ("acx", 0, true), ("ad", 0, false), ("", 0, true),
      ("a", 0, true), ("ab0", 0, true), ("ab0d", 0, false), ("c", 0, false), ("zac", 1, true),
      ("xac", 1, false), ("xac", 0, false), ("a\u{ff}", 0, false),
    ] as [(String, Int, Bool)])
  func verdicts(text: String, offset: Int, expected: Bool) {
    let automaton = ByteAutomaton(Self.program)
    // Twice: the second run finds the states that the first one made.
    #expect(canMatch(automaton, text, from: offset) == expected)
    #expect(canMatch(automaton, text, from: offset) == expected)
  }

  @Test("what lies behind the limit does not count")
  func limit() {
    let automaton = ByteAutomaton(Self.program)
    #expect(canMatch(automaton, "ab0d", upTo: 3))
    #expect(!canMatch(automaton, "ab0d", upTo: 4))
  }

  @Test("G5: with too many states everything is possible")
  func exhaustion() {
    // `(a|b)*a(a|b){14}c`: a state for each of the 2^15 ways in which 15 bytes can be read.
    let either = ByteSet(UInt8(ascii: "a")...UInt8(ascii: "b"))
    var steps: [ByteProgram.Step] = [.accept, .byte(ByteSet(UInt8(ascii: "c")), next: 0)]
    for _ in 0..<14 { steps.append(.byte(either, next: steps.count - 1)) }
    steps.append(.byte(ByteSet(UInt8(ascii: "a")), next: steps.count - 1))
    let loop = steps.count + 1
    steps.append(.byte(either, next: loop))
    steps.append(.split(loop - 1, loop - 2))
    let automaton = ByteAutomaton(ByteProgram(steps: steps, start: loop))
    #expect(!canMatch(automaton, "d"))
    // All numbers of 15 bits, one after the other.
    let text = (0..<1 << 15).map { number in
      String((0..<15).map { number >> $0 & 1 == 0 ? "a" : "b" })
    }.joined()
    #expect(canMatch(automaton, text))
    #expect(canMatch(automaton, "ae"))
  }
}
