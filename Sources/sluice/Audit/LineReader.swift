internal import SluiceFilter

/// Reads lines of any length.
struct LineReader: ~Copyable {
  private var source: Descriptor
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtEnd = false

  init(_ source: consuming Descriptor) {
    self.source = source
  }

  /// The next line without its end; nil behind the last one.
  mutating func next() throws(IOError) -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      searched = buffer.count
      if isAtEnd {
        defer { start = buffer.count }
        return start < buffer.count ? Array(buffer[start...]) : nil
      }
      if start > 0 {
        buffer.removeFirst(start)
        searched -= start
        start = 0
      }
      let before = buffer.count
      try buffer.append(addingCapacity: 64 * 1024) {
        (free: inout OutputSpan<UInt8>) throws(IOError) in
        _ = try source.read(into: &free)
      }
      isAtEnd = buffer.count == before
    }
  }
}
