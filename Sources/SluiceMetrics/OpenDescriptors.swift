internal import Foundation
internal import Glibc

/// The descriptors of this process.
enum OpenDescriptors {
  static var all: Set<CInt> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    // One of them was the directory's own.
    return Set(names.compactMap { CInt($0) }.filter { fcntl($0, F_GETFD) >= 0 })
  }

  /// Keeps descriptors from programs that are started from now on.
  static func closeOnExec(_ descriptors: Set<CInt>) {
    for number in descriptors { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
  }
}
