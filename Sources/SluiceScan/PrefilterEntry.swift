/// A literal as the prefilter compares it.
struct PrefilterEntry: BitwiseCopyable {
  /// The literal's first eight bytes: which bits count, which are set in a text before it is
  /// compared (bit 5 of the caseless letters), and their values.
  let mask: UInt64
  let fold: UInt64
  let value: UInt64
  /// How far the window lies behind the literal's start.
  let windowOffset: Int32
  /// The place of the literal among all.
  let literal: Int32

  private init(mask: UInt64, fold: UInt64, value: UInt64, windowOffset: Int32, literal: Int32) {
    (self.mask, self.fold, self.value) = (mask, fold, value)
    (self.windowOffset, self.literal) = (windowOffset, literal)
  }

  init(_ source: Prefilter.Literal, at index: Int, window: Int) {
    var (mask, fold, value) = (UInt64(0), UInt64(0), UInt64(0))
    for place in 0..<min(source.bytes.count, 8) {
      let byte = source.bytes[place]
      let shift = UInt64(8 * place)
      mask |= 0xFF << shift
      value |= UInt64(byte) << shift
      if source.isCaseless && byte &- 0x61 < 26 { fold |= 0x20 << shift }
    }
    self.init(
      mask: mask, fold: fold, value: value, windowOffset: Int32(window), literal: Int32(index))
  }
}

/// Entries by group, in one array.
@safe final class PrefilterGroups: @unchecked Sendable {
  // `@unchecked`: written by `init` alone, read by any number of threads afterwards.

  /// The entries of group `g` are `entries[starts[g]..<starts[g + 1]]`.
  let starts: UnsafePointer<Int32>
  let entries: UnsafePointer<PrefilterEntry>

  /// - Parameters:
  ///   - all: the entries.
  ///   - groupCount: how many groups there are.
  ///   - forEachGroup: visits those to which the entry at a place belongs.
  init(
    _ all: [PrefilterEntry], groupCount: Int, by forEachGroup: (Int, (Int) -> Void) -> Void
  ) {
    var next = Array(repeating: Int32(0), count: groupCount + 1)
    for index in all.indices { forEachGroup(index) { next[$0 + 1] += 1 } }
    for group in 0..<groupCount { next[group + 1] += next[group] }
    let starts = UnsafeMutablePointer<Int32>.allocate(capacity: groupCount + 1)
    unsafe starts.initialize(from: next, count: groupCount + 1)
    let entries = UnsafeMutablePointer<PrefilterEntry>.allocate(
      capacity: max(Int(next[groupCount]), 1))
    for index in all.indices {
      forEachGroup(index) { group in
        // SAFETY: each group gets as many entries as were counted for it.
        unsafe (entries + Int(next[group])).initialize(to: all[index])
        next[group] += 1
      }
    }
    unsafe self.starts = UnsafePointer(starts)
    unsafe self.entries = UnsafePointer(entries)
  }

  deinit {
    unsafe starts.deallocate()
    unsafe entries.deallocate()
  }

  /// The places of a group's entries.
  func places(of group: Int) -> Range<Int> {
    unsafe Int(starts[group])..<Int(starts[group + 1])
  }
}

/// A set of small numbers.
struct BitSet: Sendable {
  private var words: [UInt64]

  /// - Parameter count: numbers are below it; a multiple of 64.
  init(count: Int) { words = Array(repeating: 0, count: count / 64) }

  mutating func insert(_ number: Int) { words[number >> 6] |= 1 << UInt64(number & 63) }

  func contains(_ number: Int) -> Bool { words[number >> 6] >> UInt64(number & 63) & 1 != 0 }
}
