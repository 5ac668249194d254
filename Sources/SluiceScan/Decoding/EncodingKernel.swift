internal import CSluiceKernels

/// The vector search for places where an encoding may begin; see `CSluiceKernels.h`.
@safe struct EncodingKernel: @unchecked Sendable {
  // `@unchecked`: a C function without state.
  private let function: sluice_encoding_kernel

  /// What is looked for.
  struct Kinds: OptionSet {
    let rawValue: UInt8

    /// Backslashes, percent signs, terminal sequences and entities.
    static let escapes = Kinds(
      rawValue: UInt8(
        SLUICE_ENCODED_BACKSLASH | SLUICE_ENCODED_PERCENT | SLUICE_ENCODED_CONTROL
          | SLUICE_ENCODED_ENTITY))
    static let controls = Kinds(rawValue: UInt8(SLUICE_ENCODED_CONTROL))
    static let marks = Kinds(rawValue: UInt8(SLUICE_ENCODED_MARK))
    static let headers = Kinds(rawValue: UInt8(SLUICE_ENCODED_HEADER))
    static let runs = Kinds(rawValue: UInt8(SLUICE_ENCODED_RUN))
    static let all: Kinds = [.escapes, .marks, .headers, .runs]

    /// What a pair of bytes is that `find` tells of.
    static func ofPair(beginningWith byte: UInt8) -> Kinds {
      let kind =
        switch byte {
        case UInt8(ascii: "\\"): SLUICE_ENCODED_BACKSLASH
        case UInt8(ascii: "%"): SLUICE_ENCODED_PERCENT
        case UInt8(ascii: "&"): SLUICE_ENCODED_ENTITY
        case UInt8(ascii: "="): SLUICE_ENCODED_MARK
        case UInt8(ascii: "-"): SLUICE_ENCODED_HEADER
        default: SLUICE_ENCODED_CONTROL
        }
      return Kinds(rawValue: UInt8(kind))
    }
  }

  /// The search of this name; nil if this processor does not have it.
  init?(_ kernel: PrefilterKernel) {
    let function: sluice_encoding_kernel? =
      switch kernel {
      case .avx512: unsafe sluice_encoding_kernel_avx512()
      case .avx2: unsafe sluice_encoding_kernel_avx2()
      case .neon, .portable: unsafe sluice_encoding_kernel_portable()
      }
    guard let function = unsafe function else { return nil }
    unsafe self.function = function
  }

  /// The fastest on this processor.
  static let best: EncodingKernel = {
    for kernel in PrefilterKernel.available {
      if let search = EncodingKernel(kernel) { return search }
    }
    preconditionFailure("the portable search runs everywhere")
  }()

  /// The first place from `offset` on; nil if there is none.
  func find(
    in bytes: Span<UInt8>, from offset: Int, kinds: Kinds = .all
  ) -> (offset: Int, isRun: Bool)? {
    guard offset < bytes.count else { return nil }
    return unsafe bytes.withUnsafeBufferPointer { text in
      var isRun: UInt8 = 0
      // SAFETY: the kernels read within `text.count` bytes.
      let found = unsafe function(
        text.baseAddress, text.count, offset, kinds.rawValue, &isRun)
      return found < text.count ? (found, isRun != 0) : nil
    }
  }
}
