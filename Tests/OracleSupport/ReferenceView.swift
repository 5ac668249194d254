internal import SluiceScan

/// A text, and for each of its bytes the bytes of the stream that it was made of.
struct ReferenceView {
  var bytes: [UInt8] = []
  var origins: [Range<Int>] = []
  /// Whether the last step made the byte, or left something out before it.
  var isNew: [Bool] = []
  private var isTouched = false

  /// The stream itself, from one place to another.
  init(stream text: [UInt8], _ range: Range<Int>) {
    bytes = Array(text[range])
    origins = range.map { $0..<$0 + 1 }
    isNew = range.map { _ in true }
  }

  init() {}

  /// The origin of a part.
  func origin(of range: Range<Int>) -> Range<Int> {
    guard let first = origins[range].first, let last = origins[range].last else {
      let start =
        range.lowerBound < origins.count
        ? origins[range.lowerBound].lowerBound : origins.last?.upperBound ?? 0
      return start..<start
    }
    return first.lowerBound..<max(first.lowerBound, last.upperBound)
  }

  func isNew(_ range: Range<Int>) -> Bool {
    range.clamped(to: 0..<bytes.count).contains { isNew[$0] }
  }

  /// Appends a byte that was made of a part of `source`.
  mutating func append(_ byte: UInt8, of source: ReferenceView, _ range: Range<Int>) {
    bytes.append(byte)
    origins.append(source.origin(of: range))
    isNew.append(true)
    isTouched = false
  }

  mutating func copy(_ index: Int, of source: ReferenceView) {
    bytes.append(source.bytes[index])
    origins.append(source.origins[index])
    isNew.append(isTouched)
    isTouched = false
  }

  mutating func leaveOut() { isTouched = true }
}
