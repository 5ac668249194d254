internal import CSluiceKernels
internal import SluiceRules

/// The inner loop of the prefilter, by instruction set.
///
/// All find the same anchors.
package enum PrefilterKernel: String, Sendable, CaseIterable {
  case avx512, avx2, neon, portable

  /// Those that run on this processor, the fastest first.
  package static let available: [PrefilterKernel] = allCases.filter { kernel in
    guard kernel != .portable else { return true }
    return unsafe kernel.function != nil
  }

  package static var best: PrefilterKernel { available[0] }

  fileprivate var function: sluice_prefilter_kernel? {
    switch self {
    case .avx512: unsafe sluice_prefilter_kernel_avx512()
    case .avx2: unsafe sluice_prefilter_kernel_avx2()
    case .neon: unsafe sluice_prefilter_kernel_neon()
    case .portable: nil
    }
  }
}

/// A plan as the kernels read it: bucket tables and gram map, in memory of its own.
@safe final class PrefilterTables: @unchecked Sendable {
  // `@unchecked`: written by `init` alone, read by any number of threads afterwards.
  private let plan: UnsafeMutablePointer<sluice_prefilter_plan>
  private let function: sluice_prefilter_kernel?
  /// The plan's arrays, laid out as C does: [4][4][128], [4][4][2][16], [4][256], [1024].
  private let exact: UnsafeMutablePointer<UInt8>
  private let nibble: UnsafeMutablePointer<UInt8>
  private let lanes: UnsafeMutablePointer<UInt32>
  private let grams: UnsafeMutablePointer<UInt64>

  init(literals: [Prefilter.Literal], plan source: PrefilterPlan, kernel: PrefilterKernel) {
    unsafe plan = .allocate(capacity: 1)
    unsafe plan.initialize(to: sluice_prefilter_plan())
    unsafe function = kernel.function
    // SAFETY: the fields are arrays of these types, and stay where they are.
    unsafe exact = Self.field(\.exact, of: plan, as: UInt8.self)
    unsafe nibble = Self.field(\.nibble, of: plan, as: UInt8.self)
    unsafe lanes = Self.field(\.lanes, of: plan, as: UInt32.self)
    unsafe grams = Self.field(\.grams, of: plan, as: UInt64.self)
    for (literal, placement) in zip(literals, source.placements) {
      let accepted = PrefilterPlan.accepted(literal, window: placement.window)
      for position in accepted.indices {
        accepted[position].forEach { accept($0, position: position, bucket: placement.bucket) }
      }
      Self.forEachHash(of: literal, window: placement.window) { hash in
        unsafe grams[Int(hash >> 6)] |= 1 << UInt64(hash & 63)
      }
    }
  }

  private static func field<Value>(
    _ path: PartialKeyPath<sluice_prefilter_plan>,
    of plan: UnsafeMutablePointer<sluice_prefilter_plan>, as type: Value.Type
  ) -> UnsafeMutablePointer<Value> {
    guard let offset = MemoryLayout<sluice_prefilter_plan>.offset(of: path) else {
      preconditionFailure("a field of a C structure has no offset")
    }
    return unsafe (UnsafeMutableRawPointer(plan) + offset).assumingMemoryBound(to: type)
  }

  deinit {
    unsafe plan.deallocate()
  }

  /// The hash of four bytes, first byte in the low bits.
  static func hash(_ window: UInt32) -> UInt32 { sluice_gram_hash(window) }

  /// Visits the hashes of all windows that a literal accepts, up to case.
  static func forEachHash(of literal: Prefilter.Literal, window: Int, _ visit: (UInt32) -> Void) {
    var known: UInt32 = 0
    let knownCount = min(PrefilterPlan.positions, literal.bytes.count - window)
    for position in 0..<knownCount {
      known |= UInt32(literal.bytes[window + position]) << UInt32(8 * position)
    }
    visitHashes(known, from: knownCount, visit)
  }

  /// Case is folded by setting bit 5, so of the unknown bytes half are enough.
  private static func visitHashes(_ known: UInt32, from position: Int, _ visit: (UInt32) -> Void) {
    guard position < PrefilterPlan.positions else { return visit(hash(known)) }
    for byte: UInt32 in 0...255 where byte & 0x20 != 0 {
      visitHashes(known | byte << UInt32(8 * position), from: position + 1, visit)
    }
  }

  /// Lets a bucket accept a byte at a position; `value` is its low 7 bits.
  private func accept(_ value: UInt8, position: Int, bucket: Int) {
    let row = position * 4 + bucket / 8
    let bit = UInt8(1) << UInt8(bucket % 8)
    unsafe exact[row * 128 + Int(value)] |= bit
    unsafe nibble[row * 32 + Int(value & 15)] |= bit
    // These tables see whole bytes: a value stands for both of its 8-bit forms.
    let (high, lane) = (row * 32 + 16 + Int(value >> 4), position * 256 + Int(value))
    unsafe nibble[high] |= bit
    unsafe nibble[high + 8] |= bit
    unsafe lanes[lane] |= 1 << UInt32(bucket)
    unsafe lanes[lane + 0x80] |= 1 << UInt32(bucket)
  }

  /// Finds the windows that may begin a literal's window among the first `64 * blocks`.
  ///
  /// - Parameters:
  ///   - text: `64 * blocks + 3` bytes.
  ///   - blocks: how many times 64 windows.
  ///   - positions: room for `64 * blocks + 64` offsets.
  /// - Returns: how many were written, ascending.
  func scan(
    _ text: UnsafePointer<UInt8>, blocks: Int, into positions: UnsafeMutablePointer<UInt32>
  ) -> Int {
    if let function = unsafe function { return unsafe function(plan, text, blocks, positions) }
    return unsafe scanPortably(text, blocks: blocks, into: positions)
  }

  /// Looks up the four bytes of each window; the look-ups of neighbours do not wait for each other,
  /// and an offset is kept by moving on, not by a branch.
  private func scanPortably(
    _ text: UnsafePointer<UInt8>, blocks: Int, into positions: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let (lanes, grams) = unsafe (UnsafePointer(self.lanes), UnsafePointer(self.grams))
    var found = 0
    for index in 0..<64 &* blocks {
      let buckets =
        unsafe lanes[Int(text[index])] & lanes[256 &+ Int(text[index &+ 1])]
        & lanes[512 &+ Int(text[index &+ 2])] & lanes[768 &+ Int(text[index &+ 3])]
      unsafe positions[found] = UInt32(truncatingIfNeeded: index)
      found &+= buckets == 0 ? 0 : 1
    }
    var kept = 0
    for place in 0..<found {
      let index = unsafe positions[place]
      let window = unsafe UnsafeRawPointer(text + Int(index)).loadUnaligned(as: UInt32.self)
      let hash = Self.hash(window)
      unsafe positions[kept] = index
      unsafe kept &+= Int(truncatingIfNeeded: grams[Int(hash >> 6)] >> UInt64(hash & 63) & 1)
    }
    return kept
  }
}
