/// Bytes as lower-case hexadecimal digits.
package enum Hexadecimal {
  package static func text(of bytes: [UInt8]) -> String {
    String(
      decoding: bytes.flatMap { [digit($0 >> 4), digit($0 & 15)] }, as: UTF8.self)
  }

  /// Reads digits of either case.
  ///
  /// - Returns: nil if a character is no digit or their number is odd.
  package static func bytes(of text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? 0x30 + nibble : 0x57 + nibble
  }

  fileprivate static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x37
    case 0x61...0x66: digit - 0x57
    default: nil
    }
  }
}

extension SecretBytes {
  /// The bytes as lower-case hexadecimal digits behind a public prefix, in memory that is wiped.
  package borrowing func hexadecimal(prefix: StaticString = "") -> SecretBytes {
    let start = Array(prefix.description.utf8)
    return withBytes { bytes in
      SecretBytes(count: start.count + 2 * bytes.count) { output in
        for byte in start { output.append(byte) }
        for index in bytes.indices {
          // Arithmetic instead of a table: no access depends on the secret.
          for nibble in [bytes[index] >> 4, bytes[index] & 15] {
            let isLetter = (9 &- nibble) >> 7
            output.append(0x30 + nibble + isLetter * 39)
          }
        }
      }
    }
  }

  /// The bytes that hexadecimal digits, in the range given, stand for.
  ///
  /// - Returns: nil if a character is no digit or their number is odd.
  package borrowing func fromHexadecimal(in range: Range<Int>) -> SecretBytes? {
    withBytes { bytes in
      guard range.count.isMultiple(of: 2), range.upperBound <= bytes.count else { return nil }
      for index in range where Hexadecimal.value(bytes[index]) == nil { return nil }
      return SecretBytes(count: range.count / 2) { output in
        for index in stride(from: range.lowerBound, to: range.upperBound, by: 2) {
          let high = Hexadecimal.value(bytes[index]) ?? 0
          output.append(high << 4 | (Hexadecimal.value(bytes[index + 1]) ?? 0))
        }
      }
    }
  }
}
