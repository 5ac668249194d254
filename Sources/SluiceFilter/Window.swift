internal import CLinux
internal import Glibc

/// The part of the stream that is in memory: some settled bytes as context, then everything that
/// is not settled.
///
/// One mapping of fixed size (G5), left out of core dumps because secrets pass through it (G3).
/// New bytes are appended; when the room behind them is used up, what is still needed moves to the
/// front. That is a few bytes a block, unless a secret is being held.
@safe package struct Window: ~Copyable {
  private var base: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private let blockLength: Int
  /// The bytes in use, as offsets from `base`.
  private var used: Range<Int> = 0..<0 {
    didSet { dirty = max(dirty, used.upperBound) }
  }
  /// Bytes that were ever in use, and must be wiped: the rest of the mapping takes no memory.
  private var dirty = 0
  /// Offset in the stream of the first byte in use.
  package private(set) var origin: UInt64 = 0

  /// - Parameters:
  ///   - held: most bytes that are ever kept while more are read.
  ///   - block: bytes asked for with each read.
  package init(held: Int, block: Int) {
    blockLength = block
    capacity = Self.capacity(held: held, block: block)
    unsafe base = Self.map(capacity)
  }

  deinit { unsafe Self.unmap(base, capacity, wiping: dirty) }

  private static func capacity(held: Int, block: Int) -> Int {
    let page = Int(sysconf(CInt(_SC_PAGESIZE)))
    return (held + 2 * block + page - 1) / page * page
  }

  private static func map(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    guard
      let mapped = unsafe mmap(
        nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe mapped != MAP_FAILED
    else { preconditionFailure("out of memory for the stream's window") }
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(capacity))
    return unsafe mapped.assumingMemoryBound(to: UInt8.self)
  }

  private static func unmap(
    _ base: UnsafeMutablePointer<UInt8>, _ capacity: Int, wiping dirty: Int
  ) {
    unsafe explicit_bzero(base, dirty)
    _ = unsafe munmap(base, capacity)
  }

  /// Makes room for more, where other rules need it; keeps what is in use.
  package mutating func reserve(held: Int) {
    let wanted = Self.capacity(held: held, block: blockLength)
    guard wanted > capacity else { return }
    let moved = unsafe Self.map(wanted)
    // SAFETY: the new mapping is larger than the bytes in use, and is another one.
    unsafe moved.update(from: base + used.lowerBound, count: used.count)
    unsafe Self.unmap(base, capacity, wiping: dirty)
    unsafe base = moved
    capacity = wanted
    dirty = 0
    used = 0..<used.count
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
  /// - Parameters:
  ///   - source: what is read.
  ///   - most: the most that is read.
  /// - Returns: how many bytes came; 0 at the end of the stream; nil if an order arrived first.
  /// - Throws: what the source throws.
  package mutating func fill<Source: ByteSource & ~Copyable>(
    from source: inout Source, atMost most: Int = .max
  ) throws(IOError) -> Int? {
    if capacity - used.upperBound < blockLength {
      // SAFETY: source and target lie within the mapping; memmove allows them to overlap.
      unsafe memmove(base, base + used.lowerBound, used.count)
      used = 0..<used.count
    }
    let room = min(blockLength, capacity - used.upperBound, most)
    precondition(room > 0, "more bytes are held than the window was made for")
    // SAFETY: the room lies behind the bytes in use and within the mapping.
    let buffer = unsafe UnsafeMutableBufferPointer(start: base + used.upperBound, count: room)
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    let read: Int?
    do {
      read = try source.readOrBreak(into: &output)
    } catch {
      // A source that fails while it unpacks may have written something.
      dirty = max(dirty, used.upperBound + room)
      throw error
    }
    let count = unsafe output.finalize(for: buffer)
    used = used.lowerBound..<used.upperBound + count
    return read == nil ? nil : count
  }

  /// Appends bytes that were not read from a source; makes more room if there is none.
  mutating func append(_ bytes: Span<UInt8>) {
    makeRoom(for: bytes.count)
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      // SAFETY: there is room for as many bytes behind those in use; no span of ours is `bytes`.
      unsafe (base + used.upperBound).update(from: start, count: source.count)
    }
    used = used.lowerBound..<used.upperBound + bytes.count
  }

  mutating func append(_ byte: UInt8) {
    makeRoom(for: 1)
    // SAFETY: there is room for one byte behind those in use.
    unsafe base[used.upperBound] = byte
    used = used.lowerBound..<used.upperBound + 1
  }

  /// Forgets everything and begins another text.
  mutating func removeAll() {
    used = 0..<0
    origin = 0
  }

  private mutating func makeRoom(for count: Int) {
    guard capacity - used.upperBound < count else { return }
    if capacity - used.count < count {
      reserve(held: 2 * (used.count + count))
    } else {
      // SAFETY: source and target lie within the mapping; memmove allows them to overlap.
      unsafe memmove(base, base + used.lowerBound, used.count)
      used = 0..<used.count
    }
  }

  /// Forgets the bytes before `mark`, except the last `context` of them.
  package mutating func release(through mark: UInt64, keeping context: Int) {
    let settled = Int(mark - origin)
    let drop = max(0, settled - context)
    used = used.lowerBound + drop..<used.upperBound
    origin += UInt64(drop)
  }
}
