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

  /// What vendors publish, or what was recomputed from tokens that they publish as examples.
  private static let published: [(checksum: Checksum, body: String, check: String)] = [
    (.crc32Base62, "vcp_35UYJwYZDigYATKhxJUAhPqRhit2Xe3dtiG60LsUTHeklEXDQ9", "4Jafpu"),
    (.atlassian, "ATATT3" + String(repeating: "x", count: 177) + "=", "7B001E7D"),
    (.grafana, "glsa_" + String(repeating: "A", count: 32) + "_", "d8dc8af3"),
    (.zuplo, "zpka_3e6c4f7d39954ca29353b7ab88589b64_", "de26cd55"),
    (.gitlab, "glpat-payload.01.7", "041c9xh"),
    (.entra, "zzz8Q~" + String(repeating: "z", count: 31), "blP"),
    (.azure, String(repeating: "A", count: 76) + "+ASt", "vmNvzw=="),
    (.bech32, "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7l", "mqqqxw"),
    (.bech32, "A1", "2UEL5L"), (.bech32, "?1", "ezyfcl"),
    (.bech32, "split1checkupstagehandshakeupstreamerranterredcaperred", "2y9e3w"),
    (.luhn, "7992739871", "3"), (.luhn, "4111 1111-1111 111", "1"),
    (.stellar, "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJ", "VSGZ"),
  ]

  @Test("gives and accepts the check characters that are published", arguments: published)
  func publishedChecks(checksum: Checksum, body: String, check: String) {
    if checksum != .stellar {
      #expect(checksum.characters(for: Array(body.utf8).span) == Array(check.utf8))
    }
    #expect(Validator.checksum(checksum).accepts(Array((body + check).utf8)))
  }

  @Test("fails if any one character of a published token is another", arguments: published)
  func publishedChanges(checksum: Checksum, body: String, check: String) {
    let token = Array((body + check).utf8)
    for index in token.indices where token[index] != UInt8(ascii: " ") {
      var changed = token
      changed[index] = changed[index] == UInt8(ascii: "5") ? UInt8(ascii: "6") : UInt8(ascii: "5")
      // A prefix is not covered, and a key of an unknown product is not doubted.
      let isCovered =
        !(checksum == .zuplo && index < 4) && !(checksum == .crc32Base62 && index < 3)
        && !(checksum == .azure && index >= 76)
      guard isCovered else { continue }
      #expect(!Validator.checksum(checksum).accepts(changed), "character \(index)")
    }
  }

  @Test(
    "completes the keys of each Azure product",
    arguments: [
      ("base64", 76, "ACDb", 88), ("base64", 76, "+ABa", 88), ("base64", 76, "+AMC", 88),
      ("base64", 76, "APIM", 88), ("base64", 33, "+ASb", 44), ("base64", 33, "+AEh", 44),
      ("base64", 33, "+ARm", 44), ("base64", 33, "AIoT", 44), ("base64", 33, "AzCa", 44),
      ("alnum", 42, "AzSe", 52), ("base64", 42, "+ACR", 52), ("base64url", 44, "AzFu", 56),
    ])
  func azure(alphabet: String, count: Int, mark: String, length: Int) throws {
    for seed in UInt64(0)..<20 {
      let key = try Recipe("${\(alphabet):\(count)}\(mark)${check:azure}", seed: seed).text
      #expect(key.count == length)
      #expect(Validator.checksum(.azure).accepts(key))
      var changed = key
      changed[3] = changed[3] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(!Validator.checksum(.azure).accepts(changed))
    }
  }

  @Test("an Azure key holds in the escapes of URLs and JSON")
  func azureEscapes() throws {
    let key = try Recipe("${base64:76}+ASt${check:azure}", seed: 4).text
    let text = String(decoding: key, as: UTF8.self)
    let percent = text.split(separator: "+", omittingEmptySubsequences: false)
      .joined(separator: "%2B").split(separator: "=", omittingEmptySubsequences: false)
      .joined(separator: "%3D")
    #expect(Validator.checksum(.azure).accepts(Array(percent.utf8)))
    let json = text.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
    #expect(Validator.checksum(.azure).accepts(Array(json.utf8)))
  }

  @Test("common annotated keys hold in their two lengths and in base 62")
  func azureCommon() throws {
    let body = Array((String(repeating: "A", count: 52) + "JQQJ99ABACDEFGHIJKLMNOPQAZDO").utf8)
    let short = body + (Checksum.azureCommon.characters(for: body.span) ?? [])
    #expect(short.count == 84)
    #expect(Validator.checksum(.azureCommon).accepts(short))
    #expect(!Validator.checksum(.azureCommon).accepts(short.dropLast() + [UInt8(ascii: "-")]))
    #expect(!Validator.checksum(.azureCommon).accepts(Array(short.dropLast())))
  }

  @Test("a legacy Azure DevOps token holds for users and for applications")
  func azureDevOps() {
    // 32 zero bytes but for the CRC-32 of 28 of them, 0x79D3BE42, combined with either number.
    for purpose in [0xE0B9_692D, 0x1019_F92E] as [UInt32] {
      let crc = crc32(of: [UInt8](repeating: 0, count: 28).span) ^ purpose
      var bytes = [UInt8](repeating: 0, count: 32)
      for (place, shift) in [(22, 0), (8, 8), (7, 16), (2, 24)] as [(Int, UInt32)] {
        bytes[place] = UInt8(truncatingIfNeeded: crc >> shift)
      }
      var token: [UInt8] = []
      var bits: UInt32 = 0
      var bitCount: UInt32 = 0
      for byte in bytes + [0] {
        bits = bits << 8 | UInt32(byte)
        bitCount += 8
        while bitCount >= 5, token.count < 52 {
          bitCount -= 5
          token.append(base32Character(bits >> bitCount & 31) | 0x20)
        }
      }
      token = token.map { $0 == 0x32 | 0x20 ? 0x32 : $0 }
      #expect(Validator.checksum(.azureDevOps).accepts(token))
      token[0] = token[0] == UInt8(ascii: "b") ? UInt8(ascii: "c") : UInt8(ascii: "b")
      #expect(!Validator.checksum(.azureDevOps).accepts(token))
    }
  }

  @Test(
    "Marvin32 has the values that Microsoft's tests state",
    arguments: [
      (0x004F_B61A_001B_DBCC, [], 0x30ED_35C1 ^ 0x00CD_3C7D),
      (0x004F_B61A_001B_DBCC, [0xAF], 0x48E7_3FC7 ^ 0x7D75_DDC1),
      (0x004F_B61A_001B_DBCC, [0xE7, 0x0F], 0xB5F6_E1FC ^ 0x485D_BFF8),
      (0x004F_B61A_001B_DBCC, [0x37, 0xF4, 0x95], 0xF0B0_7C78 ^ 0x9B8C_F7E8),
      (0x4161_6450_7764_3030, [], 0x9790_D346), (0x4161_6450_7764_3030, [0x61], 0xE3F1_6184),
      (0x4465_6661_756C_7430, Array(0...0x3B), 0xE6E5_AA35),
    ] as [(UInt64, [UInt8], UInt32)])
  func marvin(seed: UInt64, bytes: [UInt8], value: UInt32) {
    var hash = Marvin32(seed: seed)
    for byte in bytes { hash.add(byte) }
    #expect(hash.value == value)
  }

  @Test("a Zuplo key whose two underscores are one is refused")
  func zuploOverlap() {
    #expect(!Checksum.zuplo.holds(for: Array("zpka_de26cd55".utf8)))
    #expect(Checksum.zuplo.characters(for: Array("zpka_".utf8).span) == nil)
  }

  @Test(
    "no checksum traps or completes what is no token, whatever the bytes",
    arguments: Checksum.allCases, UInt64(0)..<4)
  func hostile(checksum: Checksum, seed: UInt64) {
    var random = SplitMix64(state: seed)
    let alphabet = Array("AZaz09+/-_=%~ .\\\n1".utf8)
    for count in 0..<120 {
      let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(checksum == .luhn || !checksum.holds(for: bytes.span))
      let text = (0..<count).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
      _ = checksum.holds(for: text.span)
      _ = checksum.characters(for: bytes.span)
      _ = checksum.characters(for: text.span)
    }
  }
}
