internal import SluiceScan

extension HitDescriber {
  private static let maskOpening = Array("[REDACTED:".utf8)
  /// The longest id of a rule that a mask may hold.
  private static let longestMask = 128

  /// Whether a secret is a part of what stands for one: `[REDACTED:rule]`, or with the start of a
  /// fingerprint `[REDACTED:rule:3f9c21ab]`.
  ///
  /// Masked logs are full of masks, and what follows `-token:` in one looks like a token. The whole
  /// mask must be of that form and name a known rule, so nothing else can hide in it.
  ///
  /// - Parameters:
  ///   - secret: its place.
  ///   - buffer: the bytes around it.
  ///   - base: where its document begins.
  /// - Returns: true if it may be passed over.
  func isPartOfMask(
    _ secret: Range<UInt64>, in buffer: borrowing FileBuffer, from base: UInt64
  ) -> Bool {
    guard secret.count < Self.longestMask else { return false }
    let bytes = buffer.bytes
    let (start, end) = (buffer.index(of: secret.lowerBound), buffer.index(of: secret.upperBound))
    let earliest = max(start - Self.longestMask, buffer.index(of: max(base, buffer.origin)))
    var opening = start
    while opening >= earliest, bytes[opening] != UInt8(ascii: "[") { opening -= 1 }
    guard opening >= earliest,
      let closing = bytes.extracting(opening...).firstIndex(of: UInt8(ascii: "]")),
      end <= opening + closing + 1
    else { return false }
    let mask = bytes.extracting(opening..<opening + closing)
    guard mask.count > Self.maskOpening.count, mask.count < Self.longestMask,
      Self.maskOpening.indices.allSatisfy({ mask[$0] == Self.maskOpening[$0] })
    else { return false }
    let body = (Self.maskOpening.count..<mask.count).map { mask[$0] }
    let parts = body.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard isKnown(rule: String(decoding: parts[0], as: UTF8.self)) else { return false }
    return parts.count == 1
      || parts.count == 2 && parts[1].count == 8 && parts[1].allSatisfy(Self.isHexadecimal)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }
}
