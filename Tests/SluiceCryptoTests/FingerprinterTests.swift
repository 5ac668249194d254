import SluiceCrypto
import Testing

@Suite("Fingerprinter")
struct FingerprinterTests {
  /// Key materials, by the name that the table of known answers uses.
  private static let materials: [String: [UInt8]] = [
    "text": Array("0123456789abcdef".utf8),
    "counting": Array(0..<32),
    "long": Array(repeating: 0xFF, count: 100),
    "zero": Array(repeating: 0, count: 16),
  ]

  private static let secrets: [String: [UInt8]] = [
    "empty": [],
    "token": Array("ghp_example".utf8),
    "all bytes": Array(0...255),
    "million": Array(repeating: 0x61, count: 1_000_000),
    "NUL": [0],
  ]

  /// Computed with Python's `hmac` and `hashlib` from the definitions: HMAC-SHA-256 of the secret
  /// under HKDF-SHA-256(material, no salt, info "sluice fingerprint v1", 32 bytes), 16 bytes of it.
  private static let knownAnswers = [
    ("text", "empty", "0e85b744a5a804f4fa86c86f0bb3df4d"),
    ("text", "token", "711d5e0bd956024c269c53c9d8c9f0c7"),
    ("text", "all bytes", "a964940675334fa562d38248b09b151d"),
    ("text", "million", "36ab73bac77c0fb4e0d949af92175d58"),
    ("text", "NUL", "95d0f3cbf41e15b9e6b2113bfe9c0882"),
    ("counting", "empty", "f3733ffa0e25390468d97edd44b5137d"),
    ("counting", "token", "6ae22c912a9b18f6162821a325d05729"),
    ("counting", "all bytes", "0842c8ed9491af7b0e157d002c5318d6"),
    ("counting", "million", "8da472039b31981cafa4d0c0fb7bf3ed"),
    ("long", "token", "b7f739c85a230c4d75dda46e59f3a376"),
    ("long", "all bytes", "0a28a8e83f5cfe9145cdda436b8e8cf6"),
    ("zero", "token", "1c8f5ed424d0482174d2a5017f9461c4"),
    ("zero", "NUL", "54b690974d0809d8a88bf3e28e056ab1"),
  ]

  @Test("G3: gives HMAC-SHA-256 under the derived key, cut to 128 bits", arguments: knownAnswers)
  func knownAnswer(material: String, secret: String, expected: String) throws {
    let key = try #require(Self.materials[material])
    let bytes = try #require(Self.secrets[secret])
    #expect(try fingerprint(of: bytes, under: key).hex == expected)
  }

  @Test("one context serves many secrets, in any order")
  func reuse() throws {
    let material = try #require(Self.materials["text"])
    let key = SecretBytes(copying: material.span)
    var fingerprinter = try Fingerprinter(material: key)
    for (_, secret, expected) in Self.knownAnswers.filter({ $0.0 == "text" })
      + Self.knownAnswers
      .filter({ $0.0 == "text" }).reversed()
    {
      let bytes = try #require(Self.secrets[secret])
      #expect(fingerprinter.fingerprint(of: bytes.span).hex == expected)
    }
  }

  @Test("equal secrets have equal fingerprints, others have others")
  func equality() throws {
    let key = Array("a key of sixteen".utf8)
    let texts = ["", "a", "b", "ab", "a\0", "\0a", "A", "a a"]
    let prints = try texts.map { try fingerprint(of: Array($0.utf8), under: key) }
    #expect(try prints == texts.map { try fingerprint(of: Array($0.utf8), under: key) })
    #expect(Set(prints).count == texts.count)
  }

  @Test("G3: the same secret under another key has another fingerprint")
  func keySeparation() throws {
    var prints: Set<Fingerprint> = []
    for bit in 0..<128 {
      var key = [UInt8](repeating: 0, count: 16)
      key[bit / 8] = 1 << UInt8(bit % 8)
      prints.insert(try fingerprint(of: Array("secret".utf8), under: key))
    }
    #expect(prints.count == 128)
  }

  @Test("key material of less than 16 bytes is refused", arguments: 0..<16)
  func tooShort(count: Int) {
    let material = SecretBytes(copying: [UInt8](repeating: 0x6B, count: count).span)
    #expect(throws: FingerprintKeyError.tooShort) { _ = try Fingerprinter(material: material) }
  }

  @Test("16 bytes of key material are enough", arguments: [16, 17, 64, 4096])
  func longEnough(count: Int) throws {
    let material = SecretBytes(copying: [UInt8](repeating: 0x6B, count: count).span)
    _ = try Fingerprinter(material: material)
    #expect(Fingerprinter.minimumBytes == 16)
  }

  @Test("the digits spell the fingerprint one by one")
  func digits() throws {
    let print = try fingerprint(of: [1, 2, 3], under: Array("0123456789abcdef".utf8))
    #expect(print.hex.utf8.count == 32)
    for (index, digit) in print.hex.utf8.enumerated() {
      #expect(print.hexDigit(at: index) == digit)
    }
    #expect(print.hex.allSatisfy { $0.isHexDigit && !$0.isUppercase })
  }

  private func fingerprint(of secret: [UInt8], under key: [UInt8]) throws -> Fingerprint {
    let material = SecretBytes(copying: key.span)
    var fingerprinter = try Fingerprinter(material: material)
    return fingerprinter.fingerprint(of: secret.span)
  }
}

@Suite("Fingerprint")
struct FingerprintTests {
  @Test("is read from its own digits, and from nothing else")
  func digits() throws {
    let text = "00112233445566778899aabbccddeeff"
    #expect(try #require(Fingerprint(hex: text)).hex == text)
    for wrong in [
      "", "00", text + "0", text.uppercased(), "g" + text.dropFirst(), "é" + text.dropFirst(2),
    ] {
      #expect(Fingerprint(hex: wrong) == nil, "\(wrong)")
    }
  }
}
