internal import SluiceScan

/// Follows the lines of a document.
struct LineCounter {
  /// Offset up to which line ends were counted.
  private var counted: UInt64
  /// From 1.
  private(set) var line = 1
  private var lineStart: UInt64

  init(at start: UInt64) {
    counted = start
    lineStart = start
  }

  /// From 1, in bytes; counts from the last line end before what was counted.
  func column(of offset: UInt64) -> Int { Int(offset - lineStart) + 1 }

  /// Counts up to `mark`, which lies in the buffer, as what was not counted does.
  mutating func count(in buffer: borrowing FileBuffer, through mark: UInt64) {
    guard mark > counted else { return }
    var rest = buffer.bytes.extracting(buffer.index(of: counted)..<buffer.index(of: mark))
    while let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += 1
      counted += UInt64(lineEnd) + 1
      lineStart = counted
      rest = rest.extracting((lineEnd + 1)...)
    }
    counted = mark
  }
}
