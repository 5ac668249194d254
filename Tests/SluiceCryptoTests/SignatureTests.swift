@testable import SluiceCrypto
import Testing

@Suite("Signature")
struct SignatureTests {
  struct Vector: Decodable, Sendable, CustomTestStringConvertible {
    let tcId: Int
    let comment: String
    let result: Verdict
    let msg, sig, pk: HexBytes
    var testDescription: String { "\(tcId) \(comment)" }
  }

  static let vectors = VectorFile.read("ed25519_test.json", as: Vector.self)

  @Test("accepts and rejects what Project Wycheproof says", arguments: vectors)
  func wycheproof(vector: Vector) throws {
    let key = try #require(VerifyingKey(vector.pk.bytes))
    #expect(
      key.isValid(signature: vector.sig.bytes, of: vector.msg.bytes) == (vector.result == .valid))
  }

  /// RFC 8032 §7.1: seed, public key, message, signature.
  static let rfc8032 = [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
  ]

  @Test("signs as RFC 8032 says", arguments: rfc8032)
  func known(seed: String, publicKey: String, message: String, signature: String) throws {
    let seed = try #require(Hexadecimal.bytes(of: seed))
    let message = try #require(Hexadecimal.bytes(of: message))
    let key = try SigningKey(seed: SecretBytes(copying: seed.span))
    #expect(Hexadecimal.text(of: key.verifyingKey.bytes) == publicKey)
    #expect(Hexadecimal.text(of: try key.signature(of: message)) == signature)
  }

  @Test("a random key signs what its public half accepts, and nothing else")
  func random() throws {
    let key = try SigningKey.random()
    let signature = try key.signature(of: Array("entry".utf8))
    #expect(key.verifyingKey.isValid(signature: signature, of: Array("entry".utf8)))
    #expect(!key.verifyingKey.isValid(signature: signature, of: Array("Entry".utf8)))
    let other = try SigningKey.random().verifyingKey
    #expect(!other.isValid(signature: signature, of: Array("entry".utf8)))
  }
}
