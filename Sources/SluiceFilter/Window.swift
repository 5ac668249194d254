internal import CLinux
internal import Glibc

/// The part of the stream that is in memory: some settled bytes as context, then everything that
/// is not settled.
///
/// One mapping of fixed size (G5), left out of core dumps because secrets pass through it (G3).
/// New bytes are appended; when the room behind them is used up, what is still needed moves to the
/// front. That is a few bytes a block, unless a secret is being held.
@safe package struct Window: ~Copyable {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private let blockLength: Int
  /// The bytes in use, as offsets from `base`.
  private var used: Range<Int> = 0..<0
  /// Offset in the stream of the first byte in use.
  package private(set) var origin: UInt64 = 0

  /// - Parameters:
  ///   - held: most bytes that are ever kept while more are read.
  ///   - block: bytes asked for with each read.
  package init(held: Int, block: Int) {
    let page = Int(sysconf(CInt(_SC_PAGESIZE)))
    blockLength = block
    capacity = (held + 2 * block + page - 1) / page * page
    guard
      let mapped = unsafe mmap(
        nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe mapped != MAP_FAILED
    else { preconditionFailure("out of memory for the stream's window") }
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(capacity))
    unsafe base = mapped.assumingMemoryBound(to: UInt8.self)
  }

  deinit {
    unsafe explicit_bzero(base, capacity)
    _ = unsafe munmap(base, capacity)
  }

  /// The bytes in use.
  package var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `used` lies within the mapping, and the span cannot outlive the borrow of `self`.
      let span = unsafe Span(
        _unsafeStart: UnsafePointer(base + used.lowerBound), count: used.count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Reads once from `source` and appends what comes.
  ///
  /// - Returns: how many bytes came; 0 at the end of the stream.
  package mutating func fill<Source: ByteSource & ~Copyable>(
    from source: inout Source
  ) throws(IOError) -> Int {
    if capacity - used.upperBound < blockLength {
      // SAFETY: source and target lie within the mapping; memmove allows them to overlap.
      unsafe memmove(base, base + used.lowerBound, used.count)
      used = 0..<used.count
    }
    let room = min(blockLength, capacity - used.upperBound)
    precondition(room > 0, "more bytes are held than the window was made for")
    // SAFETY: the room lies behind the bytes in use and within the mapping.
    let buffer = unsafe UnsafeMutableBufferPointer(start: base + used.upperBound, count: room)
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    _ = try source.read(into: &output)
    let count = unsafe output.finalize(for: buffer)
    used = used.lowerBound..<used.upperBound + count
    return count
  }

  /// Forgets the bytes before `mark`, except the last `context` of them.
  package mutating func release(through mark: UInt64, keeping context: Int) {
    let settled = Int(mark - origin)
    let drop = max(0, settled - context)
    used = used.lowerBound + drop..<used.upperBound
    origin += UInt64(drop)
  }
}
