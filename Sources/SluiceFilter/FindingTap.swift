/// Is shown each line of findings as it is made.
package typealias FindingObserver = @Sendable (_ line: Span<UInt8>) -> Void

/// Passes lines of findings on, and shows each to whoever acts on it.
package struct FindingTap<Output: ByteSink & ~Copyable>: ~Copyable, ByteSink {
  private var output: Output?
  private let observer: FindingObserver?

  /// - Parameters:
  ///   - output: gets what is written; nil: nobody does.
  ///   - observer: is shown each line, without its end, before it is written.
  package init(_ output: consuming Output?, observer: FindingObserver?) {
    self.output = output
    self.observer = observer
  }

  package mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    // What is to be done about a leak must not depend on whether its line can be written.
    if let observer {
      var start = 0
      for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
        observer(bytes.extracting(start..<index))
        start = index + 1
      }
    }
    guard var open = output.take() else { return }
    do throws(IOError) {
      try open.write(bytes)
    } catch {
      output = consume open
      throw error
    }
    output = consume open
  }
}
