internal import Glibc
package import SluiceFilter

/// A descriptor to read from, unpacked if it is gzip'd.
package struct PackedInput: ~Copyable, ByteSource {
  private static var blockLength: Int { 64 * 1024 }

  package private(set) var descriptor: Descriptor
  private let name: String
  private let inflater: Inflater?

  /// - Parameters:
  ///   - descriptor: where the bytes come from.
  ///   - isPacked: whether they are gzip'd.
  ///   - name: what errors call it.
  package init(_ descriptor: consuming Descriptor, isPacked: Bool, named name: String) {
    self.descriptor = descriptor
    self.name = name
    inflater = isPacked ? Inflater() : nil
  }

  package mutating func read(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int {
    while true {
      if let count = try readOrBreak(into: &buffer) { return count }
    }
  }

  /// - Throws: `IOError`, with `IOError.damaged` if it is no gzip, or ends too early.
  package mutating func readOrBreak(into buffer: inout OutputSpan<UInt8>) throws(IOError) -> Int? {
    guard let inflater else {
      return try descriptor.readOrBreak(into: &buffer)
    }
    let before = buffer.count
    while true {
      do {
        try inflater.unpack(into: &buffer)
      } catch {
        throw IOError(.read, name, code: IOError.damaged)
      }
      if buffer.count > before { return buffer.count - before }
      guard inflater.needsInput else { continue }
      var block: [UInt8] = []
      var count: Int?
      try block.append(addingCapacity: Self.blockLength) {
        (free: inout OutputSpan<UInt8>) throws(IOError) in
        count = try descriptor.readOrBreak(into: &free)
      }
      guard let count else { return nil }
      guard count > 0 else {
        // Cut off: what it held is out, masked, but who reads it must know that it is not all.
        if inflater.isInside { throw IOError(.read, name, code: IOError.damaged) }
        return 0
      }
      inflater.give(block)
    }
  }

  package mutating func wait(milliseconds: Int) throws(IOError) -> Readiness {
    if let inflater, !inflater.needsInput { return .ready }
    return try descriptor.wait(milliseconds: milliseconds)
  }

  /// Of what is packed nobody can tell how much it is: an order to end is carried out at once.
  package var unreadBytes: Int { inflater == nil ? descriptor.unreadBytes : 0 }
}
