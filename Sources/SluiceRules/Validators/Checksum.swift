/// A checksum that a vendor puts into its tokens.
package enum Checksum: String, Sendable, Hashable, CaseIterable {
  /// The last 6 characters are the CRC-32 of the 30 before them, in base 62 (GitHub since 2021,
  /// npm). A prefix up to the first or last `_` is no part of it.
  case crc32Base62 = "crc32-base62"

  /// Characters that the checksum covers.
  package static let crc32BodyLength = 30
  package static let crc32CheckLength = 6

  package func holds(for secret: Span<UInt8>) -> Bool {
    switch self {
    case .crc32Base62:
      let length = Self.crc32BodyLength + Self.crc32CheckLength
      guard secret.count >= length else { return false }
      let start = secret.count - length
      let check = start + Self.crc32BodyLength
      let expected = base62Digits(of: crc32(of: secret.extracting(start..<check)))
      for index in 0..<Self.crc32CheckLength where secret[check + index] != expected[index] {
        return false
      }
      return true
    }
  }

  /// The check characters for `body`, as the vendor would append them.
  package func characters(for body: Span<UInt8>) -> [UInt8] {
    switch self {
    case .crc32Base62:
      let digits = base62Digits(of: crc32(of: body))
      return digits.indices.map { digits[$0] }
    }
  }
}

/// CRC-32 as in IEEE 802.3 and zlib: reflected polynomial 0xEDB88320, start and end inverted.
func crc32(of bytes: Span<UInt8>) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for index in bytes.indices {
    crc = crc32Table[Int((crc ^ UInt32(bytes[index])) & 0xFF)] ^ (crc &>> 8)
  }
  return ~crc
}

private let crc32Table: InlineArray<256, UInt32> = InlineArray { index in
  (0..<8).reduce(UInt32(index)) { crc, _ in
    crc & 1 == 1 ? 0xEDB8_8320 ^ (crc &>> 1) : crc &>> 1
  }
}

/// Six digits `0-9A-Za-z`, most significant first, padded with `0`.
func base62Digits(of value: UInt32) -> InlineArray<6, UInt8> {
  var digits = InlineArray<6, UInt8>(repeating: 0x30)
  var rest = value
  for index in stride(from: 5, through: 0, by: -1) {
    let digit = UInt8(rest % 62)
    rest /= 62
    digits[index] =
      switch digit {
      case 0..<10: 0x30 + digit
      case 10..<36: 0x41 + digit - 10
      default: 0x61 + digit - 36
      }
  }
  return digits
}
