import Foundation
@testable import SluiceCrypto
import Testing

/// A file of `Fixtures/vectors`.
enum VectorFile {
  static func read<Vector: Decodable>(_ name: String, as: Vector.Type) -> [Vector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Fixtures/vectors/\(name)")
    do {
      return try JSONDecoder().decode([Vector].self, from: try Data(contentsOf: file))
    } catch {
      preconditionFailure("\(file.path): \(error)")
    }
  }
}

/// What Project Wycheproof says an implementation must do.
enum Verdict: String, Decodable {
  case valid, invalid
}

/// Bytes that a vector file writes as hexadecimal digits.
struct HexBytes: Decodable, Sendable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    bytes = try #require(
      Hexadecimal.bytes(of: try decoder.singleValueContainer().decode(String.self)))
  }
}

extension SecretBytes {
  /// A copy, which only tests may make.
  borrowing func copy() -> [UInt8] {
    withBytes { bytes in bytes.indices.map { bytes[$0] } }
  }
}
