package import SluiceFilter

/// A descriptor to write to, gzip'd if that is wanted: the façade of `SluiceCompression`, with
/// `PackedInput`.
///
/// A class: who writes to it through a filter must still be able to end it.
package final class PackedOutput {
  private var descriptor: Descriptor
  private var deflater: Deflater?

  package init(_ descriptor: consuming Descriptor, isPacked: Bool) {
    self.descriptor = descriptor
    deflater = isPacked ? Deflater() : nil
  }

  package func write(_ bytes: Span<UInt8>) throws(IOError) {
    guard let deflater else { return try descriptor.write(bytes) }
    try deflater.pack(bytes, isFinal: false) { (packed) throws(IOError) in
      try descriptor.write(packed.span)
    }
  }

  /// Writes everything up to the end of `source`, as it is.
  package func copy(all source: inout PackedInput) throws(IOError) {
    while true {
      var bytes: [UInt8] = []
      try bytes.append(addingCapacity: 64 * 1024) {
        (free: inout OutputSpan<UInt8>) throws(IOError) in
        _ = try source.read(into: &free)
      }
      guard !bytes.isEmpty else { return }
      try write(bytes.span)
    }
  }

  /// Writes what is left.
  ///
  /// Without it a file that is packed is cut off, and who unpacks it sees that.
  package func finish() throws(IOError) {
    guard let deflater else { return }
    try deflater.pack([UInt8]().span, isFinal: true) { (packed) throws(IOError) in
      try descriptor.write(packed.span)
    }
    self.deflater = nil
  }

  /// What a filter writes to.
  package var sink: Sink { Sink(output: self) }

  package struct Sink: ByteSink {
    let output: PackedOutput

    package mutating func write(_ bytes: Span<UInt8>) throws(IOError) { try output.write(bytes) }
  }
}
