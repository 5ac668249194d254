internal import COpenSSL

/// 32 bytes that SHA-256 or HMAC-SHA-256 gave.
///
/// Not secret: compare what must not be compared in variable time with `isEqual(to:)`.
package struct Digest: Sendable, Hashable, BitwiseCopyable {
  package static let byteCount = 32

  private let words: (UInt64, UInt64, UInt64, UInt64)

  /// Nil unless there are `byteCount` bytes.
  package init?(_ bytes: Span<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    func word(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 &<< 8 | UInt64(bytes[$1]) }
    }
    words = (word(0), word(8), word(16), word(24))
  }

  init(_ bytes: InlineArray<32, UInt8>) {
    func word(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 &<< 8 | UInt64(bytes[$1]) }
    }
    words = (word(0), word(8), word(16), word(24))
  }

  package var bytes: [UInt8] {
    [words.0, words.1, words.2, words.3].flatMap { word in
      stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> UInt64($0)) }
    }
  }

  /// Lower-case hexadecimal.
  package var hex: String { Hexadecimal.text(of: bytes) }

  package static func == (left: Digest, right: Digest) -> Bool {
    left.words.0 == right.words.0 && left.words.1 == right.words.1
      && left.words.2 == right.words.2 && left.words.3 == right.words.3
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
  }

  /// Compares in a time that does not depend on where the two differ.
  package func isEqual(to other: Digest) -> Bool {
    let difference =
      (words.0 ^ other.words.0) | (words.1 ^ other.words.1)
      | (words.2 ^ other.words.2) | (words.3 ^ other.words.3)
    return difference == 0
  }
}

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
  /// Hashes `bytes`.
  package static func digest(of bytes: Span<UInt8>) -> Digest {
    var output = InlineArray<32, UInt8>(repeating: 0)
    var length: CUnsignedInt = 0
    // SAFETY: `output` has room for the 32 bytes of SHA-256; the input is only read.
    let succeeded = unsafe bytes.withUnsafeBufferPointer { input in
      var target = output.mutableSpan
      return unsafe target.withUnsafeMutableBufferPointer { target in
        unsafe EVP_Digest(
          input.baseAddress, input.count, target.baseAddress, &length, EVP_sha256(), nil) == 1
      }
    }
    precondition(succeeded && length == 32, "OpenSSL has no SHA-256")
    return Digest(output)
  }

  package static func digest(of bytes: [UInt8]) -> Digest { digest(of: bytes.span) }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMAC {
  /// - Throws: `unavailable` if OpenSSL refuses HMAC.
  package static func digest(
    of message: Span<UInt8>, key: Span<UInt8>
  ) throws(CryptoError) -> Digest {
    var output = InlineArray<32, UInt8>(repeating: 0)
    var length = 0
    // SAFETY: both inputs outlive the call; `output` is as long as the size that is passed. A
    // null key would mean "no key", so an empty one gets an address of its own.
    let succeeded = unsafe message.withUnsafeBufferPointer { message in
      unsafe key.withUnsafeBufferPointer { key in
        var target = output.mutableSpan
        return unsafe target.withUnsafeMutableBufferPointer { target in
          var nothing: UInt8 = 0
          return unsafe withUnsafePointer(to: &nothing) { nothing in
            unsafe EVP_Q_mac(
              nil, "HMAC", nil, "SHA256", nil, key.baseAddress ?? nothing, key.count,
              message.baseAddress ?? nothing, message.count, target.baseAddress, target.count,
              &length) != nil
          }
        }
      }
    }
    guard succeeded, length == 32 else { throw .unavailable(algorithm: "HMAC-SHA-256") }
    return Digest(output)
  }
}
