@testable import SluiceCrypto
import Testing

@Suite("Scrypt")
struct ScryptTests {
  /// RFC 7914 §12; the last one takes 1 GiB and is left out.
  static let vectors: [(String, String, Scrypt, String)] = [
    (
      "", "", Scrypt(cost: 16, blockSize: 1, parallelism: 1),
      "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
    ),
    (
      "password", "NaCl", Scrypt(cost: 1024, blockSize: 8, parallelism: 16),
      "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
    ),
    (
      "pleaseletmein", "SodiumChloride", Scrypt(cost: 16384, blockSize: 8, parallelism: 1),
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
        + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
    ),
  ]

  @Test("gives the vectors of RFC 7914", arguments: vectors)
  func known(passphrase: String, salt: String, parameters: Scrypt, expected: String) throws {
    let bytes = Array(passphrase.utf8)
    let key = try parameters.derive(
      from: SecretBytes(copying: bytes.span), salt: Array(salt.utf8), count: 64)
    #expect(Hexadecimal.text(of: key.copy()) == expected)
  }

  @Test(
    "parameters that are none, or would exhaust memory, are refused",
    arguments: [
      Scrypt(cost: 0, blockSize: 8, parallelism: 1), Scrypt(cost: 1, blockSize: 8, parallelism: 1),
      Scrypt(cost: 1000, blockSize: 8, parallelism: 1),
      Scrypt(cost: 1 << 21, blockSize: 8, parallelism: 1),
      Scrypt(cost: 16, blockSize: 0, parallelism: 1),
      Scrypt(cost: 16, blockSize: 1, parallelism: 0),
      Scrypt(cost: 1 << 63, blockSize: .max, parallelism: 1),
    ])
  func refused(parameters: Scrypt) {
    let bytes = Array("passphrase".utf8)
    #expect(throws: CryptoError.invalidInput("scrypt parameters")) {
      _ = try parameters.derive(from: SecretBytes(copying: bytes.span), salt: [1], count: 32)
    }
  }
}
