internal import Glibc

/// The entries of one directory, in no order.
struct DirectoryListing: Sendable {
  enum Kind: Sendable {
    case file, directory
    /// A link, a device, a pipe or a socket.
    case other
  }

  struct Entry: Sendable {
    let name: [UInt8]
    let kind: Kind
  }

  let entries: [Entry]

  /// Reads a directory.
  ///
  /// - Throws: `FileError`, for example if it vanished.
  init(_ path: WorkspacePath) throws(FileError) {
    let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
    // SAFETY: `name` ends with a NUL; opendir(3) keeps no pointer to it.
    guard let directory = unsafe opendir(name)
    else { throw FileError(.list, path, code: errno) }
    defer { unsafe closedir(directory) }
    var entries: [Entry] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(directory) else {
        guard errno == 0 else { throw FileError(.list, path, code: errno) }
        break
      }
      // SAFETY: readdir(3) ends the name with a NUL and keeps the entry until the next call.
      let entryName = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe Array(bytes.prefix { $0 != 0 })
      }
      guard entryName != Array(".".utf8), entryName != Array("..".utf8) else { continue }
      let type = unsafe entry.pointee.d_type
      entries.append(Entry(name: entryName, kind: Self.kind(type, of: entryName, in: path)))
    }
    self.entries = entries
  }

  private static func kind(
    _ type: UInt8, of name: [UInt8], in directory: WorkspacePath
  ) -> Kind {
    switch CInt(type) {
    case CInt(DT_REG): return .file
    case CInt(DT_DIR): return .directory
    case CInt(DT_UNKNOWN):
      // Some file systems do not say.
      var status = stat()
      let path = directory.appending(name).bytes.map { CChar(bitPattern: $0) } + [0]
      // SAFETY: `path` ends with a NUL.
      let result = unsafe lstat(path, &status)
      guard result == 0 else { return .other }
      switch status.st_mode & S_IFMT {
      case S_IFREG: return .file
      case S_IFDIR: return .directory
      default: return .other
      }
    default: return .other
    }
  }
}
