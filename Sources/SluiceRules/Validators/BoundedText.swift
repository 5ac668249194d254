/// The first bytes of a text, and how many there were; allocates nothing.
struct BoundedText<let capacity: Int> {
  private var bytes = InlineArray<capacity, UInt8>(repeating: 0)
  private(set) var count = 0

  mutating func removeAll() { count = 0 }

  mutating func append(_ byte: UInt8) {
    if count < capacity { bytes[count] = byte }
    count += 1
  }

  /// The whole text; nil if it was too long to be kept.
  var whole: [UInt8]? { count <= capacity ? (0..<count).map { bytes[$0] } : nil }

  func equals(_ wanted: String) -> Bool {
    guard count == wanted.utf8.count, count <= capacity else { return false }
    var index = 0
    for byte in wanted.utf8 {
      guard bytes[index] == byte else { return false }
      index += 1
    }
    return true
  }

  /// Whether a letter other than the `e` of an exponent stands in what was kept.
  var holdsLetters: Bool {
    (0..<min(count, capacity)).contains { bytes[$0] >= 0x41 && bytes[$0] | 0x20 != 0x65 }
  }
}
