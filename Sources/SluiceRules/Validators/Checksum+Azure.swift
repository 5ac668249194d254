// The keys of Azure: Marvin32 of what was decoded from base64, or of the characters themselves.
// Facts: github.com/microsoft/security-utilities, IdentifiableSecrets and IdentifiableMetadata.

/// The mark of a product and the seeds of its kinds of keys, which are names of eight characters.
private struct AzureProduct {
  let mark: UInt32
  let seeds: [UInt64]

  init(_ mark: String, _ seeds: String...) {
    self.mark = mark.utf8.reduce(0) { $0 << 8 | UInt32($1) }
    self.seeds = seeds.map { name in name.utf8.reduce(0) { $0 << 8 | UInt64($1) } }
  }
}

private let azureProducts = [
  AzureProduct("+ASt", "Default0"),
  AzureProduct(
    "ACDb", "MastRW00", "MastRO00", "SystRW00", "SystRO00", "SysAll00", "Resour00", "Encryp00"),
  AzureProduct("+ABa", "AbAcct00"),
  AzureProduct("+AMC", "Classic0"),
  AzureProduct("APIM", "IoTHub00", "Tenant00", "Gatewy00", "GitKey00"),
  AzureProduct("+ASb", "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
  AzureProduct("+AEh", "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
  AzureProduct("+ARm", "Send0000", "Manage00", "Listen00", "System00", "Unknown0"),
  AzureProduct("AIoT", "IoTHub00", "DpsKey00", "Device00"),
  AzureProduct("AzCa", "Access00"),
  AzureProduct("AzSe", "Query000", "PAdmin00"),
  AzureProduct("+ACR", "ACRDflt0"),
  AzureProduct("AzFu", "Functi00", "Master00", "System00"),
  AzureProduct("+SQL", "UsrPwd00"),
]

/// The seed of the second version of the format, "Default0".
private let commonSeed: UInt64 = 0x4465_6661_756C_7430
/// "AadPwd00".
private let entraSeed: UInt64 = 0x4161_6450_7764_3030

extension Checksum {
  /// Characters of the checksum, without padding.
  private static let azureCheckLength = 6

  func holdsAzure(_ secret: Span<UInt8>) -> Bool {
    var count = 0
    var last: UInt64 = 0  // ten sextets
    var reader = Base64Reader()
    while let value = reader.sextet(in: secret) {
      last = last &<< 6 | UInt64(value)
      count += 1
    }
    guard reader.isAtEnd(of: secret), count > Self.azureCheckLength + 4 else { return false }
    let mark = (0..<4).reduce(UInt32(0)) { mark, index in
      mark << 8 | UInt32(base64Character(UInt32(last &>> UInt64(54 - 6 * index)) & 63))
    }
    // A product whose seeds are not published cannot be doubted.
    guard let product = azureProducts.first(where: { $0.mark == mark }) else { return true }
    return product.seeds.contains { seed in
      endsInMarvin(secret, byteCount: count * 6 / 8, seed: seed)
    }
  }

  /// Whether the last four bytes are the hash of those before them.
  private func endsInMarvin(_ secret: Span<UInt8>, byteCount: Int, seed: UInt64) -> Bool {
    var reader = Base64Reader()
    var hash = Marvin32(seed: seed)
    for _ in 0..<byteCount - 4 {
      guard let byte = reader.byte(in: secret) else { return false }
      hash.add(byte)
    }
    var rest = hash.value
    for _ in 0..<4 {
      guard reader.byte(in: secret) == UInt8(truncatingIfNeeded: rest) else { return false }
      rest >>= 8
    }
    return true
  }

  func azureCharacters(for body: Span<UInt8>) -> [UInt8]? {
    guard body.count >= 4 else { return nil }
    let mark = (body.count - 4..<body.count).reduce(UInt32(0)) { $0 << 8 | UInt32(body[$1]) }
    guard let product = azureProducts.first(where: { $0.mark == mark }),
      let seed = product.seeds.first
    else { return nil }
    return marvinCharacters(
      for: body, byteCount: (body.count + Self.azureCheckLength) * 6 / 8, seed: seed,
      isURLSafe: mark == AzureProduct("AzFu").mark)
  }

  /// What completes `body` to the base64, with padding, of so many bytes.
  private func marvinCharacters(
    for body: Span<UInt8>, byteCount: Int, seed: UInt64, isURLSafe: Bool
  ) -> [UInt8]? {
    var bytes: [UInt8] = []
    var reader = Base64Reader()
    var bits: UInt32 = 0
    var bitCount = 0
    while let value = reader.sextet(in: body) {
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
      }
    }
    guard reader.position == body.count else { return nil }
    if bytes.count < byteCount - 4 {
      bytes.append(UInt8(truncatingIfNeeded: bits << UInt32(8 - bitCount)))
    }
    guard bytes.count == byteCount - 4 else { return nil }
    var hash = Marvin32(seed: seed)
    for byte in bytes { hash.add(byte) }
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: hash.value >> shift))
    }
    return Array(base64(bytes, isURLSafe: isURLSafe)[body.count...])
  }

  // MARK: - Common annotated security keys

  func holdsAzureCommon(_ secret: Span<UInt8>) -> Bool {
    if secret.count == 88 { return endsInMarvin(secret, byteCount: 64, seed: commonSeed) }
    guard secret.count == 84, let hash = commonHash(of: secret) else { return false }
    let inBase64 = (0..<4).allSatisfy { secret[80 + $0] == commonBase64(hash, at: $0) }
    let inBase62 = base62Prefix(of: hash)
    return inBase64 || (0..<4).allSatisfy { secret[80 + $0] == inBase62[$0] }
  }

  func azureCommonCharacters(for body: Span<UInt8>) -> [UInt8]? {
    guard body.count == 80, let hash = commonHash(of: body) else { return nil }
    return (0..<4).map { commonBase64(hash, at: $0) }
  }

  /// Over the 60 bytes that the first 80 characters encode.
  private func commonHash(of key: Span<UInt8>) -> UInt32? {
    var reader = Base64Reader()
    var hash = Marvin32(seed: commonSeed)
    for _ in 0..<60 {
      guard let byte = reader.byte(in: key) else { return nil }
      hash.add(byte)
    }
    return hash.value
  }

  /// A character of the base64 of the hash, least significant byte first.
  private func commonBase64(_ hash: UInt32, at index: Int) -> UInt8 {
    base64Character(hash.byteSwapped &>> UInt32(26 - 6 * index) & 63)
  }

  /// The first four base 62 digits, from the first that is not zero on, closed with `0`.
  private func base62Prefix(of hash: UInt32) -> InlineArray<4, UInt8> {
    let digits = base62Digits(of: hash)
    let start = (0..<5).first { digits[$0] != UInt8(ascii: "0") } ?? 5
    return InlineArray { start + $0 < 6 ? digits[start + $0] : UInt8(ascii: "0") }
  }

  // MARK: - Entra

  func holdsEntra(_ secret: Span<UInt8>) -> Bool {
    guard secret.count == 40 else { return false }
    let digits = entraPrefix(of: secret.extracting(..<37))
    return (0..<3).allSatisfy { secret[37 + $0] == digits[$0] }
  }

  func entraDigits(of body: Span<UInt8>) -> [UInt8] {
    let digits = entraPrefix(of: body)
    return digits.indices.map { digits[$0] }
  }

  /// The first of six digits in base 66, `a-z`, `A-Z`, `1-9`, `0`, `.`, `-`, `_`, `~`.
  private func entraPrefix(of body: Span<UInt8>) -> InlineArray<3, UInt8> {
    var hash = Marvin32(seed: entraSeed)
    for index in body.indices { hash.add(body[index]) }
    var rest = hash.value / (66 * 66 * 66)
    var digits = InlineArray<3, UInt8>(repeating: 0)
    for index in stride(from: 2, through: 0, by: -1) {
      let value = rest % 66
      digits[index] =
        switch value {
        case 0..<26: 0x61 + UInt8(value)
        case 26..<52: 0x41 + UInt8(value - 26)
        case 52..<61: 0x31 + UInt8(value - 52)
        case 61: UInt8(ascii: "0")
        case 62: UInt8(ascii: ".")
        case 63: UInt8(ascii: "-")
        case 64: UInt8(ascii: "_")
        default: UInt8(ascii: "~")
        }
      rest /= 66
    }
    return digits
  }
}

/// Base64 with padding.
func base64(_ bytes: [UInt8], isURLSafe: Bool = false) -> [UInt8] {
  var output: [UInt8] = []
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let chunk = bytes[start..<min(start + 3, bytes.count)]
    let word = chunk.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - chunk.count))
    for index in 0..<4 {
      output.append(
        index <= chunk.count
          ? base64Character(word >> UInt32(18 - 6 * index) & 63, isURLSafe: isURLSafe)
          : UInt8(ascii: "="))
    }
  }
  return output
}
