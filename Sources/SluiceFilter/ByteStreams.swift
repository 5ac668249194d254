internal import Glibc
package import SluiceCrypto

/// Where a filter reads from.
package protocol ByteSource: ~Copyable {
  /// Appends at least one byte, waiting for it if need be.
  ///
  /// - Returns: how many; 0 at the end of the stream.
  mutating func read(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int

  /// The same, but returns nil, with nothing read, when an order arrives while it waits.
  mutating func readOrBreak(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int?

  /// Waits until a read would not wait.
  mutating func wait(milliseconds: Int) throws(IOError) -> Readiness

  /// How many bytes are there to be read without waiting, as far as the source can tell.
  var unreadBytes: Int { get }
}

/// What ended a wait for input.
package enum Readiness: Sendable {
  case ready, timeout, interrupted
}

extension ByteSource where Self: ~Copyable {
  package mutating func readOrBreak(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int? {
    try read(into: &buffer)
  }

  package mutating func wait(milliseconds: Int) throws(IOError) -> Readiness { .ready }

  package var unreadBytes: Int { 0 }
}

/// Where a filter writes to.
package protocol ByteSink: ~Copyable {
  /// Writes all of `bytes`, waiting if need be.
  mutating func write(_ bytes: Span<UInt8>) throws(IOError)
}

/// A Unix file descriptor as source or sink: EINTR, short counts and non-blocking descriptors
/// are dealt with here and nowhere else.
package struct Descriptor: ~Copyable, ByteSource, ByteSink {
  package let number: CInt
  private let name: String
  private let isOwned: Bool
  /// Whether a signal ends the wait of `readOrBreak`.
  package var heedsSignals = false

  /// Borrows a descriptor that is open already; it stays open.
  ///
  /// - Parameters:
  ///   - number: the descriptor.
  ///   - name: what error messages call it.
  package init(borrowing number: CInt, named name: String) {
    self.number = number
    self.name = name
    isOwned = false
  }

  private init(owning number: CInt, named name: String) {
    self.number = number
    self.name = name
    isOwned = true
  }

  deinit {
    if isOwned { _ = close(number) }
  }

  /// Opens a file for reading.
  ///
  /// - Throws: `IOError`; a directory fails with EISDIR.
  package static func reading(path: String) throws(IOError) -> Descriptor {
    let descriptor = Descriptor(
      owning: try open(path, flags: O_RDONLY | O_CLOEXEC), named: "'\(path)'")
    guard try descriptor.status().st_mode & S_IFMT != S_IFDIR else {
      throw IOError(.read, "'\(path)'", code: EISDIR)
    }
    return descriptor
  }

  /// Opens a file for writing; what it holds stays until `empty()`.
  ///
  /// It is created if need be, with the permissions that the umask leaves of 0666.
  package static func writing(path: String) throws(IOError) -> Descriptor {
    Descriptor(
      owning: try open(path, flags: O_WRONLY | O_CREAT | O_CLOEXEC), named: "'\(path)'")
  }

  /// Removes the content of a regular file that this value opened; leaves anything else alone.
  package func empty() throws(IOError) {
    guard isOwned, try status().st_mode & S_IFMT == S_IFREG else { return }
    guard ftruncate(number, 0) == 0 else { throw IOError(.write, name, code: errno) }
  }

  /// Refuses to write what is being read, or one file twice.
  ///
  /// - Parameters:
  ///   - other: the file that must be another one.
  ///   - role: what `other` is, for the message: `the input`.
  /// - Throws: `IOError` with EINVAL if both are the same regular file.
  package func requireOther(
    than other: borrowing Descriptor, _ role: String
  ) throws(IOError) {
    let (left, right) = (try status(), try other.status())
    // Two writers of a terminal or of /dev/null do no harm.
    guard left.st_mode & S_IFMT != S_IFCHR else { return }
    guard left.st_dev != right.st_dev || left.st_ino != right.st_ino else {
      throw IOError(.write, "\(name), which is \(role)", code: EINVAL)
    }
  }

  /// Opens a file to be written at its end, whoever else writes it too.
  ///
  /// It is created if need be, readable by its owner alone.
  package static func appending(path: String) throws(IOError) -> Descriptor {
    Descriptor(
      owning: try open(path, flags: O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, mode: 0o600),
      named: "'\(path)'")
  }

  /// Gives a file another name, in place of the file that had it.
  package static func rename(_ path: String, to name: String) throws(IOError) {
    guard unsafe Glibc.rename(path, name) == 0 else {
      throw IOError(.write, "'\(name)'", code: errno)
    }
  }

  /// Whether `path` still names the file that is open; false if it was moved away or removed.
  package func isStill(at path: String) -> Bool {
    var named = stat()
    guard unsafe stat(path, &named) == 0, let own = try? status() else { return false }
    return named.st_dev == own.st_dev && named.st_ino == own.st_ino
  }

  /// Bytes of a regular file behind the place where it is read; nil for anything else.
  package var restOfFile: Int? {
    guard let status = try? status(), status.st_mode & S_IFMT == S_IFREG else { return nil }
    return max(0, Int(status.st_size) - lseek(number, 0, SEEK_CUR))
  }

  /// What a pipe, a socket or a terminal has ready; 0 for a file, which nobody is waiting to write.
  package var unreadBytes: Int {
    guard restOfFile == nil else { return 0 }
    var count: CInt = 0
    // SAFETY: FIONREAD stores an int.
    guard unsafe ioctl(number, UInt(FIONREAD), &count) == 0 else { return 0 }
    return Int(count)
  }

  private static func open(
    _ path: String, flags: CInt, mode: mode_t = 0o666
  ) throws(IOError) -> CInt {
    while true {
      let number = unsafe Glibc.open(path, flags, mode)
      if number >= 0 { return number }
      guard errno == EINTR else { throw IOError(.open, "'\(path)'", code: errno) }
    }
  }

  /// Whether a regular file can be read or written by others than its owner.
  package func isOpenToOthers() throws(IOError) -> Bool {
    let mode = try status().st_mode
    return mode & S_IFMT == S_IFREG && mode & 0o077 != 0
  }

  /// Asks for room for 1 MB if the descriptor is a pipe.
  ///
  /// Reader and writer then take turns less often. The kernel may give less; nothing depends on it.
  package func enlargePipe() {
    _ = fcntl(number, setPipeSizeCommand, CInt(1 << 20))
  }

  private func status() throws(IOError) -> stat {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw IOError(.open, name, code: errno) }
    return status
  }

  package mutating func read(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int {
    while true {
      if let count = try readOrBreak(into: &buffer) { return count }
    }
  }

  package mutating func readOrBreak(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int? {
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
      let wasInterrupted = try waitAfterFailure(.read, for: Int16(POLLIN))
      if wasInterrupted && heedsSignals { return nil }
    }
  }

  package mutating func wait(milliseconds: Int) throws(IOError) -> Readiness {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    let count = unsafe poll(&request, 1, CInt(clamping: milliseconds))
    if count == 0 { return .timeout }
    // Whatever else went wrong, the read that follows says so.
    return count < 0 && errno == EINTR ? .interrupted : .ready
  }

  package mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBufferPointer { all in
        // SAFETY: `written` is below the count, so the address lies within the buffer.
        let rest = unsafe UnsafeBufferPointer(rebasing: all[written...])
        return unsafe Glibc.write(number, rest.baseAddress, rest.count)
      }
      if count >= 0 {
        written += count
      } else {
        _ = try waitAfterFailure(.write, for: Int16(POLLOUT))
      }
    }
  }

  /// Returns when the call that failed may be repeated, throws when it may not.
  ///
  /// - Returns: whether a signal ended it.
  private func waitAfterFailure(
    _ operation: IOError.Operation, for event: Int16
  ) throws(IOError) -> Bool {
    let code = errno
    switch code {
    case EINTR: return true
    case EAGAIN:
      var request = pollfd(fd: number, events: event, revents: 0)
      // A failed poll leads back to the call, which says what is wrong.
      return unsafe poll(&request, 1, -1) < 0 && errno == EINTR
    default: throw IOError(operation, name, code: code)
    }
  }
}

extension Descriptor {
  /// Everything up to the end, for small files.
  ///
  /// - Throws: `IOError` with EFBIG if there are more than `limit` bytes.
  package mutating func readAll(limit: Int) throws(IOError) -> [UInt8] {
    var bytes: [UInt8] = []
    while true {
      guard bytes.count <= limit else { throw IOError(.read, name, code: EFBIG) }
      let before = bytes.count
      try bytes.append(addingCapacity: 64 * 1024) {
        (free: inout OutputSpan<UInt8>) throws(IOError) in
        _ = try read(into: &free)
      }
      if bytes.count == before { return bytes }
    }
  }

  /// The content of a key file, in memory that is wiped.
  ///
  /// - Parameters:
  ///   - limit: the memory that is set aside for it.
  ///   - isExact: keeps the line end that editors and `openssl rand -hex` leave behind it.
  /// - Returns: all up to the end.
  /// - Throws: `IOError` with EFBIG if there are `limit` bytes or more.
  package mutating func readSecret(
    limit: Int, isExact: Bool = false
  ) throws(IOError) -> SecretBytes {
    var length = 0
    let raw = try SecretBytes(count: limit) { (output: inout OutputSpan<UInt8>) throws(IOError) in
      while !output.isFull, try read(into: &output) > 0 {}
      length = output.count
      while !output.isFull { output.append(0) }
    }
    guard length < limit else { throw IOError(.read, name, code: EFBIG) }
    return raw.withBytes { bytes in
      while !isExact, length > 0,
        bytes[length - 1] == UInt8(ascii: "\n") || bytes[length - 1] == UInt8(ascii: "\r")
      { length -= 1 }
      return SecretBytes(copying: bytes.extracting(0..<length))
    }
  }
}

/// `F_SETPIPE_SZ` of fcntl(2), which the Glibc overlay lacks.
private let setPipeSizeCommand: CInt = 1031

/// What the system says about an `errno`.
func systemMessage(for code: CInt) -> String {
  // SAFETY: strerror(3) returns a C string that stays valid until the next call; it is copied.
  unsafe String(cString: strerror(code))
}
