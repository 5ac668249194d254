internal import SluiceCrypto
internal import SluiceVault

extension CredentialObject {
  /// The same object with another user and a new password, which needs no escapes.
  func replacing(
    user: (name: String, text: String), password: String, length: Int
  ) throws(ConnectorError) -> SecretValue {
    guard let secret = member(password) else {
      throw .misconfigured("the current value has no '\(password)'")
    }
    guard let userMember = member(user.name) else {
      throw .misconfigured("the current value has no '\(user.name)'")
    }
    let text = Array(user.text.utf8)
    let count = value.bytes.count
    func copy(_ range: Range<Int>) -> [UInt8] {
      value.bytes.withBytes { bytes in range.map { bytes[$0] } }
    }
    if userMember.text.lowerBound < secret.text.lowerBound {
      return try GeneratedPassword.make(
        length: length,
        after: copy(0..<userMember.text.lowerBound) + text
          + copy(userMember.text.upperBound..<secret.text.lowerBound),
        before: copy(secret.text.upperBound..<count))
    }
    return try GeneratedPassword.make(
      length: length, after: copy(0..<secret.text.lowerBound),
      before: copy(secret.text.upperBound..<userMember.text.lowerBound) + text
        + copy(userMember.text.upperBound..<count))
  }
}
