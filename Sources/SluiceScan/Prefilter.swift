internal import SluiceRegex
internal import SluiceRules

/// Names the places where a rule's anchor stands.
///
/// May name too many, never too few.
///
/// Three stages, each over what the one before left: bucket tables look at every window of four
/// bytes (`CSluiceKernels`), a map of hashed windows throws out most of what they let through, and
/// here the literals with that hash are compared byte for byte. After that a candidate is certain
/// to be an anchor; whether a secret stands there is for PCRE2 to say.
struct Prefilter: Sendable {
  struct Literal: Sendable, Hashable {
    let rule: RuleIndex
    let bytes: [UInt8]
    let isCaseless: Bool
    let placement: RulePlan.Placement?

    init(rule: RuleIndex, literal: RulePlan.Literal) {
      self.rule = rule
      bytes = literal.bytes
      isCaseless = literal.isCaseless
      placement = literal.placement
    }

    func accepts(_ byte: UInt8, at index: Int) -> Bool {
      (isCaseless ? folded(byte) : byte) == bytes[index]
    }
  }

  /// Where an anchor of a rule begins in the scanned bytes.
  struct Candidate: BitwiseCopyable {
    let rule: RuleIndex
    let offset: Int
  }

  /// Starts that are searched at a time; bounds the scratch memory.
  static let pieceLength = 16 * 1024
  private static let slotBits: UInt32 = 12

  private let literals: [Literal]
  private let tables: PrefilterTables
  /// A literal in a slot, with what its window looks like: most windows that the gram map lets
  /// through are thrown out by one comparison, before the literal itself is touched.
  private struct Entry: Sendable, BitwiseCopyable {
    let literal: Int32
    let windowOffset: Int32
    /// Bits of the window that count, and their values, both with bit 5 of each byte set.
    let mask: UInt32
    let value: UInt32

    init(_ index: Int, _ literal: Literal, window: Int) {
      self.literal = Int32(index)
      windowOffset = Int32(window)
      var (mask, value) = (UInt32(0), UInt32(0))
      for position in 0..<PrefilterPlan.positions
      where window + position < literal.bytes.count {
        mask |= 0xFF << UInt32(8 * position)
        value |= UInt32(literal.bytes[window + position] | 0x20) << UInt32(8 * position)
      }
      self.mask = mask
      self.value = value
    }
  }

  /// Literals by the top bits of their windows' hashes: those of slot `s` are
  /// `slotEntries[slotStarts[s]..<slotStarts[s + 1]]`.
  private let slotStarts: [Int32]
  private let slotEntries: [Entry]
  /// Literals by their first byte, case folded, to recognise an unfinished one.
  private let literalsByFirstByte: [[Int32]]
  private let longestWindowOffset: Int
  let longestLiteral: Int

  init(literals: [Literal], kernel: PrefilterKernel = .best) {
    self.literals = literals
    let plan = PrefilterPlan(literals: literals)
    tables = PrefilterTables(literals: literals, plan: plan, kernel: kernel)
    var slots = Array(repeating: [Entry](), count: 1 << Int(Self.slotBits))
    var byFirstByte = Array(repeating: [Int32](), count: 256)
    for (index, literal) in literals.enumerated() {
      let window = plan.placements[index].window
      let hashes = PrefilterTables.hashes(of: literal, window: window)
      for slot in Set(hashes.map { Int($0 >> (16 - Self.slotBits)) }) {
        slots[slot].append(Entry(index, literal, window: window))
      }
      byFirstByte[Int(folded(literal.bytes[0]))].append(Int32(index))
    }
    var starts: [Int32] = [0]
    for slot in slots { starts.append((starts.last ?? 0) + Int32(slot.count)) }
    slotStarts = starts
    slotEntries = slots.flatMap { $0 }
    literalsByFirstByte = byFirstByte
    longestWindowOffset = plan.placements.map(\.window).max() ?? 0
    longestLiteral = literals.map(\.bytes.count).max() ?? 0
  }

  /// One thread's memory for `find`.
  @safe struct Scratch: ~Copyable {
    fileprivate let positions: UnsafeMutablePointer<UInt32>
    fileprivate let tail: UnsafeMutablePointer<UInt8>
    fileprivate static let tailLength = 256

    init() {
      unsafe positions = .allocate(capacity: Prefilter.pieceLength + 256)
      unsafe tail = .allocate(capacity: Self.tailLength)
    }

    deinit {
      unsafe positions.deallocate()
      unsafe tail.deallocate()
    }
  }

