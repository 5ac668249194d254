internal import SluiceCrypto
internal import SluiceVault

/// Values on their way to a program or a server that wants text.
///
/// Such text lies in ordinary memory for as long as the call takes: what goes through a pipe or a
/// socket leaves locked memory anyway.
enum SecretText {
  static func bytes(_ value: SecretValue) -> [UInt8] {
    value.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
  }

  static func string(_ value: SecretValue) -> String {
    String(decoding: bytes(value), as: UTF8.self)
  }

  /// Nil if it is no UTF-8.
  static func utf8(_ value: SecretValue) -> String? {
    let text = string(value)
    return text.utf8.elementsEqual(bytes(value)) ? text : nil
  }
}
