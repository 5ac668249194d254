internal import Glibc

/// The local socket of the system's log, `/dev/log`: one datagram a message.
struct SyslogSocket {
  let path: String

  /// - Throws: `DeliveryError` if nobody takes it at once: a log that is stuck must not hold us.
  func send(_ message: [UInt8]) throws(DeliveryError) {
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw .failed }
    defer { _ = close(socket) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else { throw .failed }
    // SAFETY: the path is shorter than its room, which is zeroed and so ends it.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let count = unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        // SAFETY: `message` and `address` outlive the call.
        unsafe sendto(
          socket, message, message.count, Int32(MSG_DONTWAIT), address,
          socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard count == message.count else { throw .failed }
  }
}