  /// Appends each anchor that begins in `starts`, by start; equal starts in any order.
  ///
  /// - Parameters:
  ///   - bytes: the text; an anchor must end in it.
  ///   - starts: at most `pieceLength` offsets.
  ///   - scratch: memory.
  ///   - candidates: gets the finds; emptied by the caller.
  func find(
    in bytes: Span<UInt8>, startingIn starts: Range<Int>, scratch: inout Scratch,
    into candidates: inout [Candidate]
  ) {
    guard !literals.isEmpty, !starts.isEmpty else { return }
    precondition(starts.count <= Self.pieceLength && starts.upperBound <= bytes.count)
    unsafe bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      let first = starts.lowerBound
      let windows = min(starts.upperBound + longestWindowOffset, bytes.count) - first
      // The kernels read three bytes past their last window. What is left goes through a copy
      // that is padded with zeros.
      let blocks = max(0, min(windows, bytes.count - 3 - first) / 64)
      // SAFETY: 64 * blocks + 3 bytes from `first` on lie within the text, and the scratch memory
      // has room for a piece, the longest window offset and 64 more.
      let count = unsafe tables.scan(base + first, blocks: blocks, into: scratch.positions)
      for index in 0..<count {
        let position = unsafe first + Int(scratch.positions[index])
        let window = unsafe UnsafeRawPointer(base + position).loadUnaligned(as: UInt32.self)
        verify(window, at: position, in: bytes, starts: starts, into: &candidates)
      }
      let rest = first + 64 * blocks
      let restWindows = windows - 64 * blocks
      guard restWindows > 0 else { return }
      // SAFETY: fewer than 64 + 3 windows are left, so at most 70 bytes are copied and at most
      // 2 * 64 + 3 are read.
      unsafe scratch.tail.initialize(repeating: 0, count: Scratch.tailLength)
      unsafe scratch.tail.update(
        from: base + rest, count: min(restWindows + 3, bytes.count - rest))
      let tailCount = unsafe tables.scan(
        scratch.tail, blocks: (restWindows + 63) / 64, into: scratch.positions)
      for index in 0..<tailCount {
        let position = unsafe Int(scratch.positions[index])
        guard position < restWindows else { break }
        let window = unsafe UnsafeRawPointer(scratch.tail + position)
          .loadUnaligned(as: UInt32.self)
        verify(window, at: rest + position, in: bytes, starts: starts, into: &candidates)
      }
    }
  }

  private func verify(
    _ window: UInt32, at position: Int, in bytes: Span<UInt8>, starts: Range<Int>,
    into candidates: inout [Candidate]
  ) {
    let slot = Int(PrefilterTables.hash(window) >> (16 - Self.slotBits))
    let folded = window | 0x2020_2020
    for place in Int(slotStarts[slot])..<Int(slotStarts[slot + 1]) {
      let entry = slotEntries[place]
      guard folded & entry.mask == entry.value else { continue }
      let index = Int(entry.literal)
      let start = position - Int(entry.windowOffset)
      guard starts.contains(start), isLiteral(index, in: bytes, at: start) else { continue }
      // Windows come in order; anchors may be out of order by the offset of a window.
      var place = candidates.count
      while place > 0, candidates[place - 1].offset > start { place -= 1 }
      candidates.insert(Candidate(rule: literals[index].rule, offset: start), at: place)
    }
  }

  private func isLiteral(_ index: Int, in bytes: Span<UInt8>, at start: Int) -> Bool {
    let count = literals[index].bytes.count
    guard start + count <= bytes.count else { return false }
    for offset in 0..<count
    where !literals[index].accepts(bytes[start + offset], at: offset) { return false }
    return true
  }

  /// Where the longest unfinished anchor at the end of `bytes` begins, else `bytes.count`.
  ///
  /// Every anchor that begins before it is complete.
  func unfinishedAnchor(in bytes: Span<UInt8>) -> Int {
    var start = max(0, bytes.count - longestLiteral + 1)
    while start < bytes.count {
      for index in literalsByFirstByte[Int(folded(bytes[start]))]
      where isUnfinished(Int(index), in: bytes, at: start) {
        return start
      }
      start += 1
    }
    return bytes.count
  }

  private func isUnfinished(_ index: Int, in bytes: Span<UInt8>, at start: Int) -> Bool {
    let known = bytes.count - start
    guard literals[index].bytes.count > known else { return false }
    for offset in 0..<known
    where !literals[index].accepts(bytes[start + offset], at: offset) { return false }
    return true
  }
}

/// The byte with an ASCII capital turned into its small letter.
func folded(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}
