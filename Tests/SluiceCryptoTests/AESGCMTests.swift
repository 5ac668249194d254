@testable import SluiceCrypto
import Testing

@Suite("AESGCM")
struct AESGCMTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let result: Verdict
    let key, iv, aad, msg, ct, tag: HexBytes
    var testDescription: String { "\(tcId) \(comment)" }
  }

  static let vectors = VectorFile.read("aes_gcm_test.json", as: Vector.self)

  @Test("gives and opens the vectors of Project Wycheproof", arguments: vectors)
  func wycheproof(vector: Vector) throws {
    let (key, nonce) = (vector.key.bytes, vector.iv.bytes)
    let (data, text) = (vector.aad.bytes, vector.msg.bytes)
    let sealed = vector.ct.bytes + vector.tag.bytes
    func open() throws -> [UInt8] {
      try AESGCM.open(
        sealed.span, key: key.span, nonce: nonce.span, associatedData: data.span
      ).copy()
    }
    func seal() throws -> [UInt8] {
      try AESGCM.seal(text.span, key: key.span, nonce: nonce.span, associatedData: data.span)
    }
    guard nonce.count == AESGCM.nonceBytes else {
      // Sluice makes nonces of 12 bytes only.
      #expect(throws: CryptoError.invalidInput("a nonce of \(nonce.count) bytes")) {
        _ = try seal()
      }
      #expect(throws: CryptoError.invalidInput("a nonce of \(nonce.count) bytes")) {
        _ = try open()
      }
      return
    }
    switch vector.result {
    case .valid:
      #expect(try seal() == sealed)
      #expect(try open() == text)
    case .invalid:
      #expect(throws: CryptoError.notAuthentic) { _ = try open() }
    }
  }

  @Test("gives test case 16 of the GCM specification")
  func specification() throws {
    // McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: with AES-256, a text
    // that is no multiple of a block, and associated data.
    func bytes(_ text: String) throws -> [UInt8] { try #require(Hexadecimal.bytes(of: text)) }
    let key = try bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
    let nonce = try bytes("cafebabefacedbaddecaf888")
    let data = try bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    let text = try bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
    let sealed = try bytes(
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        + "76fc6ece0f4e1768cddf8853bb2d551b")
    #expect(
      try AESGCM.seal(text.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        == sealed)
  }

  @Test("a key of another size is refused", arguments: [0, 16, 24, 31, 33])
  func keySize(count: Int) {
    let (key, nonce) = ([UInt8](repeating: 1, count: count), [UInt8](repeating: 2, count: 12))
    #expect(throws: CryptoError.invalidInput("a key of \(count) bytes")) {
      _ = try AESGCM.seal(
        [3].span, key: key.span, nonce: nonce.span, associatedData: [UInt8]().span)
    }
  }
}
