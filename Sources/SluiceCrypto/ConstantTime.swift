internal import COpenSSL

/// Comparison of secret bytes.
package enum ConstantTime {
  /// Whether both hold the same bytes, in a time that depends on their length only.
  package static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    // SAFETY: both buffers hold `count` bytes for the length of the call.
    return unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right in
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return unsafe CRYPTO_memcmp(first, second, left.count) == 0
      }
    }
  }
}
