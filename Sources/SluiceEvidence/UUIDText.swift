internal import SluiceCrypto

/// Random identifiers as RFC 9562 writes them, version 4.
package struct UUIDText: Sendable {
  private let random: @Sendable (Int) throws -> [UInt8]

  package init(random: @escaping @Sendable (Int) throws -> [UInt8] = { try SecureRandom.bytes($0) })
  {
    self.random = random
  }

  package func make() throws -> String { Self.text(of: try random(16)) }

  static func text(of random: [UInt8]) -> String {
    var bytes = random
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Array(Hexadecimal.text(of: bytes))
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
      .joined(separator: "-")
  }
}
