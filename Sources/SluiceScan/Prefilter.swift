internal import SluiceRegex
internal import SluiceRules

/// Names the places where a rule's anchor stands. May name too many, never too few.
///
/// Every literal gives a window of up to four bytes; windows share 16 buckets. One 64-bit word
/// holds, for each byte value, the buckets that accept it at each of four positions, so that a
/// shift, an or and an and for each byte of input say which buckets match the last four bytes
/// (shift-and, Baeza-Yates and Gonnet 1992, with bit-parallel classes). A bucket that matches is
/// checked against its literals byte for byte.
struct Prefilter: Sendable {
  struct Literal: Sendable, Hashable {
    let rule: RuleIndex
    let bytes: [UInt8]
    let isCaseless: Bool

    init(rule: RuleIndex, literal: RulePlan.Literal) {
      self.rule = rule
      bytes = literal.bytes
      isCaseless = literal.isCaseless
    }

    fileprivate func accepts(_ byte: UInt8, at index: Int) -> Bool {
      (isCaseless ? folded(byte) : byte) == bytes[index]
    }
  }

  /// Where an anchor of a rule begins in the scanned bytes.
  struct Candidate: BitwiseCopyable {
    let rule: RuleIndex
    let offset: Int
  }

  private static let positions = 4
  private static let bucketCount = 16

  private let literals: [Literal]
  /// For each literal, the offset of the last byte of its window.
  private let windowEnds: [Int]
  private let buckets: [[Int32]]
  private let table: [UInt64]
  /// Bytes a literal can begin with, and each literal's bytes, to recognise an unfinished one.
  private let firstBytes: ByteSet
  let longestLiteral: Int

  init(literals: [Literal]) {
    self.literals = literals
    let windowEnds = literals.map { literal in
      rarestWindowEnd(of: literal.bytes, length: min(Self.positions, literal.bytes.count))
    }
    self.windowEnds = windowEnds
    let order = literals.indices.sorted { left, right in
      func window(_ index: Int) -> ArraySlice<UInt8> {
        literals[index].bytes[...windowEnds[index]].suffix(Self.positions)
      }
      return (window(left).map(folded), left).0.lexicographicallyPrecedes(window(right).map(folded))
    }
    var buckets = Array(repeating: [Int32](), count: Self.bucketCount)
    var table = [UInt64](repeating: 0, count: 256)
    for (place, index) in order.enumerated() {
      let bucket = place * Self.bucketCount / max(order.count, 1)
      buckets[bucket].append(Int32(index))
      for position in 0..<Self.positions {
        let bit = UInt64(1) << UInt64(16 * position + bucket)
        let offset = windowEnds[index] - (Self.positions - 1) + position
        for byte in UInt8.min...UInt8.max
        where offset < 0 || literals[index].accepts(byte, at: offset) {
          table[Int(byte)] |= bit
        }
      }
    }
    self.buckets = buckets
    self.table = table
    firstBytes = ByteSet(literals.compactMap(\.bytes.first)).caseFolded
    longestLiteral = literals.map(\.bytes.count).max() ?? 0
  }

  /// Appends each anchor that ends after `start`, in order of its window.
  ///
  /// - Parameters:
  ///   - bytes: the window; bytes before `start` may belong to an anchor that ends after it.
  ///   - range: where anchors may end, as offsets into `bytes`.
  ///   - candidates: gets the finds; emptied by the caller.
  func find(in bytes: Span<UInt8>, endingIn range: Range<Int>, into candidates: inout [Candidate]) {
    guard !literals.isEmpty else { return }
    var index = max(0, range.lowerBound - longestLiteral + 1)
    // All buckets open: what stands before the first byte is unknown.
    var state = UInt64.max
    unsafe table.withUnsafeBufferPointer { table in
      unsafe bytes.withUnsafeBufferPointer { input in
        // SAFETY: `index` stays below `range.upperBound`, which the caller keeps within `bytes`;
        // a byte is always an index into the 256 entries of `table`.
        while index < range.upperBound {
          let byte = unsafe input[index]
          state = unsafe (state &<< 16 | 0xFFFF) & table[Int(byte)]
          if state >> 48 != 0 {
            verify(
              buckets: state >> 48, windowEnd: index, in: bytes, range: range, into: &candidates)
          }
          index &+= 1
        }
      }
    }
  }

  private func verify(
    buckets hits: UInt64, windowEnd: Int, in bytes: Span<UInt8>, range: Range<Int>,
    into candidates: inout [Candidate]
  ) {
    var rest = hits
    while rest != 0 {
      let bucket = rest.trailingZeroBitCount
      rest &= rest &- 1
      for index in buckets[bucket] {
        let literal = literals[Int(index)]
        let start = windowEnd - windowEnds[Int(index)]
        let end = start + literal.bytes.count
        guard start >= 0, end > range.lowerBound, end <= bytes.count else { continue }
        if matches(literal, in: bytes, at: start) {
          candidates.append(Candidate(rule: literal.rule, offset: start))
        }
      }
    }
  }

  private func matches(_ literal: Literal, in bytes: Span<UInt8>, at start: Int) -> Bool {
    for index in literal.bytes.indices
    where !literal.accepts(bytes[start + index], at: index) { return false }
    return true
  }

  /// Where the longest unfinished anchor at the end of `bytes` begins; `bytes.count` if there is
  /// none.
  func unfinishedAnchor(in bytes: Span<UInt8>) -> Int {
    var start = max(0, bytes.count - longestLiteral + 1)
    while start < bytes.count {
      if firstBytes.contains(bytes[start]) {
        let tail = bytes.extracting(start..<bytes.count)
        for literal in literals where literal.bytes.count > tail.count {
          if tail.indices.allSatisfy({ literal.accepts(tail[$0], at: $0) }) { return start }
        }
      }
      start += 1
    }
    return bytes.count
  }
}

func folded(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// Offset of the last byte of the window that is least common in logs.
///
/// Letters by their frequency in English, digits and the punctuation of logs as measured on 16
/// kinds of system logs; only the order matters.
private func rarestWindowEnd(of literal: [UInt8], length: Int) -> Int {
  let common = Array(" e0tain1osr2d3-:lch4u5.6m78p9/fg_=wb[]y,()k\"v".utf8)
  let weight = literal.map { byte in
    common.firstIndex(of: folded(byte)).map { common.count - $0 } ?? 0
  }
  var best = length - 1
  var bestWeight = Int.max
  for end in (length - 1)..<literal.count {
    let sum = weight[(end - length + 1)...end].reduce(0, +)
    if sum < bestWeight { (best, bestWeight) = (end, sum) }
  }
  return best
}
