// Codes over the digits of a number system instead of over bytes.

extension Checksum {
  // MARK: - Bech32 (BIP-173)

  private static let bech32Alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let bech32CheckLength = 6

  /// The value of each character of either case; 255 for what is none.
  private static let bech32Values: InlineArray<256, UInt8> = InlineArray { byte in
    UInt8(bech32Alphabet.firstIndex(of: folded(UInt8(byte))) ?? 255)
  }

  func holdsBech32(_ secret: Span<UInt8>) -> Bool {
    guard let code = bech32Code(of: secret) else { return false }
    return code == 1
  }

  func bech32Characters(for body: Span<UInt8>) -> [UInt8]? {
    guard var code = bech32Code(of: body) else { return nil }
    for _ in 0..<Self.bech32CheckLength { code = bech32(code, adding: 0) }
    code ^= 1
    let isUpper = body.indices.contains { body[$0] &- 0x41 < 26 }
    return (0..<Self.bech32CheckLength).map { index in
      let character = Self.bech32Alphabet[Int(code >> UInt32(25 - 5 * index) & 31)]
      return isUpper && character >= 0x61 ? character - 0x20 : character
    }
  }

  /// The state after the name before the last `1` and the data behind it.
  private func bech32Code(of text: Span<UInt8>) -> UInt32? {
    guard let separator = text.indices.last(where: { text[$0] == UInt8(ascii: "1") }),
      separator > 0
    else { return nil }
    var code: UInt32 = 1
    for index in 0..<separator { code = bech32(code, adding: folded(text[index]) >> 5) }
    code = bech32(code, adding: 0)
    for index in 0..<separator { code = bech32(code, adding: folded(text[index]) & 31) }
    for index in separator + 1..<text.count {
      let value = Self.bech32Values[Int(text[index])]
      guard value < 32 else { return nil }
      code = bech32(code, adding: value)
    }
    return code
  }

  private func bech32(_ code: UInt32, adding value: UInt8) -> UInt32 {
    let top = code >> 25
    var next = (code & 0x01FF_FFFF) << 5 ^ UInt32(value)
    if top & 1 != 0 { next ^= 0x3B6A_57B2 }
    if top & 2 != 0 { next ^= 0x2650_8E6D }
    if top & 4 != 0 { next ^= 0x1EA1_19FA }
    if top & 8 != 0 { next ^= 0x3D42_33DD }
    if top & 16 != 0 { next ^= 0x2A14_62B3 }
    return next
  }

  // MARK: - Luhn (ISO/IEC 7812-1)

  /// Blanks and dashes between the digits do not count.
  func holdsLuhn(_ secret: Span<UInt8>) -> Bool {
    var isDoubled = false
    guard let sum = luhnSum(of: secret, isDoubled: &isDoubled) else { return false }
    return sum % 10 == 0
  }

  func luhnDigit(for body: Span<UInt8>) -> UInt8? {
    var isDoubled = true
    return luhnSum(of: body, isDoubled: &isDoubled).map { 0x30 + UInt8((10 - $0 % 10) % 10) }
  }

  private func luhnSum(of text: Span<UInt8>, isDoubled: inout Bool) -> Int? {
    var sum = 0
    var count = 0
    for index in stride(from: text.count - 1, through: 0, by: -1) {
      let byte = text[index]
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "-") { continue }
      guard byte &- 0x30 < 10 else { return nil }
      let value = Int(byte - 0x30)
      sum += isDoubled ? value * 2 / 10 + value * 2 % 10 : value
      isDoubled.toggle()
      count += 1
    }
    return count > 1 ? sum : nil
  }

  // MARK: - Stellar (SEP-23)

  func holdsStellar(_ secret: Span<UInt8>) -> Bool {
    var bytes = InlineArray<35, UInt8>(repeating: 0)
    guard secret.count == 56, decodeBase32(secret, into: &bytes) else { return false }
    let crc = xmodem(bytes)
    return bytes[33] == UInt8(crc & 0xFF) && bytes[34] == UInt8(crc >> 8)
  }

  /// Completes 52 characters, which are 32 bytes and a half.
  func stellarCharacters(for body: Span<UInt8>) -> [UInt8]? {
    var bytes = InlineArray<35, UInt8>(repeating: 0)
    guard body.count == 52, decodeBase32(body, into: &bytes) else { return nil }
    // The other half is left at zero.
    bytes[32] = UInt8(base32Value(of: body[51]).map { $0 & 15 } ?? 0) << 4
    let crc = xmodem(bytes)
    let rest = UInt32(bytes[32] & 15) << 16 | UInt32(crc & 0xFF) << 8 | UInt32(crc >> 8)
    return (0..<4).map { base32Character(rest >> UInt32(15 - 5 * $0) & 31) }
  }

  /// CRC-16/XMODEM over the first 33 bytes.
  private func xmodem(_ bytes: InlineArray<35, UInt8>) -> UInt16 {
    var crc: UInt16 = 0
    for index in 0..<33 {
      crc ^= UInt16(bytes[index]) << 8
      for _ in 0..<8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
    }
    return crc
  }
}
