/// What bounds memory (G5) and time (G6).
package struct ScanLimits: Sendable, Hashable {
  /// Most bytes that are ever held back, in bytes.
  package var window: Int
  /// How much backtracking one attempt may do, in PCRE2's units.
  package var matchLimit: UInt32
  /// How many encodings may lie around a secret, at most `deepestDecoding`; 0: nothing is
  /// decoded.
  package var decodingDepth: Int

  /// Bytes from its start that one attempt may look at.
  ///
  /// Half of the window: the other half bounds how long overlapping findings are joined.
  package var longestAttempt: Int { window / 2 }

  package static let deepestDecoding = DecodingPath.longest
  package static let smallestWindow = 4096
  package static let defaultWindow = 256 * 1024

  /// - Parameters:
  ///   - window: most bytes held back, at least `smallestWindow`.
  ///   - matchLimit: 100,000 steps take about 0.3 ms.
  ///   - decodingDepth: how many encodings are taken off.
  package init(
    window: Int = ScanLimits.defaultWindow, matchLimit: UInt32 = 100_000,
    decodingDepth: Int = ScanLimits.deepestDecoding
  ) {
    precondition(window >= Self.smallestWindow, "the window is smaller than the smallest")
    self.window = window
    self.matchLimit = matchLimit
    self.decodingDepth = decodingDepth
  }
}
