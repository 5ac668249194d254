@testable import SluiceCrypto
import Testing

@Suite("Digest")
struct DigestTests {
  /// FIPS 180-4 examples, and the empty message.
  @Test(
    "SHA-256 gives the examples of NIST",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(text: String, expected: String) {
    #expect(SHA256.digest(of: Array(text.utf8)).hex == expected)
  }

  struct MACVector: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let result: Verdict
    let tagSize: Int
    let key, msg, tag: HexBytes
    var testDescription: String { "\(tcId) \(comment)" }
  }

  static let macVectors = VectorFile.read("hmac_sha256_test.json", as: MACVector.self)

  @Test("HMAC gives the vectors of Project Wycheproof", arguments: macVectors)
  func hmac(vector: MACVector) throws {
    let (key, message) = (vector.key.bytes, vector.msg.bytes)
    let digest = try HMAC.digest(of: message.span, key: key.span)
    let isEqual = Array(digest.bytes.prefix(vector.tagSize / 8)) == vector.tag.bytes
    #expect(isEqual == (vector.result == .valid))
  }

  struct HKDFVector: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let result: Verdict
    let size: Int
    let ikm, salt, info, okm: HexBytes
    var testDescription: String { "\(tcId) \(comment)" }
  }

  static let hkdfVectors = VectorFile.read("hkdf_sha256_test.json", as: HKDFVector.self)

  @Test("HKDF gives the vectors of Project Wycheproof", arguments: hkdfVectors)
  func hkdf(vector: HKDFVector) throws {
    func derive() throws -> [UInt8] {
      let material = vector.ikm.bytes
      return try HKDF.derive(
        from: material.span, salt: vector.salt.bytes, info: vector.info.bytes, count: vector.size
      ).copy()
    }
    switch vector.result {
    case .valid: #expect(try derive() == vector.okm.bytes)
    case .invalid: #expect(throws: CryptoError.self) { _ = try derive() }
    }
  }

  @Test("equality and constant-time equality agree, bit by bit")
  func equality() {
    func digestOf(_ bytes: [UInt8]) -> Digest? { Digest(bytes.span) }
    func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
      ConstantTime.areEqual(left.span, right.span)
    }
    let digest = SHA256.digest(of: [1, 2, 3])
    #expect(digest.isEqual(to: digest) && digest == digest)
    let original = digest.bytes
    for bit in 0..<256 {
      var bytes = original
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let other = digestOf(bytes) else {
        Issue.record("32 bytes are a digest")
        return
      }
      #expect(other != digest && !other.isEqual(to: digest))
      #expect(!areEqual(bytes, original))
      #expect(other.bytes == bytes)
    }
    let part = Array(original.dropLast())
    #expect(digestOf(part) == nil)
    #expect(areEqual(original, original) && areEqual([], []))
    #expect(!areEqual(original, part))
  }
}
