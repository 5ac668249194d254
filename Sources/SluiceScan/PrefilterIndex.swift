internal import SluiceRules

/// The prefilter's last stage: which literals stand around a window, if any.
///
/// A slot, chosen by the top bits of the window's hash, holds the literals with such a window. For
/// each, one look at eight bytes of the text decides nearly always; most windows that came this
/// far have four letters in common with a literal and nothing else. The few literals that are
/// shorter than a window have a list of their own.
@safe final class PrefilterIndex: @unchecked Sendable {
  // `@unchecked`: written by `init` alone, read by any number of threads afterwards.

  private static let slotBits: UInt32 = 13

  private let literals: [Prefilter.Literal]
  let longestWindowOffset: Int
  let longestLiteral: Int
  private let entries: PrefilterGroups
  private let neighbours: UnsafeMutablePointer<Neighbours>
  /// By their first two bytes.
  private let short: PrefilterGroups
  /// All, by their first byte; and what their first two and three bytes are.
  private let heads: PrefilterGroups
  private let pairs: BitSet
  private let triples: BitSet

  /// - Parameters:
  ///   - literals: the literals.
  ///   - placements: where each one's window is.
  init(literals: [Prefilter.Literal], placements: [RulePlan.Placement]) {
    // PERF: `app | sluice filter` waits for all of this, so there are no key paths as functions
    // here, which are called through run-time metadata, and no closures that stay calls.
    self.literals = literals
    var (longestWindowOffset, longestLiteral) = (0, 0)
    var all: [PrefilterEntry] = []
    var slots: [Int32] = []
    all.reserveCapacity(literals.count)
    slots.reserveCapacity(literals.count)
    unsafe neighbours = .allocate(capacity: 1 << Int(Self.slotBits))
    unsafe neighbours.initialize(repeating: Neighbours(), count: 1 << Int(Self.slotBits))
    var (pairs, triples) = (BitSet(count: 1 << 10), BitSet(count: 1 << 15))
    for index in literals.indices {
      let placement = placements[index]
      longestWindowOffset = max(longestWindowOffset, placement.window)
      longestLiteral = max(longestLiteral, literals[index].bytes.count)
      let entry = PrefilterEntry(literals[index], at: index, window: placement.window)
      all.append(entry)
      let head = UInt32(truncatingIfNeeded: entry.head.bytes)
      pairs.insert(Self.pair(head))
      triples.insert(Self.triple(head))
      guard let window = entry.window else {
        slots.append(-1)
        continue
      }
      let slot = Self.slot(of: window)
      slots.append(Int32(slot))
      unsafe neighbours[slot].insert(literals[index].bytes, window: placement.window)
    }
    (self.longestWindowOffset, self.longestLiteral) = (longestWindowOffset, longestLiteral)
    (self.pairs, self.triples) = (pairs, triples)
    entries = PrefilterGroups(all, groupCount: 1 << Int(Self.slotBits)) { index, visit in
      if slots[index] >= 0 { visit(Int(slots[index])) }
    }
    short = PrefilterGroups(all, groupCount: 1024) { index, visit in
      guard slots[index] < 0 else { return }
      let head = UInt32(truncatingIfNeeded: all[index].head.bytes)
      guard all[index].count == 1 else { return visit(Self.pair(head)) }
      for second: UInt32 in 0..<32 { visit(Self.pair(head | second << 8)) }
    }
    heads = PrefilterGroups(all, groupCount: 32) { index, visit in
      visit(Int(all[index].head.bytes & 31))
    }
  }

  deinit {
    unsafe neighbours.deallocate()
  }

  /// What stands beside a slot's windows, by five bits of a byte: all bits where a literal ends.
  private struct Neighbours: BitwiseCopyable {
    private var twoBefore: UInt32 = 0
    private var before: UInt32 = 0
    private var after: UInt32 = 0

    mutating func insert(_ literal: [UInt8], window: Int) {
      @inline(__always)
      func mask(_ index: Int) -> UInt32 {
        index >= 0 && index < literal.count ? 1 << UInt32(literal[index] & 31) : .max
      }
      twoBefore |= mask(window - 2)
      before |= mask(window - 1)
      after |= mask(window + PrefilterPlan.positions)
    }

