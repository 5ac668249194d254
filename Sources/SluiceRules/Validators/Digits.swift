// Numbers as vendors write them: base 16, 32, 36 and 62.

/// `0-9A-Za-z`, for a value below 62.
func digit(_ value: UInt32) -> UInt8 {
  switch value {
  case 0..<10: 0x30 + UInt8(value)
  case 10..<36: 0x41 + UInt8(value - 10)
  default: 0x61 + UInt8(value - 36)
  }
}

/// Six digits `0-9A-Za-z`, most significant first, padded with `0`.
func base62Digits(of value: UInt32) -> InlineArray<6, UInt8> {
  var digits = InlineArray<6, UInt8>(repeating: 0x30)
  var rest = value
  for index in stride(from: 5, through: 0, by: -1) {
    digits[index] = digit(rest % 62)
    rest /= 62
  }
  return digits
}

/// Lower-case digits, most significant first.
func digits(of value: UInt32, radix: UInt32, count: Int) -> [UInt8] {
  var digits: [UInt8] = []
  var rest = value
  for _ in 0..<count {
    digits.append(digit(rest % radix) | 0x20)
    rest /= radix
  }
  return digits.reversed()
}

func hexDigits(of value: UInt32) -> [UInt8] { digits(of: value, radix: 16, count: 8) }

/// What 8 hexadecimal digits of any case say; nil if they are none.
func hexValue(of text: Span<UInt8>) -> UInt32? {
  guard text.count == 8 else { return nil }
  var value: UInt32 = 0
  for index in text.indices {
    guard let nibble = hexNibble(text[index]) else { return nil }
    value = value << 4 | UInt32(nibble)
  }
  return value
}

func hexNibble(_ byte: UInt8) -> UInt8? {
  if byte &- 0x30 < 10 { return byte - 0x30 }
  let letter = (byte | 0x20) &- 0x61
  return letter < 6 ? letter + 10 : nil
}

/// Decodes base 32 (RFC 4648 §6) of any case and without padding.
///
/// - Returns: false if a character is none of it, or if `bytes` is too small.
func decodeBase32<let size: Int>(
  _ text: Span<UInt8>, into bytes: inout InlineArray<size, UInt8>
) -> Bool {
  var bits: UInt32 = 0
  var bitCount: UInt32 = 0
  var filled = 0
  for index in text.indices {
    guard let value = base32Value(of: text[index]) else { return false }
    bits = bits &<< 5 | value
    bitCount += 5
    guard bitCount >= 8 else { continue }
    bitCount -= 8
    guard filled < size else { return false }
    bytes[filled] = UInt8(truncatingIfNeeded: bits &>> bitCount)
    filled += 1
  }
  return true
}

func base32Value(of byte: UInt8) -> UInt32? {
  let letter = (byte | 0x20) &- 0x61
  if letter < 26 { return UInt32(letter) }
  return byte &- 0x32 < 6 ? UInt32(byte - 0x32 + 26) : nil
}

func base32Character(_ value: UInt32) -> UInt8 {
  value < 26 ? 0x41 + UInt8(value) : 0x32 + UInt8(value - 26)
}
