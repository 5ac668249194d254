import SluiceRegex
import SluiceRules
import Testing

@Suite("Boundary")
struct BoundaryTests {
  /// Bytes that may stand beside a token, and the boundaries that take them for a part of it.
  struct Neighbour: Sendable, CustomTestStringConvertible {
    let bytes: [UInt8]
    let refusedBy: Set<Boundary>

    init(_ text: String, refusedBy: Set<Boundary> = []) {
      self.init(bytes: Array(text.utf8), refusedBy: refusedBy)
    }

    init(bytes: [UInt8], refusedBy: Set<Boundary> = []) {
      self.bytes = bytes
      self.refusedBy = refusedBy
    }

    var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }
  }

  private static let every: Set<Boundary> = [.alnum, .word, .base64url, .base64, .hex]
  private static let notHex = every.subtracting([.hex])

  static let left = [
    Neighbour(""),
    Neighbour(" "), Neighbour("\n"), Neighbour("\t"), Neighbour("\0"),
    Neighbour("\""), Neighbour("'"), Neighbour("`"), Neighbour("\\\""),
    Neighbour("="), Neighbour("KEY="), Neighbour(":"), Neighbour("@"), Neighbour("&"),
    Neighbour(";"), Neighbour(","), Neighbour("("), Neighbour("["), Neighbour("{"),
    Neighbour("<"), Neighbour(">"), Neighbour("|"), Neighbour("."), Neighbour("#"),
    // Escapes end in a letter or a digit and separate all the same.
    Neighbour("\\n"), Neighbour("\\t"), Neighbour("\\r\\n"), Neighbour("\\\\n"), Neighbour("\\0"),
    Neighbour("%3D"), Neighbour("%3d"), Neighbour("%20"), Neighbour("%0A"),
    Neighbour("\\u003d"), Neighbour("\\u0022"), Neighbour("\\u00AB"),
    Neighbour("\\x22"), Neighbour("\\x3D"),
    Neighbour("&quot;"), Neighbour("&#39;"),
    // Colours.
    Neighbour("\u{1B}[m"), Neighbour("\u{1B}[0m"), Neighbour("\u{1B}[32m"),
    Neighbour("\u{1B}[1;31m"), Neighbour("\u{1B}[0;1m"), Neighbour("\u{1B}[38;5;7m"),
    Neighbour("\u{1B}[38;5;208m"), Neighbour("\u{1B}[38;2;10;200;255m"),
    Neighbour("\u{1B}[01;31m\u{1B}[K"), Neighbour("\\u001b[32m"),
    // Characters that are not ASCII.
    Neighbour("é"), Neighbour("«"), Neighbour("密"), Neighbour("🔑"),
    Neighbour(bytes: [0xFF]), Neighbour(bytes: [0x80]),
    // What continues a token.
    Neighbour("a", refusedBy: every), Neighbour("F", refusedBy: every),
    Neighbour("0", refusedBy: every), Neighbour("9", refusedBy: every),
    Neighbour("g", refusedBy: notHex), Neighbour("Z", refusedBy: notHex),
    Neighbour("n", refusedBy: notHex), Neighbour("m", refusedBy: notHex),
    Neighbour("3D", refusedBy: every), Neighbour("u003d", refusedBy: every),
    Neighbour("32m", refusedBy: notHex), Neighbour("0x", refusedBy: notHex),
    Neighbour("_", refusedBy: [.word, .base64url]), Neighbour("-", refusedBy: [.base64url]),
    Neighbour("/", refusedBy: [.base64]), Neighbour("+", refusedBy: [.base64]),
    Neighbour("\\/", refusedBy: [.base64]),
  ]

  static let right = [
    Neighbour(""),
    Neighbour(" "), Neighbour("\n"), Neighbour("\r\n"), Neighbour("\t"), Neighbour("\0"),
    Neighbour("\""), Neighbour("'"), Neighbour("`"), Neighbour("\\\""), Neighbour("\\n"),
    Neighbour("\\u0022"), Neighbour("%26"), Neighbour("%3D"), Neighbour("&x=1"), Neighbour(";"),
    Neighbour(","), Neighbour(")"), Neighbour("]"), Neighbour("}"), Neighbour("@host"),
    Neighbour(":"), Neighbour("."), Neighbour("\u{1B}[0m"), Neighbour("é"), Neighbour("»"),
    Neighbour("密"), Neighbour(bytes: [0xFF]), Neighbour(bytes: [0x80]),
    Neighbour("a", refusedBy: every), Neighbour("F", refusedBy: every),
    Neighbour("0", refusedBy: every), Neighbour("g", refusedBy: notHex),
    Neighbour("Z", refusedBy: notHex),
    Neighbour("_", refusedBy: [.word, .base64url]), Neighbour("-", refusedBy: [.base64url]),
    Neighbour("=", refusedBy: [.base64]), Neighbour("==", refusedBy: [.base64]),
    Neighbour("/", refusedBy: [.base64]), Neighbour("+", refusedBy: [.base64]),
  ]

  @Test("knows what may stand before a token", arguments: left)
  func leftNeighbour(neighbour: Neighbour) throws {
    for boundary in Boundary.allCases {
      let isFound = try finds(neighbour.bytes, [], boundary)
      #expect(isFound != neighbour.refusedBy.contains(boundary), "boundary \(boundary)")
    }
  }

  @Test("knows what may stand after a token", arguments: right)
  func rightNeighbour(neighbour: Neighbour) throws {
    for boundary in Boundary.allCases {
      let isFound = try finds([], neighbour.bytes, boundary)
      #expect(isFound != neighbour.refusedBy.contains(boundary), "boundary \(boundary)")
    }
  }

  @Test("G2: a token at the end of the bytes waits for its right neighbour")
  func openEnd() throws {
    for boundary in Boundary.allCases {
      let pattern = try Pattern(boundary.applied(to: "tok7"), start: .anchored)
      var scratch = MatchScratch()
      let text = Array("tok7".utf8)
      let outcome = pattern.match(in: text.span, from: 0, isFinal: false, scratch: &scratch)
      #expect(outcome == (boundary == .none ? .match : .partial(start: 0)), "boundary \(boundary)")
    }
  }

  @Test("adds no group and no character to a match", arguments: Boundary.allCases)
  func groups(boundary: Boundary) throws {
    let pattern = try Pattern(boundary.applied(to: "(k)=(?<secret>v+)"), start: .anywhere)
    #expect(pattern.captureCount == 2)
    #expect(pattern.secretGroup == 2)
    var scratch = MatchScratch()
    let text = Array("; k=vvv;".utf8)
    #expect(pattern.match(in: text.span, from: 0, isFinal: true, scratch: &scratch) == .match)
    #expect(scratch.range(ofGroup: 0) == 2..<7)
    #expect(scratch.range(ofGroup: 2) == 4..<7)
  }

  @Test("holds every branch of an alternation together", arguments: Boundary.allCases)
  func alternation(boundary: Boundary) throws {
    let pattern = try Pattern(boundary.applied(to: "tok1|tok2"), start: .anywhere)
    var scratch = MatchScratch()
    for text in ["atok1 ", " tok2b", "atok2b"] {
      let bytes = Array(text.utf8)
      let outcome = pattern.match(in: bytes.span, from: 0, isFinal: true, scratch: &scratch)
      #expect(outcome == (boundary == .none ? .match : .none), "'\(text)'")
    }
  }

  private func finds(
    _ before: [UInt8], _ after: [UInt8], _ boundary: Boundary
  ) throws -> Bool {
    let pattern = try Pattern(boundary.applied(to: "tok7"), start: .anchored)
    var scratch = MatchScratch()
    let text = before + Array("tok7".utf8) + after
    let outcome = pattern.match(
      in: text.span, from: before.count, isFinal: true, scratch: &scratch)
    return outcome == .match
  }
}
