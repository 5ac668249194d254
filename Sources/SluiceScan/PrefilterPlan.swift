internal import SluiceRules

/// Which four bytes of each literal are looked for, and in which of 32 buckets.
///
/// A bucket accepts, at each of four positions, the union of what its literals have there, so
/// literals that look alike belong together and a literal is best looked for by its rarest part.
/// Both are chosen together, greedily and then by moving single literals, so that the expected
/// number of false candidates is least. What text looks like is a table of byte frequencies: good
/// enough to halve the candidates ten times over, and no sample has to be shipped.
struct PrefilterPlan: Sendable {
  /// Bytes of a window.
  static let positions = 4
  static let bucketCount = 32

  let placements: [RulePlan.Placement]

  /// Places the literals that have no placement yet.
  ///
  /// If none has, all are then moved to where they
  /// cost least; those of a user's few rules are fitted in, which takes no time.
  init(literals: [Prefilter.Literal]) {
    // PERF: no key path, which would be called through run-time metadata.
    let known = literals.compactMap { $0.placement }
    guard known.count < literals.count else {
      placements = known
      return
    }
    var optimizer = Optimizer(literals: literals)
    optimizer.placeAll()
    if known.isEmpty { optimizer.improve() }
    placements = optimizer.placements
  }

  /// Sets of the low 7 bits of a byte, for each position of a window.
  typealias Accepted = InlineArray<4, ByteHalfSet>

  /// What a literal accepts in the window that begins at `window`; all bytes past its end.
  static func accepted(_ literal: Prefilter.Literal, window: Int) -> Accepted {
    Accepted { position in
      guard window + position < literal.bytes.count else { return .all }
      let byte = literal.bytes[window + position]
      var set = ByteHalfSet()
      set.insert(byte)
      if literal.isCaseless && byte &- 0x61 < 26 { set.insert(byte & 0xDF) }
      return set
    }
  }
}

/// A set of 7-bit values: what the shuffle of the vector kernels can look up exactly.
struct ByteHalfSet: Sendable, BitwiseCopyable {
  private(set) var low: UInt64 = 0
  private(set) var high: UInt64 = 0

  static let all: ByteHalfSet = {
    var set = ByteHalfSet()
    set.low = .max
    set.high = .max
    return set
  }()

  mutating func insert(_ byte: UInt8) {
    if byte & 0x40 == 0 {
      low |= 1 &<< UInt64(byte & 0x3F)
    } else {
      high |= 1 &<< UInt64(byte & 0x3F)
    }
  }

  mutating func formUnion(_ other: ByteHalfSet) {
    low |= other.low
    high |= other.high
  }

  /// Visits the members in ascending order.
  func forEach(_ visit: (UInt8) -> Void) {
    Self.forEach(in: low, from: 0, visit)
    Self.forEach(in: high, from: 64, visit)
  }

  @inline(__always)
  private static func forEach(in word: UInt64, from base: UInt8, _ visit: (UInt8) -> Void) {
    var rest = word
    while rest != 0 {
      visit(base + UInt8(rest.trailingZeroBitCount))
      rest &= rest &- 1
    }
  }

  func subtracting(_ other: ByteHalfSet) -> ByteHalfSet {
    var rest = self
    rest.low &= ~other.low
    rest.high &= ~other.high
    return rest
  }

  /// How likely a byte of ordinary text is in the set.
  var mass: Double {
    var sum = 0.0
    var rest = low
    while rest != 0 {
      sum += byteFrequencies[rest.trailingZeroBitCount]
      rest &= rest &- 1
    }
    rest = high
    while rest != 0 {
      sum += byteFrequencies[64 + rest.trailingZeroBitCount]
      rest &= rest &- 1
    }
    return sum
  }
}

private struct Optimizer {
  private let literals: [Prefilter.Literal]
  private(set) var placements: [RulePlan.Placement]
  private var buckets = Array(
    repeating: PrefilterPlan.Accepted(repeating: ByteHalfSet()), count: PrefilterPlan.bucketCount)
  /// For each bucket and position, how likely a byte of ordinary text is accepted.
  private var masses = Array(
    repeating: InlineArray<4, Double>(repeating: 0), count: PrefilterPlan.bucketCount)
  private var costs = Array(repeating: 0.0, count: PrefilterPlan.bucketCount)
  private var members = Array(repeating: [Int](), count: PrefilterPlan.bucketCount)

