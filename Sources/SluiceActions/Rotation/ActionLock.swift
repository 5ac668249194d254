internal import Foundation
internal import Glibc
internal import SluiceCrypto

/// Something that one process at a time does, by a lock that its death gives back at once.
///
/// The lock is `flock(2)` on a file in the vault's directory, not a row with a time in it: kill -9
/// frees it, and no clock decides who may act.
package final class ActionLock: Sendable {
  private let handle: FileHandle

  private init(_ handle: FileHandle) { self.handle = handle }

  deinit { try? handle.close() }

  private static func folder(_ home: String) -> String { home + "/locks" }

  /// The file whose lock it is.
  package static func file(_ name: String, in home: String) -> String {
    folder(home) + "/" + SHA256.digest(of: Array(name.utf8)).hex.prefix(32) + ".lock"
  }

  /// - Parameters:
  ///   - name: what is locked; any text.
  ///   - home: the vault's directory.
  /// - Returns: nil if another process, or another part of this one, has it.
  /// - Throws: `RotationError.lock` if there can be no such file.
  package static func take(_ name: String, in home: String) throws(RotationError) -> ActionLock? {
    let folder = folder(home)
    let file = file(name, in: home)
    let files = FileManager.default
    if !files.fileExists(atPath: file) {
      try? files.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      // Two that make it at a time: neither may replace the file of the other.
      try? Data().write(to: URL(filePath: file), options: .withoutOverwriting)
    }
    guard let handle = FileHandle(forUpdatingAtPath: file) else {
      throw .lock(path: file)
    }
    guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      try? handle.close()
      return nil
    }
    return ActionLock(handle)
  }
}
