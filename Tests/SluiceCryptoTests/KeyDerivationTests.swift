@testable import SluiceCrypto
import Testing

@Suite("HKDF")
struct KeyDerivationTests {
  /// A test case of RFC 5869, appendix A.
  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let material: [UInt8]
    let salt: [UInt8]
    let info: [UInt8]
    let output: String

    var testDescription: String { name }
  }

  static let vectors = [
    Vector(
      name: "A.1 basic", material: Array(repeating: 0x0B, count: 22), salt: Array(0x00...0x0C),
      info: Array(0xF0...0xF9),
      output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
        + "34007208d5b887185865"),
    Vector(
      name: "A.2 longer inputs and output", material: Array(0x00...0x4F),
      salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
      output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    Vector(
      name: "A.3 no salt, no info", material: Array(repeating: 0x0B, count: 22), salt: [],
      info: [],
      output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
        + "9d201395faa4b61a96c8"),
  ]

  @Test("gives the test vectors of RFC 5869", arguments: vectors)
  func vector(vector: Vector) throws {
    let key = try HKDF.derive(
      from: vector.material.span, salt: vector.salt, info: vector.info,
      count: vector.output.utf8.count / 2)
    let derived = key.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    #expect(hex(derived) == vector.output)
  }

  @Test("a shorter key is the beginning of a longer one", arguments: [1, 31, 32, 33, 64])
  func prefix(count: Int) throws {
    func derive(_ count: Int) throws -> [UInt8] {
      try HKDF.derive(from: [1, 2, 3].span, info: [4], count: count)
        .withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }
    #expect(try derive(count) == Array(derive(100).prefix(count)))
  }

  @Test("more than 255 blocks of output are refused (RFC 5869 §2.3)")
  func tooLong() {
    #expect(throws: CryptoError.unavailable(algorithm: "HKDF-SHA-256")) {
      _ = try HKDF.derive(from: [1].span, info: [], count: 255 * 32 + 1)
    }
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
