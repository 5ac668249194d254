/// Eight bytes of a literal as they are compared: which bits count, which are set in a text before
/// it is compared (bit 5 of the caseless letters), and their values.
struct PrefilterWord: BitwiseCopyable {
  private let mask: UInt64
  private let fold: UInt64
  private let value: UInt64

  /// - Parameters:
  ///   - source: the literal.
  ///   - first: the place of the word's first byte in the literal; places outside accept any byte.
  init(_ source: Prefilter.Literal, from first: Int) {
    var (mask, fold, value) = (UInt64(0), UInt64(0), UInt64(0))
    let (isCaseless, bytes) = (source.isCaseless, source.bytes)
    for index in max(first, 0)..<max(first, 0, min(first + 8, bytes.count)) {
      let byte = bytes[index]
      let shift = UInt64(truncatingIfNeeded: 8 &* (index &- first))
      mask |= 0xFF &<< shift
      value |= UInt64(byte) &<< shift
      if isCaseless && byte &- 0x61 < 26 { fold |= 0x20 &<< shift }
    }
    (self.mask, self.fold, self.value) = (mask, fold, value)
  }

  /// The bytes, those of letters in lower case if case does not matter.
  var bytes: UInt64 { value }

  /// - Parameters:
  ///   - text: eight bytes, the first in the low bits.
  ///   - known: which bits of `text` are known.
  /// - Returns: whether the known ones are the literal's.
  @inline(__always)
  func accepts(_ text: UInt64, known: UInt64 = .max) -> Bool {
    (text | fold) & mask & known == value & known
  }
}

/// A literal as the prefilter compares it; as long as a line of cache.
struct PrefilterEntry: BitwiseCopyable {
  /// Bytes before a window that `near` holds.
  static let before = 2

  /// What stands around the window: it decides nearly always, and all entries of a slot look at
  /// the same eight bytes of the text.
  let near: PrefilterWord
  /// The literal's first eight bytes.
  let head: PrefilterWord
  /// How far the window lies behind the literal's start.
  let windowOffset: Int32
  /// The place of the literal among all.
  let literal: Int32
  /// Its length in bytes.
  let count: Int32
  let rule: RuleIndex

  /// The four bytes that are looked for; nil if the literal is shorter.
  var window: UInt32? {
    guard count >= windowOffset + Int32(PrefilterPlan.positions) else { return nil }
    return UInt32(truncatingIfNeeded: near.bytes >> UInt64(8 * Self.before))
  }

  init(_ source: Prefilter.Literal, at index: Int, window: Int) {
    near = PrefilterWord(source, from: window - Self.before)
    head = PrefilterWord(source, from: 0)
    (windowOffset, literal) = (Int32(window), Int32(index))
    (count, rule) = (Int32(source.bytes.count), source.rule)
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
    let starts = UnsafeMutablePointer<Int32>.allocate(capacity: groupCount + 1)
    unsafe starts.initialize(repeating: 0, count: groupCount + 1)
    for index in all.indices { forEachGroup(index) { unsafe starts[$0] += 1 } }
    // From how many each group has to where it ends, and, as each entry is put in front of those
    // that are there, to where it starts.
    var count: Int32 = 0
    for group in 0..<groupCount {
      unsafe count += starts[group]
      unsafe starts[group] = count
    }
    unsafe starts[groupCount] = count
    let entries = UnsafeMutablePointer<PrefilterEntry>.allocate(capacity: max(Int(count), 1))
    for index in all.indices.reversed() {
      forEachGroup(index) { group in
        unsafe starts[group] -= 1
        // SAFETY: each group gets as many entries as were counted for it.
        unsafe (entries + Int(starts[group])).initialize(to: all[index])
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
