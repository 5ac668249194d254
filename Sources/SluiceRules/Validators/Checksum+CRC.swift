// The vendors whose check characters are a CRC-32.

extension Checksum {
  /// Characters of the shortest body: GitHub's and npm's.
  private static let base62BodyLength = 30
  private static let base62CheckLength = 6

  func holdsCRC32Base62(_ secret: Span<UInt8>) -> Bool {
    let check = secret.count - Self.base62CheckLength
    guard check >= Self.base62BodyLength else { return false }
    let start = Self.bodyStart(in: secret.extracting(..<check))
    guard check - start >= Self.base62BodyLength else { return false }
    let expected = base62Digits(of: crc32(of: secret.extracting(start..<check)))
    for index in 0..<Self.base62CheckLength where secret[check + index] != expected[index] {
      return false
    }
    return true
  }

  func crc32Base62Characters(for body: Span<UInt8>) -> [UInt8]? {
    let covered = body.extracting(Self.bodyStart(in: body)...)
    guard covered.count >= Self.base62BodyLength else { return nil }
    let digits = base62Digits(of: crc32(of: covered))
    return digits.indices.map { digits[$0] }
  }

  /// Where the prefix, up to the first `_`, ends.
  private static func bodyStart(in secret: Span<UInt8>) -> Int {
    for index in secret.indices where secret[index] == UInt8(ascii: "_") { return index + 1 }
    return 0
  }

  func holdsAtlassian(_ secret: Span<UInt8>) -> Bool {
    guard secret.count > 8 else { return false }
    let check = secret.count - 8
    return hexValue(of: secret.extracting(check...)) == crc32(of: secret.extracting(..<check))
  }

  func holdsGrafana(_ secret: Span<UInt8>) -> Bool {
    let check = secret.count - 8
    guard check > 1, secret[check - 1] == UInt8(ascii: "_") else { return false }
    return hexValue(of: secret.extracting(check...))
      == crc32(of: secret.extracting(..<(check - 1))).byteSwapped
  }

  func grafanaCharacters(for body: Span<UInt8>) -> [UInt8]? {
    guard body.count > 1, body[body.count - 1] == UInt8(ascii: "_") else { return nil }
    return hexDigits(of: crc32(of: body.extracting(..<(body.count - 1))).byteSwapped)
  }

  func holdsZuplo(_ secret: Span<UInt8>) -> Bool {
    let check = secret.count - 8
    guard check > 1, secret[check - 1] == UInt8(ascii: "_") else { return false }
    let start = Self.bodyStart(in: secret)
    guard start < check else { return false }
    let body = secret.extracting(start..<(check - 1))
    return hexValue(of: secret.extracting(check...)) == crc32(of: body)
  }

  func zuploCharacters(for body: Span<UInt8>) -> [UInt8]? {
    let end = body.count - 1
    guard end > 0, body[end] == UInt8(ascii: "_") else { return nil }
    let start = Self.bodyStart(in: body)
    return start <= end ? hexDigits(of: crc32(of: body.extracting(start..<end))) : nil
  }

  func holdsGitLab(_ secret: Span<UInt8>) -> Bool {
    let check = secret.count - 7
    guard check > 0 else { return false }
    var rest = crc32(of: secret.extracting(..<check))
    for index in stride(from: secret.count - 1, through: check, by: -1) {
      guard secret[index] == digit(rest % 36) | 0x20 else { return false }
      rest /= 36
    }
    return rest == 0
  }

  /// The CRC-32 of 28 bytes, combined with a number that says whether the token is a user's or an
  /// application's, stands in the bytes 22, 8, 7 and 2, least significant first.
  func holdsAzureDevOps(_ secret: Span<UInt8>) -> Bool {
    guard secret.count == 52 else { return false }
    var bytes = InlineArray<32, UInt8>(repeating: 0)
    guard decodeBase32(secret, into: &bytes) else { return false }
    var crc: UInt32 = 0xFFFF_FFFF
    for index in 0..<32 where index != 2 && index != 7 && index != 8 && index != 22 {
      crc = crc32(crc, adding: bytes[index])
    }
    let stated =
      UInt32(bytes[22]) | UInt32(bytes[8]) << 8 | UInt32(bytes[7]) << 16 | UInt32(bytes[2]) << 24
    return ~crc ^ stated == 0xE0B9_692D || ~crc ^ stated == 0x1019_F92E
  }
}

/// CRC-32 as in IEEE 802.3 and zlib: reflected polynomial 0xEDB88320, start and end inverted.
func crc32(of bytes: Span<UInt8>) -> UInt32 {
  var crc: UInt32 = 0xFFFF_FFFF
  for index in bytes.indices { crc = crc32(crc, adding: bytes[index]) }
  return ~crc
}

private func crc32(_ crc: UInt32, adding byte: UInt8) -> UInt32 {
  crc32Table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc &>> 8)
}

private let crc32Table: InlineArray<256, UInt32> = InlineArray { index in
  (0..<8).reduce(UInt32(index)) { crc, _ in
    crc & 1 == 1 ? 0xEDB8_8320 ^ (crc &>> 1) : crc &>> 1
  }
}
