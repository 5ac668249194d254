internal import Glibc

/// Replaces the content of a file: whoever reads it, and whatever crashes, sees the old or the new.
enum FileReplacement {
  /// - Parameters:
  ///   - file: was read; keeps its owner and permissions. Of a link the target is replaced.
  ///   - bytes: the new content.
  /// - Throws: `FileError`; the file is as it was then. ESTALE: somebody else changed it.
  static func replace(_ file: inout OpenFile, with bytes: [UInt8]) throws(FileError) {
    let target = try resolved(file.path)
    let temporary = WorkspacePath(
      bytes: target.bytes.dropLast(target.name.count) + Array(".sluice-".utf8) + target.name
        + Array("-\(getpid())".utf8))
    var isMade = false
    do throws(FileError) {
      try write(bytes, to: temporary, like: file, isMade: &isMade)
      try requireUnchanged(file, at: target)
      guard unsafe rename(cString(temporary), cString(target)) == 0 else {
        throw FileError(.write, target, code: errno)
      }
    } catch {
      if isMade { _ = unsafe unlink(cString(temporary)) }
      throw error
    }
    flushFolder(of: target)
  }

  private static func write(
    _ bytes: [UInt8], to path: WorkspacePath, like file: borrowing OpenFile, isMade: inout Bool
  ) throws(FileError) {
    // Readable by nobody else until it has the permissions of the original.
    let number = unsafe open(cString(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw FileError(.write, path, code: errno) }
    isMade = true
    defer { _ = close(number) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { all in
        // SAFETY: `written` is less than the count of `all`.
        unsafe Glibc.write(number, all.baseAddress.map { unsafe $0 + written }, all.count - written)
      }
      guard count >= 0 || errno == EINTR else { throw FileError(.write, path, code: errno) }
      written += max(count, 0)
    }
    var status = stat()
    guard unsafe fstat(file.number, &status) == 0 else {
      throw FileError(.write, path, code: errno)
    }
    // The owner first: changing it takes away bits that the permissions put back.
    if status.st_uid != geteuid() || status.st_gid != getegid() {
      guard fchown(number, status.st_uid, status.st_gid) == 0 else {
        throw FileError(.write, path, code: errno)
      }
    }
    guard fchmod(number, status.st_mode & 0o7777) == 0, fsync(number) == 0 else {
      throw FileError(.write, path, code: errno)
    }
  }

  /// The file that was read must still be the one of that name, and as it was.
  private static func requireUnchanged(
    _ file: borrowing OpenFile, at path: WorkspacePath
  ) throws(FileError) {
    var (now, read) = (stat(), stat())
    guard unsafe stat(cString(path), &now) == 0, unsafe fstat(file.number, &read) == 0 else {
      throw FileError(.write, path, code: errno)
    }
    let isSame =
      now.st_dev == read.st_dev && now.st_ino == read.st_ino && now.st_size == file.size
      && now.st_mtim.tv_sec == file.changed.tv_sec && now.st_mtim.tv_nsec == file.changed.tv_nsec
    guard isSame else { throw FileError(.write, path, code: ESTALE) }
  }

  /// Makes the new name durable; where the file system cannot, it comes with its next flush.
  private static func flushFolder(of path: WorkspacePath) {
    let folder = path.bytes.dropLast(path.name.count)
    let name = folder.isEmpty ? WorkspacePath(".") : WorkspacePath(bytes: Array(folder))
    let number = unsafe open(cString(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return }
    _ = fsync(number)
    _ = close(number)
  }

  private static func resolved(_ path: WorkspacePath) throws(FileError) -> WorkspacePath {
    // SAFETY: realpath(3) returns memory that is freed here, after it was copied.
    guard let name = unsafe realpath(cString(path), nil) else {
      throw FileError(.write, path, code: errno)
    }
    defer { unsafe free(name) }
    var bytes: [UInt8] = []
    var index = 0
    while unsafe name[index] != 0 {
      bytes.append(UInt8(bitPattern: unsafe name[index]))
      index += 1
    }
    return WorkspacePath(bytes: bytes)
  }

  private static func cString(_ path: WorkspacePath) -> [CChar] {
    path.bytes.map { CChar(bitPattern: $0) } + [0]
  }
}
