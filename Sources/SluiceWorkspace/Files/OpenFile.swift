internal import Glibc

/// A file that is open for reading; closed when its owner lets go.
struct OpenFile: ~Copyable {
  enum Kind: Sendable {
    case regular, directory, other
  }

  /// For reading by others; stays this value's own.
  let number: CInt
  private let isOwned: Bool
  let path: WorkspacePath
  let kind: Kind
  /// In bytes; means nothing for what is no regular file.
  let size: UInt64
  /// Names of the file.
  let links: Int
  /// When its content changed last.
  let changed: timespec
  /// Was read of a stream and given back.
  private var unread = BytesAhead()

  /// Opens what the user named: links are followed, and pipes and devices are read.
  static func named(_ path: WorkspacePath) throws(FileError) -> OpenFile {
    try OpenFile(path, flags: O_RDONLY | O_CLOEXEC)
  }

  /// Opens what a walk came across: no links, and never waiting for a pipe's other end.
  static func found(_ path: WorkspacePath) throws(FileError) -> OpenFile {
    try OpenFile(path, flags: O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
  }

  /// Borrows standard input.
  static var standardInput: OpenFile {
    OpenFile(borrowing: STDIN_FILENO, path: .standardInput)
  }

  /// Borrows a descriptor that stays open.
  init(borrowing number: CInt, path: WorkspacePath) {
    self.number = number
    isOwned = false
    self.path = path
    kind = .other
    size = 0
    links = 1
    changed = timespec()
  }

  private init(_ path: WorkspacePath, flags: CInt) throws(FileError) {
    let name = path.bytes.map { CChar(bitPattern: $0) } + [0]
    var opened: CInt
    repeat {
      // SAFETY: `name` ends with a NUL; without O_CREAT no third argument is read.
      opened = unsafe Glibc.open(name, flags)
    } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw FileError(.open, path, code: errno) }
    var status = stat()
    guard unsafe fstat(opened, &status) == 0 else {
      let code = errno
      _ = close(opened)
      throw FileError(.open, path, code: code)
    }
    number = opened
    isOwned = true
    self.path = path
    size = UInt64(max(status.st_size, 0))
    links = Int(status.st_nlink)
    changed = status.st_mtim
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      default: .other
      }
  }

  fileprivate mutating func keepUnread(_ bytes: Span<UInt8>) {
    unread = BytesAhead(bytes.indices.map { bytes[$0] } + unread.bytes)
  }

  /// What was given back; whoever takes it reads on from `number`.
  mutating func takeUnread() -> BytesAhead {
    defer { unread = BytesAhead() }
    return unread
  }

  deinit {
    if isOwned { _ = close(number) }
  }

  /// Reads once; waits if need be.
  ///
  /// - Returns: how many bytes came; 0 at the end.
  mutating func read(into buffer: inout OutputSpan<UInt8>) throws(FileError) -> Int {
    guard unread.isEmpty else { return unread.take(into: &buffer) }
    while true {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { storage, filled in
        // SAFETY: the free part of the storage starts at `filled` and ends at its count; read(2)
        // initialises as many bytes as it returns.
        let free = unsafe UnsafeMutableBufferPointer(rebasing: storage[filled...])
        let count = unsafe Glibc.read(number, free.baseAddress, free.count)
        filled += max(count, 0)
        return count
      }
      if count >= 0 { return count }
      let code = errno
      guard code == EINTR || code == EAGAIN else { throw FileError(.read, path, code: code) }
      if code == EAGAIN {
        var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        // An interrupted or failed poll leads back to the read, which says what is wrong.
        _ = unsafe poll(&request, 1, -1)
      }
    }
  }
}

extension OpenFile {
  /// Gives back what was read last, so that it is read again.
  mutating func returnUnread(_ bytes: Span<UInt8>) {
    if kind == .regular, lseek(number, 0, SEEK_SET) == 0 { return }
    keepUnread(bytes)
  }

  /// Everything up to the end, for small files.
  ///
  /// - Throws: `FileError` with EFBIG if there are more than `limit` bytes.
  mutating func readAll(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      var count = 0
      try bytes.append(addingCapacity: 64 * 1024) {
        (free: inout OutputSpan<UInt8>) throws(FileError) in
        count = try read(into: &free)
      }
      if count == 0 { return bytes }
      guard bytes.count <= limit else { throw FileError(.read, path, code: EFBIG) }
    }
  }
}

/// What the system says about an `errno`.
func systemMessage(for code: CInt) -> String {
  // SAFETY: strerror(3) returns a C string that stays valid until the next call; it is copied.
  unsafe String(cString: strerror(code))
}
