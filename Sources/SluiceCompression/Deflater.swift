internal import CZlib

/// Packs bytes as one member of gzip (RFC 1952), piece by piece.
@safe final class Deflater {
  private static var blockLength: Int { 64 * 1024 }

  // zlib's state points back to it: it must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe sluice_deflate_start(stream)
    precondition(status == Z_OK, "zlib cannot start")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Packs bytes, and all that waits if they are the last.
  ///
  /// - Parameters:
  ///   - bytes: at most 4 GiB.
  ///   - isFinal: whether the member ends with them.
  ///   - emit: gets what was packed, in pieces.
  /// - Throws: what `emit` throws.
  func pack<Failure: Error>(
    _ bytes: Span<UInt8>, isFinal: Bool, emit: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var left = bytes.count
    while true {
      var isDone = false
      let packed = unsafe [UInt8](unsafeUninitializedCapacity: Self.blockLength) { block, count in
        unsafe bytes.withUnsafeBufferPointer { all in
          // SAFETY: zlib reads `avail_in` bytes from `next_in`, which it does not change, and
          // writes at most `avail_out` bytes to `next_out`; it keeps neither pointer.
          let rest = unsafe UnsafeBufferPointer(rebasing: all[(all.count - left)...])
          unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: rest.baseAddress)
          unsafe stream.pointee.avail_in = UInt32(clamping: rest.count)
          unsafe stream.pointee.next_out = block.baseAddress
          unsafe stream.pointee.avail_out = UInt32(block.count)
          let given = unsafe stream.pointee.avail_in
          let status = unsafe deflate(stream, isFinal ? Z_FINISH : Z_NO_FLUSH)
          left -= unsafe Int(given - stream.pointee.avail_in)
          count = unsafe block.count - Int(stream.pointee.avail_out)
          isDone =
            isFinal
            ? status == Z_STREAM_END : left == 0 && (unsafe stream.pointee.avail_out) > 0
        }
      }
      if !packed.isEmpty { try emit(packed) }
      if isDone { return }
    }
  }
}
