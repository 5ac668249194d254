internal import Glibc

/// Tells which files change in directories (inotify(7)).
@safe package final class FileEvents {
  /// Something that happened.
  enum Event: Hashable {
    /// A file was written and closed, or came in under this name.
    case changed(WorkspacePath)
    /// A file was written, and may be written again: whoever logs never closes it.
    case growing(WorkspacePath)
    /// A directory is new: what is in it may be older than the watch on it.
    case directory(WorkspacePath)
    /// A file or directory is gone.
    case gone(WorkspacePath)
    /// More happened than the kernel remembers: everything has to be looked at again.
    case lost
  }

  private static let headLength = 16
  private static let bufferLength = 64 * 1024

  private let number: CInt
  private var paths: [CInt: WorkspacePath] = [:]

  /// - Throws: `FileError` if the system has no more of them.
  package init() throws(FileError) {
    number = inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK))
    guard number >= 0 else { throw FileError(.watch, WorkspacePath("."), code: errno) }
  }

  deinit { _ = close(number) }

  /// How many directories are watched.
  package var count: Int { paths.count }

  /// Watches a directory, without those in it.
  ///
  /// - Throws: `FileError`; ENOSPC if the user may watch no more.
  func watch(_ path: WorkspacePath) throws(FileError) {
    let mask =
      IN_CLOSE_WRITE | IN_MODIFY | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ONLYDIR
      | IN_EXCL_UNLINK
    let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
    // SAFETY: `name` ends with a NUL; inotify_add_watch(2) keeps no pointer to it.
    let watch = unsafe inotify_add_watch(number, name, UInt32(mask))
    guard watch >= 0 else { throw FileError(.watch, path, code: errno) }
    paths[watch] = path
  }

  /// Waits for something to happen.
  ///
  /// - Parameter timeout: in milliseconds.
  /// - Returns: what happened, in order; nothing after the time.
  func next(timeout: Int) -> [Event] {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, CInt(timeout)) > 0 else { return [] }
    var buffer = [UInt8](repeating: 0, count: Self.bufferLength)
    var events: [Event] = []
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { all in
        // SAFETY: read(2) writes at most as many bytes as there are.
        unsafe Glibc.read(number, all.baseAddress, all.count)
      }
      guard count > 0 else { return events }
      read(buffer[..<count], into: &events)
    }
  }

  /// Reads `struct inotify_event`: watch, mask, cookie, length of the name, name with NULs.
  private func read(_ bytes: ArraySlice<UInt8>, into events: inout [Event]) {
    var rest = bytes
    while rest.count >= Self.headLength {
      let head = Array(rest.prefix(Self.headLength))
      let watch = CInt(bitPattern: word(head, at: 0))
      let (mask, length) = (word(head, at: 4), Int(word(head, at: 12)))
      let name = Array(rest.dropFirst(Self.headLength).prefix(length).prefix { $0 != 0 })
      rest = rest.dropFirst(Self.headLength + length)
      if let event = event(watch: watch, mask: mask, name: name) { events.append(event) }
    }
  }

  private func word(_ bytes: [UInt8], at offset: Int) -> UInt32 {
    // The kernel's byte order, which is little on every machine that is supported.
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  private func event(watch: CInt, mask: UInt32, name: [UInt8]) -> Event? {
    if mask & UInt32(IN_Q_OVERFLOW) != 0 { return .lost }
    if mask & UInt32(IN_IGNORED) != 0 {
      paths[watch] = nil
      return nil
    }
    guard let folder = paths[watch], !name.isEmpty else { return nil }
    let path = folder.appending(name)
    if mask & UInt32(IN_MOVED_FROM | IN_DELETE) != 0 { return .gone(path) }
    if mask & UInt32(IN_ISDIR) != 0 { return .directory(path) }
    if mask & UInt32(IN_CLOSE_WRITE | IN_MOVED_TO) != 0 { return .changed(path) }
    return mask & UInt32(IN_MODIFY) != 0 ? .growing(path) : nil
  }
}
