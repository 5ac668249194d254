/// Which bytes of a record each byte of a text that was decoded from it comes from.
///
/// Alternating runs that were copied and escapes that were replaced; an escape is never split.
struct TextMap {
  private struct Segment: BitwiseCopyable {
    let text: Int
    let record: Int
    let isEscape: Bool
  }

  private var segments: [Segment] = []
  private var recordEnd = 0
  /// Bytes of the text so far.
  private(set) var count = 0

  init() { segments.reserveCapacity(64) }

  mutating func removeAll(recordEnd: Int) {
    segments.removeAll(keepingCapacity: true)
    count = 0
    self.recordEnd = recordEnd
  }

  /// `length` bytes of text come from the bytes of the record from `start` on.
  mutating func add(_ length: Int, from start: Int, isEscape: Bool) {
    guard length > 0 else { return }
    segments.append(Segment(text: count, record: start, isEscape: isEscape))
    count += length
  }

  /// The bytes of the record that a range of the text stands for.
  func record(_ range: Range<Int>) -> Range<Int> {
    guard !range.isEmpty, !segments.isEmpty else { return recordEnd..<recordEnd }
    let first = place(of: range.lowerBound)
    let last = place(of: range.upperBound - 1)
    let start = segments[first]
    let end = segments[last]
    let lower = start.isEscape ? start.record : start.record + range.lowerBound - start.text
    let upper =
      end.isEscape
      ? (last + 1 < segments.count ? segments[last + 1].record : recordEnd)
      : end.record + range.upperBound - end.text
    return lower..<upper
  }

  private func place(of offset: Int) -> Int {
    var low = 0
    var high = segments.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if segments[middle].text <= offset { low = middle } else { high = middle }
    }
    return low
  }
}
