@testable import SluiceRules
import Testing

@Suite("Checksum")
struct ChecksumTests {
  /// Bodies and check characters, computed with zlib's CRC-32 and the base 62 digits 0-9A-Za-z.
  private static let vectors = [
    ("0123456789ABCDEFGHIJKLMNOPQRST", "4PMbyp"),
    ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1yLcDB"),
    // A leading zero digit is written.
    ("pad000000000000000000000000003", "0OZWhH"),
    ("Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9Zz9", "0wbWHC"),
    ("000000000000000000000000000000", "2C8GjS"),
  ]

  @Test("gives the check characters of GitHub and npm", arguments: vectors)
  func characters(body: String, check: String) {
    let bytes = Array(body.utf8)
    #expect(Checksum.crc32Base62.characters(for: bytes.span) == Array(check.utf8))
  }

  @Test("holds for a token with any prefix", arguments: vectors, ["", "ghp_", "gho_", "npm_"])
  func accepts(vector: (String, String), prefix: String) {
    let token = Array((prefix + vector.0 + vector.1).utf8)
    #expect(Validator.checksum(.crc32Base62).accepts(token))
  }

  @Test("fails if any one character is another", arguments: vectors)
  func refusesChanges(body: String, check: String) {
    let token = Array((body + check).utf8)
    for index in token.indices {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "x") ? UInt8(ascii: "y") : UInt8(ascii: "x")
      #expect(!Checksum.crc32Base62.holds(for: changed), "character \(index)")
    }
  }

  @Test(
    "fails for what is too short, and for check characters of other case",
    arguments: ["", "4PMbyp", "123456789ABCDEFGHIJKLMNOPQRST4PMbyp"]
      + ["0123456789ABCDEFGHIJKLMNOPQRST4pmBYP", "0123456789ABCDEFGHIJKLMNOPQRST4PMby"])
  func refuses(token: String) {
    let bytes = Array(token.utf8)
    #expect(!Checksum.crc32Base62.holds(for: bytes))
  }

  @Test(
    "CRC-32 has the check value of its definition",
    arguments: [
      ("123456789", 0xCBF4_3926), ("", 0), ("a", 0xE8B7_BE43), ("\0", 0xD202_EF8D),
    ] as [(String, UInt32)])
  func crc(text: String, value: UInt32) {
    let bytes = Array(text.utf8)
    #expect(crc32(of: bytes.span) == value)
  }

  @Test(
    "writes base 62 with six digits",
    arguments: [
      (0, "000000"), (61, "00000z"), (62, "000010"), (3843, "0000zz"), (.max, "4gfFC3"),
    ] as [(UInt32, String)])
  func base62(value: UInt32, digits: String) {
    let written = base62Digits(of: value)
    #expect(written.indices.map { written[$0] } == Array(digits.utf8))
  }
}
