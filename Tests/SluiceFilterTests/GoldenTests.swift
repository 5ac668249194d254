import SluiceBuiltins
import SluiceFilter
import SluiceRules
import SluiceScan
import TestSupport
import Testing

/// What the filter makes of the fixtures, compared with what it made of them when a person last
/// looked: `swift run make-fixtures --golden Fixtures/golden` rewrites the files, and the change is
/// reviewed as a diff.
@Suite("Golden files")
struct GoldenTests {
  private static let rules = BuiltinRules.all()
  private static let compiled = Result { try CompiledRules(RuleSet(rules)) }
  private static let golden = Result { try GoldenFiles(rules: rules, compiled: compiled.get()) }

  @Test("G1, G3: the filter writes what it wrote before", arguments: GoldenFiles.names)
  func matches(name: String) throws {
    let made = try #require(try Self.golden.get().files.first { $0.name == name })
    var file = try Descriptor.reading(path: folder + name)
    let expected = try file.readAll(limit: 16 << 20)
    let difference = Difference(from: expected, to: made.bytes)
    #expect(difference == nil, "\(name): \(difference?.description ?? "")")
  }

  private var folder: String {
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/Fixtures/golden/"
  }
}

/// The first place at which two texts differ.
private struct Difference: Equatable, CustomStringConvertible {
  private static let shownLength = 40

  private let line: Int
  private let column: Int
  private let expected: String
  private let found: String

  /// Nil if there is none.
  init?(from expected: [UInt8], to found: [UInt8]) {
    guard expected != found else { return nil }
    let offset = zip(expected, found).prefix { $0 == $1 }.count
    let before = expected[..<offset]
    line = before.count { $0 == UInt8(ascii: "\n") } + 1
    column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
    self.expected = Self.shape(of: expected[offset...])
    self.found = Self.shape(of: found[offset...])
  }

  var description: String {
    "line \(line), column \(column): expected '\(expected)', found '\(found)' (letters and digits masked)"
  }

  /// The next bytes with every letter and digit masked: what differs may be a secret.
  private static func shape(of bytes: ArraySlice<UInt8>) -> String {
    let line = bytes.prefix(shownLength).prefix { $0 != UInt8(ascii: "\n") }
    let masked = line.map { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(ascii: "0")
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(ascii: "A")
      case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt8(ascii: "a")
      case 0x20..<0x7F: byte
      default: UInt8(ascii: "?")
      }
    }
    let end =
      line.count == bytes.count
      ? "<end of file>" : line.count < shownLength ? "<end of line>" : ""
    return String(decoding: masked, as: UTF8.self) + end
  }
}
