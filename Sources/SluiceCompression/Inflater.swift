internal import CZlib

/// Unpacks gzip (RFC 1952) piece by piece, all members of a file one after the other.
@safe final class Inflater {
  /// What is there is no gzip, or damaged.
  struct Damage: Error {}

  // zlib's state points back to it: it must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: [UInt8] = []
  /// How much of `input` was taken.
  private var taken = 0
  /// A member has begun and not ended.
  private(set) var isInside = false
  private var isFirst = true

  init() {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe sluice_inflate_start(stream)
    precondition(status == Z_OK, "zlib cannot start")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Whether all that was given was taken.
  var needsInput: Bool { taken == input.count }

  /// Gives it more to unpack; what was given before must have been taken.
  func give(_ bytes: [UInt8]) {
    input = bytes
    taken = 0
  }

  /// Appends what can be unpacked, as far as there is room.
  ///
  /// - Throws: `Damage`.
  func unpack(into output: inout OutputSpan<UInt8>) throws(Damage) {
    if !isInside {
      // gzip(1): zeros may follow the last member, which some devices pad files with.
      while !isFirst, taken < input.count, input[taken] == 0 { taken += 1 }
      guard taken < input.count else { return }
      unsafe inflateReset(stream)
      isInside = true
      isFirst = false
    }
    let from = taken
    let status = unsafe input.withUnsafeMutableBufferPointer { bytes in
      unsafe output.withUnsafeMutableBufferPointer { storage, filled in
        // SAFETY: zlib reads `avail_in` bytes from `next_in` and writes at most `avail_out` bytes
        // to `next_out`; both lie within the buffers, and it keeps neither pointer.
        let rest = unsafe UnsafeMutableBufferPointer(rebasing: bytes[from...])
        let free = unsafe UnsafeMutableBufferPointer(rebasing: storage[filled...])
        unsafe stream.pointee.next_in = rest.baseAddress
        unsafe stream.pointee.avail_in = UInt32(clamping: rest.count)
        unsafe stream.pointee.next_out = free.baseAddress
        unsafe stream.pointee.avail_out = UInt32(clamping: free.count)
        let room = unsafe stream.pointee.avail_out
        let status = unsafe inflate(stream, Z_NO_FLUSH)
        filled += unsafe Int(room - stream.pointee.avail_out)
        return status
      }
    }
    taken = input.count - (unsafe Int(stream.pointee.avail_in))
    switch status {
    case Z_OK: break
    case Z_STREAM_END: isInside = false
    // No room, or no input: neither is an error.
    case Z_BUF_ERROR: break
    default: throw Damage()
    }
  }
}
