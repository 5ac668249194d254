import Glibc

/// CPU time of this thread.
///
/// Waiting does not count, and neither does what others do meanwhile.
func threadNanoseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// A whole file in memory of its own, every page of it touched.
struct FileBytes: ~Copyable {
  /// A file that could not be read.
  struct Failure: Error, CustomStringConvertible {
    let path: String
    let code: CInt
    var description: String { "'\(path)': \(String(cString: strerror(code)))" }
  }

  private let base: UnsafeMutablePointer<UInt8>
  let count: Int

  init(path: String) throws(Failure) {
    let file = try Self.open(path)
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(path: path, code: errno) }
    let count = Int(status.st_size)
    let base = UnsafeMutablePointer<UInt8>.allocate(capacity: max(count, 1))
    var filled = 0
    while filled < count {
      // SAFETY: `filled` is below the count, so the address and the length lie within `base`.
      let length = read(file, base + filled, count - filled)
      guard length > 0 else {
        base.deallocate()
        throw Failure(path: path, code: length < 0 ? errno : EIO)
      }
      filled += length
    }
    self.base = base
    self.count = count
  }

  private init(copying pieces: [UnsafeBufferPointer<UInt8>]) {
    count = pieces.reduce(0) { $0 + $1.count }
    base = .allocate(capacity: max(count, 1))
    var filled = 0
    for piece in pieces {
      guard let start = piece.baseAddress else { continue }
      // SAFETY: the capacity is the sum of all counts.
      (base + filled).initialize(from: start, count: piece.count)
      filled += piece.count
    }
  }

  deinit { base.deallocate() }

  var span: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `base` holds `count` bytes for as long as `self` lives.
      let span = Span(_unsafeStart: UnsafePointer(base), count: count)
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Pieces from all over the file, `length` bytes together; the whole file if it is shorter.
  func sample(ofLength length: Int) -> FileBytes {
    let pieces = count <= length ? 1 : 16
    let pieceLength = min(length, count) / pieces
    return FileBytes(
      copying: (0..<pieces).map { piece in
        UnsafeBufferPointer(start: base + count / pieces * piece, count: pieceLength)
      })
  }

  /// Finds every line end with `memchr`: the least a line-oriented filter can do.
  func countLines(into lines: inout Int) -> UInt64 {
    let start = threadNanoseconds()
    var found = 0
    var offset = 0
    // SAFETY: `offset` never exceeds `count`.
    while let hit = memchr(base + offset, CInt(UInt8(ascii: "\n")), count - offset) {
      found += 1
      offset = UnsafeRawPointer(hit) - UnsafeRawPointer(base) + 1
    }
    lines = found
    return threadNanoseconds() - start
  }

  /// Reads the file to its end into one buffer of `block` bytes.
  static func readThrough(path: String, block: Int) throws(Failure) -> UInt64 {
    let file = try open(path)
    defer { close(file) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: block, alignment: 4096)
    defer { buffer.deallocate() }
    let start = threadNanoseconds()
    while true {
      let length = read(file, buffer, block)
      guard length >= 0 else { throw Failure(path: path, code: errno) }
      if length == 0 { return threadNanoseconds() - start }
    }
  }

  private static func open(_ path: String) throws(Failure) -> CInt {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(path: path, code: errno) }
    return file
  }
}
