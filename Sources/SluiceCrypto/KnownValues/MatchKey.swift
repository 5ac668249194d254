/// The key under which eight bytes of a stream are compared with what is known of values.
///
/// It is derived from the material of the fingerprint key by HKDF-SHA-256 with an info string of its
/// own. The hashes are two multiplications, not a pseudorandom function: they throw out what cannot
/// be a known value at a few nanoseconds a place, and whoever has the key can test guesses of eight
/// bytes with them. That a value is there is for its fingerprint to say, which is an HMAC.
package final class MatchKey: Sendable {
  private let words: SecretBytes

  /// - Parameter material: of the fingerprint key, at least `Fingerprinter.minimumBytes`.
  /// - Throws: `FingerprintKeyError`.
  package init(material: borrowing SecretBytes) throws(FingerprintKeyError) {
    guard material.count >= Fingerprinter.minimumBytes else { throw .tooShort }
    words = try material.withBytes { (bytes) throws(FingerprintKeyError) -> SecretBytes in
      do {
        return try HKDF.derive(
          from: bytes, info: Array("sluice stream matching v1".utf8), count: 32)
      } catch {
        throw .cryptographyUnavailable
      }
    }
  }

  /// The key as words, for one pass over a text.
  package func hasher() -> MatchHasher { words.withBytes { MatchHasher(key: $0) } }
}

/// Hashes places of a text; holds the key, so it is made where it is used.
package struct MatchHasher: BitwiseCopyable {
  /// What a window is combined with, and multiplied by.
  ///
  /// Not private: a call into another module for each byte of a stream costs more than the hash.
  package let first: UInt64
  package let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  init(key: Span<UInt8>) {
    func word(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 &<< 8 | UInt64(key[$1]) }
    }
    first = word(0)
    second = word(8) | 1
    third = word(16)
    fourth = word(24)
  }

  /// The hash of a window: eight bytes, the first in the lowest bits.
  package func hash(_ window: UInt64) -> UInt64 {
    let product = (window ^ first).multipliedFullWidth(by: second)
    return product.high ^ product.low
  }

  /// Tells windows with what follows them apart.
  ///
  /// - Parameters:
  ///   - window: as in `hash`.
  ///   - rest: the bytes behind it that belong to the value, zeros for those that do not.
  /// - Returns: equal tags for equal bytes.
  package func tag(_ window: UInt64, _ rest: UInt64) -> UInt32 {
    let product = (window ^ third).multipliedFullWidth(by: (rest ^ fourth) | 1 << 63)
    let folded = product.high ^ product.low
    return UInt32(truncatingIfNeeded: folded ^ folded >> 32)
  }
}
