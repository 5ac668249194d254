internal import CLinux
internal import Glibc

/// A decoded text, and where in the text before it each of its bytes comes from.
///
/// One mapping of fixed size (G5), left out of core dumps and wiped at the end, because secrets
/// pass through it (G3).
@safe package final class ViewText {
  package struct Origin: BitwiseCopyable {
    /// The bytes of the text before that this one was made of.
    package var start: UInt32
    package var end: UInt32
    /// How; empty for a byte that was only copied.
    package var encodings: Encodings
  }

  private struct State: BitwiseCopyable {
    var count = 0
    /// Bytes that were ever in use, and must be wiped: the rest of the mapping takes no memory.
    var dirty = 0
    /// Of something that left no byte behind: the next byte stands beside it.
    var touched: Encodings = []
    var encodings: Encodings = []
    var openStart: Int?
    var firstEscape: Int?
  }

  let capacity: Int
  private let text: UnsafeMutablePointer<UInt8>
  private let origins: UnsafeMutablePointer<Origin>
  /// PERF: not properties of the class, whose accesses would be checked at run time.
  private let state: UnsafeMutablePointer<State>

  package init(capacity: Int) {
    self.capacity = capacity
    guard
      let mapped = unsafe mmap(
        nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe mapped != MAP_FAILED
    else { preconditionFailure("out of memory for a decoded text") }
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(capacity))
    unsafe text = mapped.assumingMemoryBound(to: UInt8.self)
    unsafe origins = .allocate(capacity: capacity)
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: State())
  }

  deinit {
    unsafe explicit_bzero(text, max(state.pointee.dirty, count))
    _ = unsafe munmap(text, capacity)
    unsafe origins.deallocate()
    unsafe state.deallocate()
  }

  package var count: Int { unsafe state.pointee.count }

  /// All that was decoded.
  var encodings: Encodings { unsafe state.pointee.encodings }

  /// Where other bytes may stand once more is known of the text before; nil if nowhere.
  var openStart: Int? { unsafe state.pointee.openStart }

  /// Where the first escape of the text before began that was decoded; nil if none was.
  var firstEscape: Int? { unsafe state.pointee.firstEscape }

  func removeAll() {
    let dirty = unsafe max(state.pointee.dirty, count)
    unsafe state.pointee = State()
    unsafe state.pointee.dirty = dirty
  }

  /// All escapes of the text before are decoded from there on.
  func noteEscapes(from index: Int) { unsafe state.pointee.firstEscape = index }

  /// What follows depends on bytes that are not known yet.
  func markOpen() { unsafe state.pointee.openStart = openStart ?? count }

  /// Appends a byte; what does not fit is left out.
  func append(_ byte: UInt8, from start: Int, to end: Int, by kinds: Encodings) {
    let count = count
    guard count < capacity else { return }
    // SAFETY: `count` is below the capacity of both.
    unsafe text[count] = byte
    unsafe origins[count] = Origin(
      start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
      encodings: kinds.union(state.pointee.touched))
    unsafe state.pointee.count = count &+ 1
    unsafe state.pointee.touched = []
    unsafe state.pointee.encodings.formUnion(kinds)
  }

  /// Appends a byte that is no part of an encoding.
  func copy(_ byte: UInt8, at index: Int) {
    append(byte, from: index, to: index &+ 1, by: [])
  }

  /// Appends bytes that are no part of an encoding; what does not fit is left out.
  func copy(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    copy(bytes[range.lowerBound], at: range.lowerBound)
    let count = count
    let first = range.lowerBound + 1
    let length = min(range.upperBound - first, capacity - count)
    guard length > 0 else { return }
    let source = bytes.extracting(first..<first + length)
    for offset in source.indices {
      // SAFETY: `count + length` is at most the capacity of both.
      unsafe text[count &+ offset] = source[offset]
      let index = UInt32(truncatingIfNeeded: first &+ offset)
      unsafe origins[count &+ offset] = Origin(start: index, end: index &+ 1, encodings: [])
    }
    unsafe state.pointee.count = count + length
  }

  /// Something was left out here.
  func touch(_ kinds: Encodings) {
    unsafe state.pointee.touched.formUnion(kinds)
    unsafe state.pointee.encodings.formUnion(kinds)
  }

  package var bytes: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // SAFETY: `count` bytes were written, and the mapping lives as long as `self`.
      let span = unsafe Span(_unsafeStart: UnsafePointer(text), count: count)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  package func origin(at index: Int) -> Origin {
    precondition(index >= 0 && index < count, "no such byte in the decoded text")
    return unsafe origins[index]
  }

  /// Where a part of the text comes from.
  func origin(of range: Range<Int>) -> Range<Int> {
    let first = origin(at: range.lowerBound)
    let last = origin(at: range.upperBound - 1)
    return Int(first.start)..<max(Int(first.start), Int(last.end))
  }

  /// What was decoded among these bytes.
  func encodings(in range: Range<Int>) -> Encodings {
    var kinds: Encodings = []
    for index in range.clamped(to: 0..<count) { unsafe kinds.formUnion(origins[index].encodings) }
    return kinds
  }
}
