internal import CLinux

/// The local system log.
enum SystemLog {
  /// Sends one message as a datagram.
  ///
  /// - Returns: whether it was taken.
  static func send(_ message: [UInt8], to path: String) -> Bool {
    // SAFETY: the bytes and the path are only read, during the call.
    unsafe message.withUnsafeBytes { bytes in
      unsafe sluice_send_datagram(path, bytes.baseAddress, UInt(bytes.count)) == 0
    }
  }
}