    /// 1 if a literal of the slot may stand around the window, else 0.
    @inline(__always)
    func fit(_ window: UnsafePointer<UInt8>) -> UInt32 {
      unsafe (twoBefore >> UInt32((window - 2).pointee & 31))
        & (before >> UInt32((window - 1).pointee & 31))
        & (after >> UInt32((window + PrefilterPlan.positions).pointee & 31)) & 1
    }
  }

  @inline(__always)
  private static func slot(of window: UInt32) -> Int {
    Int(PrefilterTables.hash(window) >> (16 - slotBits))
  }

  /// Two bytes, five bits of each: the same for both cases of a letter.
  @inline(__always)
  private static func pair(_ text: UInt32) -> Int {
    Int(text & 31) << 5 | Int(text >> 8 & 31)
  }

  /// Three bytes, five bits of each.
  private static func triple(_ text: UInt32) -> Int {
    Int(text & 31) << 10 | Int(text >> 8 & 31) << 5 | Int(text >> 16 & 31)
  }

  /// Appends the literals that stand around the windows at `positions`.
  ///
  /// - Parameters:
  ///   - positions: offsets of windows, ascending, relative to `origin`; used as scratch memory.
  ///   - count: how many.
  ///   - origin: where in the text the first window was.
  ///   - bytes: the text; a literal must end in it. A window may reach past its end by zeros.
  ///   - starts: where a literal may begin.
  ///   - candidates: gets the finds, ordered by start.
  func verify(
    _ positions: UnsafeMutablePointer<UInt32>, count: Int, origin: Int, in bytes: Span<UInt8>,
    starts: Range<Int>, into candidates: inout [Prefilter.Candidate]
  ) {
    unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      // Around these windows all bytes can be read that a comparison reads.
      let lowest = max(longestWindowOffset, 2)
      let inner = lowest - origin..<max(bytes.count - 8, lowest) - origin
      var first = 0
      while first < count, unsafe !inner.contains(Int(positions[first])) {
        unsafe verifyOne(origin + Int(positions[first]), in: bytes, starts, &candidates)
        first += 1
      }
      var end = count
      while end > first, unsafe !inner.contains(Int(positions[end - 1])) { end -= 1 }
      let left = unsafe sieve(positions + first, count: end - first, from: base + origin)
      for number in first..<first + left {
        unsafe verifyInner(origin + Int(positions[number]), in: bytes, starts, &candidates)
      }
      for number in end..<count {
        unsafe verifyOne(origin + Int(positions[number]), in: bytes, starts, &candidates)
      }
    }
  }

  /// Keeps the windows beside which a literal of their slot may go on.
  ///
  /// Without a branch: one that cannot be foreseen costs more than all else here.
  ///
  /// - Returns: how many windows are left, at the front of `positions`.
  private func sieve(
    _ positions: UnsafeMutablePointer<UInt32>, count: Int, from origin: UnsafePointer<UInt8>
  ) -> Int {
    let (neighbours, shortStarts) = unsafe (UnsafePointer(self.neighbours), short.starts)
    var kept = 0
    for number in 0..<count {
      let position = unsafe positions[number]
      // SAFETY: the caller has seen that the text holds the bytes around.
      let text = unsafe origin + Int(position)
      let window = unsafe UnsafeRawPointer(text).loadUnaligned(as: UInt32.self)
      let pair = Self.pair(window)
      let isShort: UInt32 = unsafe shortStarts[pair] == shortStarts[pair &+ 1] ? 0 : 1
      unsafe positions[kept] = position
      unsafe kept &+= Int(neighbours[Self.slot(of: window)].fit(text) | isShort)
    }
    return kept
  }

  /// Appends the literals that stand around one window, around which all bytes can be read.
  private func verifyInner(
    _ position: Int, in bytes: Span<UInt8>, _ starts: Range<Int>,
    _ candidates: inout [Prefilter.Candidate]
  ) {
    unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      // SAFETY: the caller has seen that the text holds these bytes.
      let around = unsafe UnsafeRawPointer(base + position - PrefilterEntry.before)
        .loadUnaligned(as: UInt64.self)
      let window = UInt32(truncatingIfNeeded: around >> UInt64(8 * PrefilterEntry.before))
      let slot = Self.slot(of: window)
      // PERF: most entries fail; what their comparison needs has to stay in registers.
      let list = unsafe entries.entries
      var place = unsafe Int(entries.starts[slot])
      let end = unsafe Int(entries.starts[slot &+ 1])
      while place < end {
        if unsafe list[place].near.accepts(around) {
          unsafe append(list[place], position, text, starts, &candidates)
        }
        place &+= 1
      }
      unsafe appendAll(of: short, Self.pair(window), position, text, starts, &candidates)
    }
  }

  /// The same anywhere in the text.
  private func verifyOne(
    _ position: Int, in bytes: Span<UInt8>, _ starts: Range<Int>,
    _ candidates: inout [Prefilter.Candidate]
  ) {
    unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      let window = unsafe UInt32(truncatingIfNeeded: Self.word(base, at: position, of: text.count))
      unsafe appendAll(of: entries, Self.slot(of: window), position, text, starts, &candidates)
      unsafe appendAll(of: short, Self.pair(window), position, text, starts, &candidates)
    }
  }

  private func appendAll(
    of groups: PrefilterGroups, _ group: Int, _ position: Int, _ text: UnsafeBufferPointer<UInt8>,
    _ starts: Range<Int>, _ candidates: inout [Prefilter.Candidate]
  ) {
    for place in groups.places(of: group) {
      unsafe append(groups.entries[place], position, text, starts, &candidates)
    }
  }

  /// Appends a literal if it stands there.
  @inline(never)
  private func append(
    _ entry: PrefilterEntry, _ position: Int, _ text: UnsafeBufferPointer<UInt8>,
    _ starts: Range<Int>, _ candidates: inout [Prefilter.Candidate]
  ) {
    let start = position - Int(entry.windowOffset)
    guard starts.contains(start), start + Int(entry.count) <= text.count,
      let base = text.baseAddress
    else { return }
    let word = unsafe Self.word(base, at: start, of: text.count)
    guard entry.head.accepts(word) else { return }
    var offset = 8
    while offset < Int(entry.count) {
      let byte = unsafe text[start + offset]
      guard literals[Int(entry.literal)].accepts(byte, at: offset) else { return }
      offset += 1
    }
    // Windows come in order; anchors may be out of order by the offset of a window.
    let candidate = Prefilter.Candidate(rule: entry.rule, offset: start)
    var place = candidates.count
    while place > 0, candidates[place - 1].offset > start { place -= 1 }
    if place == candidates.count {
      candidates.append(candidate)
    } else {
      candidates.insert(candidate, at: place)
    }
  }

  /// Eight bytes of the text, zeros after its end.
  @inline(__always)
  private static func word(_ base: UnsafePointer<UInt8>, at offset: Int, of count: Int) -> UInt64 {
    if offset &+ 8 <= count {
      return unsafe UnsafeRawPointer(base + offset).loadUnaligned(as: UInt64.self)
    }
    var word: UInt64 = 0
    for index in 0..<max(count &- offset, 0) {
      word |= unsafe UInt64(base[offset &+ index]) << UInt64(8 &* index)
    }
    return word
  }

  /// Whether a literal that begins at `start` would reach past the end of the text.
  func isUnfinished(at start: Int, in bytes: Span<UInt8>) -> Bool {
    let known = bytes.count - start
    return unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return false }
      let word = unsafe Self.word(base, at: start, of: bytes.count)
      let head = UInt32(truncatingIfNeeded: word)
      if known >= 3 {
        guard triples.contains(Self.triple(head)) else { return false }
      } else if known == 2 {
        guard pairs.contains(Self.pair(head)) else { return false }
      }
      let knownMask = known >= 8 ? UInt64.max : (1 << UInt64(8 * known)) - 1
      for place in heads.places(of: Int(head & 31)) {
        let entry = unsafe heads.entries[place]
        guard Int(entry.count) > known, entry.head.accepts(word, known: knownMask) else { continue }
        var offset = 8
        while offset < known,
          literals[Int(entry.literal)].accepts(bytes[start + offset], at: offset)
        {
          offset += 1
        }
        if offset >= known { return true }
      }
      return false
    }
  }
}
