/// The bytes of a pipe or a device, the first of which were read already.
final class ArchiveStream {
  private var first: BytesAhead
  private var file: OpenFile

  /// - Parameters:
  ///   - first: what was read.
  ///   - descriptor: gives what follows; stays open.
  ///   - path: what messages call it.
  init(first: BytesAhead, descriptor: CInt, path: WorkspacePath) {
    self.first = first
    file = OpenFile(borrowing: descriptor, path: path)
  }

  /// Gives the next bytes; 0 at the end.
  func read(into output: inout OutputSpan<UInt8>) throws(FileError) -> Int {
    first.isEmpty ? try file.read(into: &output) : first.take(into: &output)
  }
}