  init(literals: [Prefilter.Literal]) {
    self.literals = literals
    placements = Array(
      repeating: RulePlan.Placement(window: 0, bucket: 0), count: literals.count)
  }

  private func windows(of literal: Prefilter.Literal) -> ClosedRange<Int> {
    0...max(0, literal.bytes.count - PrefilterPlan.positions)
  }

  private func cost(_ bucket: PrefilterPlan.Accepted) -> Double {
    bucket[0].mass * bucket[1].mass * bucket[2].mass * bucket[3].mass
  }

  /// Takes the literals that are hardest to tell from text first: they shape the buckets.
  mutating func placeAll() {
    for (index, literal) in literals.enumerated() {
      if let placement = literal.placement { put(index, at: placement) }
    }
    for bucket in buckets.indices { weigh(bucket) }
    let rest = literals.indices.filter { literals[$0].placement == nil }
    var rarest: [Int: Double] = [:]
    for index in rest {
      rarest[index] = windows(of: literals[index])
        .map { cost(PrefilterPlan.accepted(literals[index], window: $0)) }.min()
    }
    let order = rest.sorted { left, right in
      (rarest[left] ?? 1, right) > (rarest[right] ?? 1, left)
    }
    for index in order { place(index) }
  }

  /// Takes each literal out and puts it where it now costs least.
  mutating func improve() {
    for index in literals.indices {
      let bucket = placements[index].bucket
      members[bucket].removeAll { $0 == index }
      var rest = PrefilterPlan.Accepted(repeating: ByteHalfSet())
      for member in members[bucket] {
        let accepted = PrefilterPlan.accepted(
          literals[member], window: placements[member].window)
        for position in rest.indices { rest[position].formUnion(accepted[position]) }
      }
      buckets[bucket] = rest
      weigh(bucket)
      place(index)
    }
  }

  private mutating func place(_ index: Int) {
    var best = RulePlan.Placement(window: 0, bucket: 0)
    var bestIncrease = Double.infinity
    for window in windows(of: literals[index]) {
      let accepted = PrefilterPlan.accepted(literals[index], window: window)
      for bucket in buckets.indices {
        var union = 1.0
        for position in accepted.indices {
          let added = accepted[position].subtracting(buckets[bucket][position])
          union *= masses[bucket][position] + added.mass
        }
        let increase = union - costs[bucket]
        if increase < bestIncrease {
          bestIncrease = increase
          best = RulePlan.Placement(window: window, bucket: bucket)
        }
      }
    }
    put(index, at: best)
    weigh(best.bucket)
  }

  private mutating func weigh(_ bucket: Int) {
    for position in masses[bucket].indices {
      masses[bucket][position] = buckets[bucket][position].mass
    }
    costs[bucket] = cost(buckets[bucket])
  }

  private mutating func put(_ index: Int, at placement: RulePlan.Placement) {
    placements[index] = placement
    let accepted = PrefilterPlan.accepted(literals[index], window: placement.window)
    for position in accepted.indices {
      buckets[placement.bucket][position].formUnion(accepted[position])
    }
    members[placement.bucket].append(index)
  }
}

/// Share of each 7-bit value in a mix of system logs, source code and JSON (4.8 MB from a Debian
/// system), at least one in 10,000.
private let byteFrequencies: [Double] = [
  2, 2, 2, 2, 1, 2, 2, 2, 2, 7, 239, 2, 2, 31, 2, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
  1973, 3, 125, 18, 19, 11, 3, 50, 70, 66, 6, 29, 80, 197, 256, 40,
  153, 182, 181, 69, 129, 60, 102, 26, 27, 30, 171, 14, 17, 40, 21, 3,
  5, 24, 9, 20, 14, 27, 12, 8, 8, 26, 2, 4, 13, 11, 19, 15,
  19, 2, 23, 35, 29, 16, 8, 5, 4, 4, 4, 12, 14, 12, 3, 87,
  4, 413, 131, 191, 248, 583, 131, 122, 99, 338, 17, 62, 274, 157, 328, 269,
  166, 8, 273, 341, 411, 198, 51, 35, 45, 57, 14, 18, 3, 18, 6, 2,
].map { $0 / 10_000 }
