internal import CLinux
internal import Glibc

/// Owns secret bytes and wipes them when their owner lets go.
///
/// They are lent out, never handed over (G3).
///
/// The bytes live on pages of their own: locked into memory where the limit allows it, left out
/// of core dumps and of forked processes, wiped before they are given back. The type has no `description`, no `==` and
/// no coding.
@safe package struct SecretBytes: ~Copyable, Sendable {
  private nonisolated(unsafe) let base: UnsafeMutableRawPointer
  private let pageBytes: Int
  /// Number of secret bytes.
  package let count: Int

  /// Makes room for `count` bytes and lets `fill` write them.
  ///
  /// - Parameters:
  ///   - count: the exact number of bytes that `fill` must write.
  ///   - fill: gets the zeroed memory.
  /// - Throws: what `fill` throws; the memory is wiped and released then too.
  package init<E: Error>(
    count: Int, filledBy fill: (inout OutputSpan<UInt8>) throws(E) -> Void
  ) throws(E) {
    let page = Int(sysconf(CInt(_SC_PAGESIZE)))
    pageBytes = max(1, (count + page - 1) / page) * page
    self.count = count
    guard
      let mapped = unsafe mmap(
        nil, pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe mapped != MAP_FAILED
    else { preconditionFailure("out of memory for a secret") }
    unsafe base = mapped
    // Locking may exceed RLIMIT_MEMLOCK; the secret is still wiped and left out of dumps then.
    _ = unsafe mlock(mapped, pageBytes)
    _ = unsafe sluice_leave_out_of_core_dump(mapped, UInt(pageBytes))
    _ = unsafe sluice_keep_from_forks(mapped, UInt(pageBytes))
    // SAFETY: the mapping is at least `count` bytes, ours alone, and zeroed.
    let buffer = unsafe UnsafeMutableBufferPointer(
      start: mapped.assumingMemoryBound(to: UInt8.self), count: count)
    var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
    try fill(&output)
    let written = unsafe output.finalize(for: buffer)
    precondition(written == count, "a secret must be filled completely")
  }

  package init(copying bytes: Span<UInt8>) {
    self.init(count: bytes.count) { output in
      for index in bytes.indices { output.append(bytes[index]) }
    }
  }

  deinit {
    // A plain memset before the pages go may be optimised away.
    unsafe explicit_bzero(base, pageBytes)
    _ = unsafe munmap(base, pageBytes)
  }

  package borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    // SAFETY: the mapping lives as long as `self`, which is borrowed for this call.
    let start = unsafe base.assumingMemoryBound(to: UInt8.self)
    return try body(unsafe Span(_unsafeElements: UnsafeBufferPointer(start: start, count: count)))
  }

  /// Lends the pages to a call that forks; only meanwhile do forked processes get a copy.
  ///
  /// - Parameter body: gets the first page and the length of all; the bytes are at the start.
  /// - Returns: what `body` returns.
  package borrowing func withForkedPages<R>(
    _ body: (_ start: UnsafeMutableRawPointer, _ length: Int) -> R
  ) -> R {
    _ = unsafe sluice_give_to_forks(base, UInt(pageBytes))
    defer { _ = unsafe sluice_keep_from_forks(base, UInt(pageBytes)) }
    return unsafe body(base, pageBytes)
  }
}
