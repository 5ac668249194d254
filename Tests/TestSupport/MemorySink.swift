package import SluiceFilter

/// A sink that keeps what was written where the test can see it.
package struct MemorySink: ByteSink {
  /// What was written so far; shared, because a filter consumes its sinks.
  package final class Contents {
    package fileprivate(set) var bytes: [UInt8] = []
    /// The length of each write.
    package fileprivate(set) var writes: [Int] = []

    package init() {}

    /// The lines of `bytes`, without their ends.
    package var lines: [String] {
      bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  package let contents: Contents

  package init(_ contents: Contents = Contents()) { self.contents = contents }

  package mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    contents.bytes.reserveCapacity(contents.bytes.count + bytes.count)
    for index in bytes.indices { contents.bytes.append(bytes[index]) }
    contents.writes.append(bytes.count)
  }
}

/// A sink that takes `capacity` bytes and then fails, like a disk that is full.
package struct FailingSink: ByteSink {
  package let contents: MemorySink.Contents
  private let capacity: Int
  private let code: CInt

  /// - Parameters:
  ///   - capacity: bytes that are taken; the write that goes beyond is taken in part.
  ///   - code: the `errno` of the failure.
  ///   - contents: gets the bytes that were taken.
  package init(
    after capacity: Int, code: CInt, contents: MemorySink.Contents = MemorySink.Contents()
  ) {
    self.capacity = capacity
    self.code = code
    self.contents = contents
  }

  package mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    let room = min(bytes.count, capacity - contents.bytes.count)
    var sink = MemorySink(contents)
    try sink.write(bytes.extracting(first: room))
    guard room == bytes.count else { throw IOError(.write, "the failing sink", code: code) }
  }
}
