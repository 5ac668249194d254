internal import SluiceFilter

/// Bytes in memory as the input of a filter.
struct MemorySource: ByteSource {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func read(into buffer: inout OutputSpan<UInt8>) -> Int {
    let piece = rest.prefix(buffer.freeCapacity)
    for byte in piece { buffer.append(byte) }
    rest = rest.dropFirst(piece.count)
    return piece.count
  }
}

/// The output of a filter, kept in memory where its maker can read it afterwards.
struct MemorySink: ByteSink {
  final class Contents {
    fileprivate(set) var bytes: [UInt8] = []
  }

  let contents = Contents()

  mutating func write(_ bytes: Span<UInt8>) {
    for index in bytes.indices { contents.bytes.append(bytes[index]) }
  }
}
