internal import Foundation
internal import Glibc

/// The file that is locked by whoever works a queue off.
enum ClaimFile {
  /// Opens the file, or makes it; never replaces it, for somebody may hold a lock on it.
  static func open(_ path: String) -> FileHandle? {
    // SAFETY: the path is a C string for this call.
    let number = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    return number < 0 ? nil : FileHandle(fileDescriptor: number, closeOnDealloc: true)
  }
}
