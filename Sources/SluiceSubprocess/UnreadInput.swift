package import Subprocess

/// Bytes for a program's standard input that it may leave unread.
///
/// swift-subprocess 1.0.2 ends the whole process ("FileDescriptor was not closed") when its own
/// `.array` cannot be written to the end, because the program ended before. What such a program
/// thought of its input is for its status and its output to say. The process must ignore SIGPIPE.
package struct UnreadInput: InputProtocol {
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package func write(with writer: StandardInputWriter) async throws {
    _ = try? await writer.write(bytes)
  }
}
