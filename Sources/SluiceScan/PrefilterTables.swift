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
  /// For the portable kernel: the buckets that accept a byte, 16 bits a position.
  private let lanes: UnsafeMutablePointer<UInt64>

  init(literals: [Prefilter.Literal], plan source: PrefilterPlan, kernel: PrefilterKernel) {
    unsafe plan = .allocate(capacity: 1)
    unsafe plan.initialize(to: sluice_prefilter_plan())
    unsafe lanes = .allocate(capacity: 256)
    unsafe lanes.initialize(repeating: 0, count: 256)
    unsafe function = kernel.function
    for (literal, placement) in zip(literals, source.placements) {
      let accepted = PrefilterPlan.accepted(literal, window: placement.window)
      let (half, bit) = (placement.bucket / 8, UInt8(1) << UInt8(placement.bucket % 8))
      for position in accepted.indices {
        for value in accepted[position].members {
          accept(value, position: position, half: half, bit: bit)
        }
      }
      for hash in Self.hashes(of: literal, window: placement.window) {
        setGram(hash)
      }
    }
  }

  deinit {
    unsafe plan.deallocate()
    unsafe lanes.deallocate()
  }

  /// The hash of four bytes, first byte in the low bits.
  static func hash(_ window: UInt32) -> UInt32 { sluice_gram_hash(window) }

  /// The hashes of all windows that a literal accepts, up to case.
  static func hashes(of literal: Prefilter.Literal, window: Int) -> [UInt32] {
    var windows: [UInt32] = [0]
    for position in 0..<PrefilterPlan.positions {
      let index = window + position
      // Case is folded by setting bit 5, so of the unknown bytes half are enough.
      let bytes =
        index < literal.bytes.count
        ? [literal.bytes[index] | 0x20] : (UInt8.min...UInt8.max).filter { $0 & 0x20 != 0 }
      windows = windows.flatMap { known in
        bytes.map { known | UInt32($0) << UInt32(8 * position) }
      }
    }
    return windows.map(hash)
  }

  private func accept(_ value: UInt8, position: Int, half: Int, bit: UInt8) {
    // SAFETY: the tables are plain arrays inside of the plan: [4][2][128], [4][2][2][16] bytes;
    // the offsets are those of C's layout.
    unsafe withUnsafeMutablePointer(to: &plan.pointee.exact) { tuple in
      let table = unsafe UnsafeMutableRawPointer(tuple).assumingMemoryBound(to: UInt8.self)
      unsafe table[(position * 2 + half) * 128 + Int(value)] |= bit
    }
    unsafe withUnsafeMutablePointer(to: &plan.pointee.nibble) { tuple in
      let table = unsafe UnsafeMutableRawPointer(tuple).assumingMemoryBound(to: UInt8.self)
      let row = (position * 2 + half) * 32
      unsafe table[row + Int(value & 15)] |= bit
      // The nibble tables see whole bytes: a value stands for both of its 8-bit forms.
      unsafe table[row + 16 + Int(value >> 4)] |= bit
      unsafe table[row + 16 + Int(value >> 4 | 8)] |= bit
    }
    let lane = UInt64(bit) << UInt64(16 * position + 8 * half)
    unsafe lanes[Int(value)] |= lane
    unsafe lanes[Int(value | 0x80)] |= lane
  }

  private func setGram(_ hash: UInt32) {
    unsafe withUnsafeMutablePointer(to: &plan.pointee.grams) { tuple in
      let words = unsafe UnsafeMutableRawPointer(tuple).assumingMemoryBound(to: UInt64.self)
      unsafe words[Int(hash >> 6)] |= 1 << UInt64(hash & 63)
    }
  }

  private func hasGram(_ hash: UInt32) -> Bool {
    unsafe withUnsafePointer(to: plan.pointee.grams) { tuple in
      let words = unsafe UnsafeRawPointer(tuple).assumingMemoryBound(to: UInt64.self)
      return unsafe words[Int(hash >> 6)] >> UInt64(hash & 63) & 1 != 0
    }
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

  /// Shift-and over the bucket lanes (Baeza-Yates and Gonnet 1992): one look-up, shift, or and
  /// and for each byte.
  private func scanPortably(
    _ text: UnsafePointer<UInt8>, blocks: Int, into positions: UnsafeMutablePointer<UInt32>
  ) -> Int {
    let lanes = unsafe UnsafePointer(self.lanes)
    let count = 64 * blocks
    guard count > 0 else { return 0 }
    var found = 0
    var state: UInt64 = 0
    for index in 0..<3 { state = unsafe (state &<< 16 | 0xFFFF) & lanes[Int(text[index])] }
    var index = 0
    while index < count {
      state = unsafe (state &<< 16 | 0xFFFF) & lanes[Int(text[index &+ 3])]
      if state >> 48 != 0 {
        let window = unsafe UnsafeRawPointer(text + index).loadUnaligned(as: UInt32.self)
        if hasGram(Self.hash(window)) {
          unsafe positions[found] = UInt32(truncatingIfNeeded: index)
          found &+= 1
        }
      }
      index &+= 1
    }
    return found
  }
}
