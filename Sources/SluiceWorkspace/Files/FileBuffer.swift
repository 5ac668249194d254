internal import CLinux
internal import Glibc

/// The part of a document that is in memory; one mapping that every document of a worker reuses.
///
/// Of fixed size (G5), and left out of core dumps, because secrets pass through it (G3). Offsets
/// count on from document to document, as one scanner sees them.
@safe struct FileBuffer: ~Copyable {
  private let base: UnsafeMutablePointer<UInt8>
  let capacity: Int
  /// The bytes in use, as offsets from `base`.
  private var used: Range<Int> = 0..<0
  /// Offset of the first byte in use.
  private(set) var origin: UInt64 = 0

  init(capacity: Int) {
    let page = Int(sysconf(CInt(_SC_PAGESIZE)))
    self.capacity = (capacity + page - 1) / page * page
    guard
      let mapped = unsafe mmap(
        nil, self.capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe mapped != MAP_FAILED
    else { preconditionFailure("out of memory for a document's buffer") }
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(self.capacity))
    unsafe base = mapped.assumingMemoryBound(to: UInt8.self)
  }

  deinit {
    _ = unsafe munmap(base, capacity)
  }

  /// The bytes in use.
  var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `used` lies within the mapping, and the span cannot outlive the borrow of `self`.
      let span = unsafe Span(
        _unsafeStart: UnsafePointer(base + used.lowerBound), count: used.count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Offset behind the last byte in use.
  var end: UInt64 { origin + UInt64(used.count) }

  /// Where an offset lies in `bytes`.
  func index(of offset: UInt64) -> Int { Int(offset - origin) }

  /// Forgets all bytes; the next one is the first of a document.
  mutating func restart() {
    origin = end
    used = 0..<0
  }

  /// Forgets all bytes as if they had never been; only before they were scanned.
  mutating func discard() { used = used.lowerBound..<used.lowerBound }

  /// Reads once and appends what comes.
  ///
  /// - Parameters:
  ///   - file: read from where the last read ended.
  ///   - limit: most bytes to read.
  /// - Returns: how many bytes came; 0 at the end of the file.
  /// - Throws: `FileError`.
  mutating func fill(
    from file: inout OpenFile, atMost limit: Int
  ) throws(FileError) -> Int {
    makeRoom(for: limit)
    let room = min(limit, capacity - used.upperBound)
    precondition(room > 0, "more bytes are held than the buffer was made for")
    // SAFETY: the room lies behind the bytes in use and within the mapping.
    let buffer = unsafe UnsafeMutableBufferPointer(start: base + used.upperBound, count: room)
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    _ = try file.read(into: &output)
    let count = unsafe output.finalize(for: buffer)
    used = used.lowerBound..<used.upperBound + count
    return count
  }

  /// Appends bytes; there must be room for them.
  mutating func append(_ bytes: Span<UInt8>) {
    makeRoom(for: bytes.count)
    precondition(bytes.count <= capacity - used.upperBound, "no room in the document's buffer")
    unsafe bytes.withUnsafeBufferPointer { source in
      // SAFETY: the room was checked, and `source` lies outside of this mapping.
      guard let start = source.baseAddress else { return }
      unsafe memcpy(base + used.upperBound, start, source.count)
    }
    used = used.lowerBound..<used.upperBound + bytes.count
  }

  /// Forgets the bytes before `mark`.
  mutating func release(through mark: UInt64) {
    guard mark > origin else { return }
    let drop = Int(mark - origin)
    used = used.lowerBound + drop..<used.upperBound
    origin = mark
  }

  private mutating func makeRoom(for count: Int) {
    if used.isEmpty { used = 0..<0 }
    guard capacity - used.upperBound < count, used.lowerBound > 0 else { return }
    // SAFETY: source and target lie within the mapping; memmove allows them to overlap.
    unsafe memmove(base, base + used.lowerBound, used.count)
    used = 0..<used.count
  }
}

extension RawSpan {
  /// The bytes as an array.
  func copied() -> [UInt8] {
    // SAFETY: the buffer is read within the call only.
    unsafe withUnsafeBytes { unsafe Array($0) }
  }
}
