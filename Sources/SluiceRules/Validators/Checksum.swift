/// A checksum that a vendor puts into its tokens.
///
/// Each is named after what it stands in, because the digest is the smaller part: what it covers,
/// with which digits it is written and in which order differ from vendor to vendor.
package enum Checksum: String, Sendable, Hashable, CaseIterable {
  /// The last 6 characters are the CRC-32 of what is before them, in base 62 (GitHub since 2021,
  /// npm, Vercel). A prefix up to the first `_` is no part of it.
  case crc32Base62 = "crc32-base62"
  /// The last 8 characters are the CRC-32 of all before them, in hexadecimal (Atlassian).
  case atlassian
  /// The 8 hexadecimal digits after the last `_` are the CRC-32 of all before it, least
  /// significant byte first (Grafana service accounts).
  case grafana
  /// The 8 hexadecimal digits after the last `_` are the CRC-32 of what is between it and the
  /// first one.
  case zuplo
  /// The last 7 characters are the CRC-32 of all before them, in base 36 (routable tokens).
  case gitlab
  /// CRC-32 spread over the bytes of 52 characters of base 32 (personal access tokens that have
  /// no mark).
  case azureDevOps = "azure-devops"
  /// The last 4 bytes are the Marvin32 of those before them, with a seed that the mark of the
  /// product tells (`+ASt`, `ACDb`, `AzFu` and others).
  case azure
  /// Marvin32 in the last 4 of 84 characters, or in the last 4 bytes of 88 characters (common
  /// annotated security keys).
  case azureCommon = "azure-common"
  /// The last 3 characters are the first digits of the Marvin32 of the 37 before them.
  case entra
  /// The last 6 characters are the BCH code of BIP-173, Bech32.
  case bech32
  /// The last digit makes the sum of ISO/IEC 7812-1, annex B, a multiple of ten.
  case luhn
  /// The last 2 of 35 bytes in base 32 are the CRC-16/XMODEM of those before them (SEP-23).
  case stellar

  package func holds(for secret: Span<UInt8>) -> Bool {
    switch self {
    case .crc32Base62: holdsCRC32Base62(secret)
    case .atlassian: holdsAtlassian(secret)
    case .grafana: holdsGrafana(secret)
    case .zuplo: holdsZuplo(secret)
    case .gitlab: holdsGitLab(secret)
    case .azureDevOps: holdsAzureDevOps(secret)
    case .azure: holdsAzure(secret)
    case .azureCommon: holdsAzureCommon(secret)
    case .entra: holdsEntra(secret)
    case .bech32: holdsBech32(secret)
    case .luhn: holdsLuhn(secret)
    case .stellar: holdsStellar(secret)
    }
  }

  /// The characters that complete `body`, as the vendor would append them.
  ///
  /// - Returns: nil if `body` is no beginning of such a token, or if its check characters do not
  ///   stand at its end.
  package func characters(for body: Span<UInt8>) -> [UInt8]? {
    switch self {
    case .crc32Base62: crc32Base62Characters(for: body)
    case .atlassian:
      hexDigits(of: crc32(of: body)).map { $0 < 0x3A ? $0 : $0 & 0xDF }
    case .grafana: grafanaCharacters(for: body)
    case .zuplo: zuploCharacters(for: body)
    case .gitlab: digits(of: crc32(of: body), radix: 36, count: 7)
    case .azureDevOps: nil
    case .azure: azureCharacters(for: body)
    case .azureCommon: azureCommonCharacters(for: body)
    case .entra: body.count == 37 ? entraDigits(of: body) : nil
    case .bech32: bech32Characters(for: body)
    case .luhn: luhnDigit(for: body).map { [$0] }
    case .stellar: stellarCharacters(for: body)
    }
  }
}
