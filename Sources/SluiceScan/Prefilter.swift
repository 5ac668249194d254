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
  private let literals: [Literal]
  private let tables: PrefilterTables
  private let index: PrefilterIndex
  var longestLiteral: Int { index.longestLiteral }

  init(literals: [Literal], kernel: PrefilterKernel = .best) {
    self.literals = literals
    let plan = PrefilterPlan(literals: literals)
    tables = PrefilterTables(literals: literals, plan: plan, kernel: kernel)
    index = PrefilterIndex(literals: literals, placements: plan.placements)
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
      let windows = min(starts.upperBound + index.longestWindowOffset, bytes.count) - first
      // The kernels read three bytes past their last window. What is left goes through a copy
      // that is padded with zeros.
      let blocks = max(0, min(windows, bytes.count - 3 - first) / 64)
      // SAFETY: 64 * blocks + 3 bytes from `first` on lie within the text, and the scratch memory
      // has room for a piece, the longest window offset and 64 more.
      let count = unsafe tables.scan(base + first, blocks: blocks, into: scratch.positions)
      unsafe index.verify(
        scratch.positions, count: count, origin: first, in: bytes, starts: starts,
        into: &candidates)
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
      var kept = tailCount
      while kept > 0, unsafe Int(scratch.positions[kept - 1]) >= restWindows { kept -= 1 }
      unsafe index.verify(
        scratch.positions, count: kept, origin: rest, in: bytes, starts: starts,
        into: &candidates)
    }
  }

  /// Where the longest unfinished anchor at the end of `bytes` begins, else `bytes.count`.
  ///
  /// Every anchor that begins before it is complete.
  func unfinishedAnchor(in bytes: Span<UInt8>) -> Int {
    guard !literals.isEmpty else { return bytes.count }
    var start = max(0, bytes.count - longestLiteral + 1)
    while start < bytes.count, !index.isUnfinished(at: start, in: bytes) { start += 1 }
    return start
  }
}

/// The byte with an ASCII capital turned into its small letter.
func folded(_ byte: UInt8) -> UInt8 {
  byte &- 0x41 < 26 ? byte | 0x20 : byte
}
