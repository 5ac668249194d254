@testable import SluiceCrypto
import Testing

@Suite("SecretSharing")
struct SecretSharingTests {
  @Test(
    "any set of as many shares as needed gives the secret back",
    arguments: [(2, 2), (2, 3), (3, 5), (5, 5), (2, 255)])
  func combines(threshold: Int, count: Int) throws {
    let secret = try SecureRandom.secret(32)
    let shares = try SecretSharing.split(secret, into: count, threshold: threshold)
    #expect(shares.map(\.number) == (1...count).map { UInt8($0) })
    for _ in 0..<20 {
      let some = Array(shares.shuffled().prefix(threshold))
      #expect(try SecretSharing.combine(some).copy() == secret.copy())
    }
  }

  @Test("one share less gives something else")
  func tooFew() throws {
    let secret = try SecureRandom.secret(32)
    let shares = try SecretSharing.split(secret, into: 5, threshold: 3)
    for first in 0..<5 {
      for second in 0..<5 where second != first {
        #expect(
          try SecretSharing.combine([shares[first], shares[second]]).copy() != secret.copy())
      }
    }
  }

  @Test("every byte that a secret may have fits the share that one sees")
  func perfectSecrecy() throws {
    // For one byte and a threshold of 2: over all secrets, the first share is as often each value.
    var seen = [Int](repeating: 0, count: 256)
    for _ in 0..<20_000 {
      let secret = SecretBytes(copying: [UInt8(0x41)].span)
      let share = try SecretSharing.split(secret, into: 2, threshold: 2)[0]
      seen[Int(share.bytes.copy()[1])] += 1
    }
    // 78 are expected; 30 or 140 are more than five standard deviations away.
    #expect(seen.allSatisfy { (30...140).contains($0) })
  }

  @Test("the field is that of AES (FIPS 197 §4.2), every element but 0 has an inverse")
  func field() {
    #expect(SecretSharing.multiply(0x57, 0x83) == 0xC1)
    #expect(SecretSharing.multiply(0x57, 0x13) == 0xFE)
    for value in UInt8(1)...255 {
      #expect(SecretSharing.multiply(value, SecretSharing.inverse(value)) == 1)
    }
  }

  @Test("numbers that make no sense are refused", arguments: [(1, 3), (4, 3), (2, 1), (2, 256)])
  func refused(threshold: Int, count: Int) throws {
    let secret = try SecureRandom.secret(32)
    #expect(throws: CryptoError.invalidInput("\(threshold) of \(count) shares")) {
      _ = try SecretSharing.split(secret, into: count, threshold: threshold)
    }
  }

  @Test("a share twice, a share 0 and shares of two lengths are refused")
  func unfit() throws {
    func share(_ bytes: [UInt8]) -> SecretShare { SecretShare(SecretBytes(copying: bytes.span)) }
    for shares in [
      [share([1, 2]), share([1, 3])], [share([0, 2]), share([1, 3])],
      [share([1, 2]), share([2, 3, 4])], [share([1, 2])], [],
    ] {
      #expect(throws: CryptoError.self) { _ = try SecretSharing.combine(shares) }
    }
  }
}
