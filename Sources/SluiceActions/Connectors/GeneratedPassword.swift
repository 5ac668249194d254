internal import SluiceCrypto
package import SluiceVault

/// New passwords: letters and digits, which no syntax quotes, 5.95 bits each.
package enum GeneratedPassword {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  package static func make(length: Int) throws(ConnectorError) -> SecretValue {
    SecretValue(try bytes(length: length), version: 0)
  }

  /// A password between two public texts.
  static func make(
    length: Int, after prefix: [UInt8], before suffix: [UInt8]
  ) throws(ConnectorError) -> SecretValue {
    let password = try bytes(length: length)
    let count = prefix.count + length + suffix.count
    return password.withBytes { password in
      SecretValue(
        SecretBytes(count: count) { output in
          for byte in prefix { output.append(byte) }
          for index in password.indices { output.append(password[index]) }
          for byte in suffix { output.append(byte) }
        }, version: 0)
    }
  }

  static func bytes(length: Int) throws(ConnectorError) -> SecretBytes {
    do {
      // 248 is the largest multiple of 62 in a byte: what is above would favour some letters. Five
      // bytes a letter are too few once in 2^-24 of all letters; then the last bytes decide alone.
      let random = try SecureRandom.secret(length * 5)
      return random.withBytes { random in
        SecretBytes(count: length) { output in
          for letter in 0..<length {
            var chosen = random[letter * 5]
            for offset in 1..<5 where chosen >= 248 { chosen = random[letter * 5 + offset] }
            output.append(alphabet[Int(chosen % 62)])
          }
        }
      }
    } catch {
      throw .missing("OpenSSL gives no random numbers", remedy: "check its configuration")
    }
  }
}
