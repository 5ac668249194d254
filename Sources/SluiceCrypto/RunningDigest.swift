internal import COpenSSL

/// SHA-256 of what comes piece by piece.
@safe package final class RunningDigest {
  private let context: OpaquePointer

  package init() {
    guard let context = unsafe EVP_MD_CTX_new(),
      unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
    else { preconditionFailure("OpenSSL has no SHA-256") }
    unsafe self.context = context
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package func update(_ bytes: [UInt8]) {
    // SAFETY: the bytes are only read, during the call.
    let status = unsafe bytes.withUnsafeBytes { input in
      unsafe EVP_DigestUpdate(context, input.baseAddress, input.count)
    }
    precondition(status == 1, "OpenSSL refuses to hash")
  }

  /// The hash of all there was; nothing may follow.
  package func finish() -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var length: CUnsignedInt = 0
    // SAFETY: the buffer has room for the 32 bytes of SHA-256.
    let status = unsafe output.withUnsafeMutableBufferPointer { target in
      unsafe EVP_DigestFinal_ex(context, target.baseAddress, &length)
    }
    precondition(status == 1 && length == 32, "OpenSSL refuses to hash")
    return output
  }
}
