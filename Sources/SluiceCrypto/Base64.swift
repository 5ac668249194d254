internal import COpenSSL

/// Base64 with the standard alphabet and padding (RFC 4648 §4).
///
/// For public bytes: keys, hashes, signatures.
package enum Base64 {
  package static func text(of bytes: [UInt8]) -> String {
    guard !bytes.isEmpty else { return "" }
    // EVP_EncodeBlock writes a NUL behind the text.
    var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
    let count = unsafe text.withUnsafeMutableBufferPointer { target in
      unsafe bytes.withUnsafeBufferPointer { source in
        // SAFETY: the target has room for the text and its NUL.
        unsafe EVP_EncodeBlock(target.baseAddress, source.baseAddress, CInt(source.count))
      }
    }
    return String(decoding: text.prefix(Int(count)), as: UTF8.self)
  }

  /// Reads the one text that `text(of:)` gives for some bytes.
  ///
  /// - Returns: nil for anything else: white space, missing padding, bits behind the end.
  package static func bytes(of text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard !source.isEmpty else { return [] }
    guard source.count.isMultiple(of: 4) else { return nil }
    var bytes = [UInt8](repeating: 0, count: source.count / 4 * 3)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { target in
      unsafe source.withUnsafeBufferPointer { source in
        // SAFETY: three bytes of room for each four characters.
        unsafe EVP_DecodeBlock(target.baseAddress, source.baseAddress, CInt(source.count))
      }
    }
    guard count >= 0 else { return nil }
    // EVP_DecodeBlock counts padding as bytes.
    let padding = source.suffix(2).count { $0 == UInt8(ascii: "=") }
    bytes.removeLast(bytes.count - Int(count) + padding)
    return Self.text(of: bytes) == String(text) ? bytes : nil
  }
}
