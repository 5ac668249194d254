/// Splits a secret into shares, some of which give it back, fewer of which say nothing.
///
/// Shamir, "How to share a secret" (1979), byte by byte over GF(2⁸) with the polynomial of AES.
/// A share is its number (1...255) and then as many bytes as the secret has.
package enum SecretSharing {
  /// - Parameters:
  ///   - secret: at least one byte.
  ///   - count: how many shares to make, at most 255.
  ///   - threshold: how many of them are needed, at least 2.
  /// - Returns: the shares, numbered from 1.
  /// - Throws: `invalidInput` for other numbers.
  package static func split(
    _ secret: borrowing SecretBytes, into count: Int, threshold: Int
  ) throws(CryptoError) -> [SecretShare] {
    guard (2...255).contains(count), (2...count).contains(threshold), secret.count > 0 else {
      throw .invalidInput("\(threshold) of \(count) shares")
    }
    let length = secret.count
    // Coefficients of x¹ and up, for each byte of the secret.
    let coefficients = try SecureRandom.secret(length * (threshold - 1))
    var shares: [SecretShare] = []
    for number in 1...count {
      let x = UInt8(number)
      let bytes = secret.withBytes { secret in
        coefficients.withBytes { coefficients in
          SecretBytes(count: 1 + length) { output in
            output.append(x)
            for index in 0..<length {
              var y: UInt8 = 0
              for degree in stride(from: threshold - 2, through: 0, by: -1) {
                y = multiply(y ^ coefficients[index * (threshold - 1) + degree], x)
              }
              output.append(y ^ secret[index])
            }
          }
        }
      }
      shares.append(SecretShare(bytes))
    }
    return shares
  }

  /// Gives the secret back.
  ///
  /// With too few shares, or wrong ones, it gives other bytes: what they open must say so.
  ///
  /// - Throws: `invalidInput` for shares of different lengths, or one twice.
  package static func combine(_ shares: [SecretShare]) throws(CryptoError) -> SecretBytes {
    let numbers = shares.map(\.number)
    guard let length = shares.first.map({ $0.bytes.count }), length > 1, shares.count > 1,
      shares.allSatisfy({ $0.bytes.count == length }), Set(numbers).count == numbers.count,
      !numbers.contains(0)
    else { throw .invalidInput("shares that do not belong together") }
    let weights = numbers.map { x in
      numbers.filter { $0 != x }.reduce(UInt8(1)) { product, other in
        multiply(product, multiply(other, inverse(other ^ x)))
      }
    }
    return SecretBytes(count: length - 1) { output in
      for index in 1..<length {
        var y: UInt8 = 0
        for (share, weight) in zip(shares, weights) {
          y ^= share.bytes.withBytes { multiply($0[index], weight) }
        }
        output.append(y)
      }
    }
  }

  /// Multiplies in GF(2⁸) without a branch or a table that depends on the operands.
  static func multiply(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var (left, right, product): (UInt8, UInt8, UInt8) = (left, right, 0)
    for _ in 0..<8 {
      product ^= left & (0 &- (right & 1))
      left = (left &<< 1) ^ (0x1B & (0 &- (left >> 7)))
      right >>= 1
    }
    return product
  }

  /// x²⁵⁴, which is the inverse of every x but 0.
  static func inverse(_ value: UInt8) -> UInt8 {
    var (power, result): (UInt8, UInt8) = (value, 1)
    for _ in 0..<7 {
      power = multiply(power, power)
      result = multiply(result, power)
    }
    return result
  }
}

/// One of several parts of a secret; a class, because an array holds no `~Copyable` value.
package final class SecretShare: Sendable {
  package let bytes: SecretBytes

  package init(_ bytes: consuming SecretBytes) {
    self.bytes = bytes
  }

  /// Which share it is; 0 stands for none.
  package var number: UInt8 {
    bytes.withBytes { $0.isEmpty ? 0 : $0[0] }
  }
}
