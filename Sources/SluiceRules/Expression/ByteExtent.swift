/// A range of lengths or of distances in bytes; the upper end may be open.
struct ByteExtent: Sendable, Hashable {
  static let zero = ByteExtent(lower: 0, upper: 0)
  static let one = ByteExtent(lower: 1, upper: 1)

  var lower: Int
  /// Nil if there is no bound, or none that fits an integer.
  var upper: Int?

  var isFixed: Bool { lower == upper }

  /// The smallest extent that holds both.
  func union(_ other: ByteExtent) -> ByteExtent {
    var upper: Int?
    if let mine = self.upper, let theirs = other.upper { upper = max(mine, theirs) }
    return ByteExtent(lower: min(lower, other.lower), upper: upper)
  }

  /// What `minimum` to `maximum` things of this extent have together.
  func repeated(minimum: Int, maximum: Int?) -> ByteExtent {
    let least = lower.multipliedReportingOverflow(by: minimum)
    var upper: Int?
    if self.upper == 0 || maximum == 0 {
      upper = 0
    } else if let longest = self.upper, let maximum {
      let most = longest.multipliedReportingOverflow(by: maximum)
      upper = most.overflow ? nil : most.partialValue
    }
    return ByteExtent(lower: least.overflow ? .max : least.partialValue, upper: upper)
  }

  static func + (left: ByteExtent, right: ByteExtent) -> ByteExtent {
    var upper: Int?
    if let first = left.upper, let second = right.upper {
      let sum = first.addingReportingOverflow(second)
      upper = sum.overflow ? nil : sum.partialValue
    }
    let least = left.lower.addingReportingOverflow(right.lower)
    return ByteExtent(lower: least.overflow ? .max : least.partialValue, upper: upper)
  }

  static func += (left: inout ByteExtent, right: ByteExtent) {
    left = left + right
  }
}
