internal import COpenSSL

/// Keys from passphrases by scrypt (RFC 7914).
package struct Scrypt: Sendable, Hashable {
  /// N, r and p of RFC 7914 §2; the memory is 128 · N · r bytes.
  package let cost: UInt64
  package let blockSize: UInt64
  package let parallelism: UInt64

  /// 128 MiB and about half a second, for a passphrase that a person types.
  package static let interactive = Scrypt(cost: 1 << 17, blockSize: 8, parallelism: 1)

  package init(cost: UInt64, blockSize: UInt64, parallelism: UInt64) {
    self.cost = cost
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  /// The most that a stored parameter set may ask for, so that a forged one cannot exhaust memory.
  private static let largestMemory: UInt64 = 1 << 30

  /// Derives `count` bytes from a passphrase.
  ///
  /// - Throws: `invalidInput` if the parameters break RFC 7914 or ask for over 1 GiB.
  package func derive(
    from passphrase: borrowing SecretBytes, salt: [UInt8], count: Int
  ) throws(CryptoError) -> SecretBytes {
    guard cost > 1, cost & (cost - 1) == 0, (1...64).contains(blockSize),
      (1...64).contains(parallelism), cost <= Self.largestMemory / (128 * blockSize)
    else { throw .invalidInput("scrypt parameters") }
    return try passphrase.withBytes { (bytes) throws(CryptoError) in
      try SecretBytes(count: count) { (output) throws(CryptoError) in
        let status = unsafe output.withUnsafeMutableBufferPointer { target, filled in
          filled = count
          return unsafe bytes.withUnsafeBufferPointer { passphrase in
            // SAFETY: the buffers outlive the call. Both are chars of the same bytes; an empty
            // passphrase needs an address that is not null.
            unsafe passphrase.withMemoryRebound(to: CChar.self) { text in
              var nothing: CChar = 0
              return unsafe withUnsafePointer(to: &nothing) { nothing in
                unsafe EVP_PBE_scrypt(
                  text.baseAddress ?? nothing, text.count, salt, salt.count, cost, blockSize,
                  parallelism, Self.largestMemory + (64 << 20), target.baseAddress, count)
              }
            }
          }
        }
        guard status == 1 else { throw .unavailable(algorithm: "scrypt") }
      }
    }
  }
}
