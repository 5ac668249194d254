import Foundation

/// A stream that is made to hurt; generated, always the same.
enum HostileStream: String, CaseIterable {
  case longLine = "one line"
  case nestedEscapes = "10,000 nested escapes"
  case halfSecrets = "half secrets"
  case binary = "binary garbage"
  case openings = "keys that never end"
  case quotes = "quotes and backslashes"
  case jsonLines = "JSON lines, escaped"
  case longRecord = "one JSON record"

  /// Fake; what must not come out.
  static let secret = "AKIA" + "QNZGKIQY56JQ7WML"

  var arguments: [String] {
    self == .jsonLines || self == .longRecord ? ["--protocol", "jsonl"] : []
  }

  /// Slow ones are made shorter.
  var divisor: Int { 1 }

  func text(bytes: Int) -> Data {
    var text = Data()
    text.reserveCapacity(bytes + 100_000)
    var random = SplitMix(state: 7)
    if self == .longRecord { text += Data("{\"a\":\"".utf8) }
    while text.count < bytes {
      switch self {
      case .longLine, .longRecord:
        text += Data(String(repeating: "lorem ipsum dolor sit amet ", count: 400).utf8)
        text += Data(" key=\(Self.secret) ".utf8)
      case .nestedEscapes:
        text += Data(String(repeating: "\\", count: 10_000).utf8)
        text += Data("\"password\(String(repeating: "\\", count: 64))\": \(Self.secret)\n".utf8)
      case .halfSecrets:
        for length in 4..<20 {
          text += Data("\(Self.secret.prefix(length)) \(Self.secret.dropFirst(length)) ".utf8)
        }
        text += Data("\n".utf8)
      case .binary:
        text += Data((0..<4096).map { _ in UInt8(truncatingIfNeeded: random.next()) })
      case .openings:
        text += Data("-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\npassword=\n".utf8)
      case .quotes:
        text += Data(#"{"token":"\"\\\"{\\\"api_key\\\":\\\"","secret":'"'"'""#.utf8)
        text += Data("\n".utf8)
      case .jsonLines:
        text += Data(
          "{\"a\":\"\\u0041KIA\(Self.secret.dropFirst(4))\\n\",\"b\":\"\\\"x\\\"\"}\n".utf8)
      }
    }
    if self == .longRecord { text += Data("\"}\n".utf8) }
    return text
  }

  /// How often a whole secret is in an output.
  func leaks(in output: Data) -> Int {
    // Halves are no secret.
    let needle = Data(Self.secret.utf8)
    var count = 0
    var rest = output[...]
    while let range = rest.range(of: needle) {
      count += 1
      rest = rest[range.upperBound...]
    }
    return count
  }
}

/// Numbers that depend on a seed alone.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
