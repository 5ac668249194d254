internal import CPCRE2

/// Why an expression does not compile, in PCRE2's words.
package struct PatternError: Error, Hashable {
  /// PCRE2's message, for example `missing closing parenthesis`.
  package let message: String
  /// Offset in bytes into the expression at which PCRE2 stopped reading.
  package let byteOffset: Int
}

/// What one match attempt said.
///
/// `partial` and `gaveUp` are not `none`: the first asks for more bytes, the second must be
/// treated as a find (G6).
package enum MatchOutcome: Hashable, Sendable {
  /// There is no match, whatever bytes follow the subject.
  case none
  /// A match whose extent does not depend on the bytes after the subject; its groups are in the
  /// scratch memory.
  case match
  /// The attempt that starts here reached the end of the subject before it was decided.
  case partial(start: Int)
  /// The match limit or the JIT stack was exhausted.
  case gaveUp
}

/// A compiled expression; immutable, so threads may share it (pcre2api(3), "Multithreading").
///
/// Expressions match bytes (no UTF mode). Only the hard-partial variant is compiled to machine
/// code: it stops as soon as an attempt touches the end of the subject, so whatever else it
/// answers holds for every continuation of the stream (pcre2partial(3)). The one case that needs
/// the ordinary meaning of the subject's end, the end of the stream, runs in the interpreter.
@safe package final class Pattern: Sendable {
  /// Where a match may begin.
  package enum Start: Sendable {
    /// Only at the offset that is passed to `match`. Compiled in: asking for it at match time
    /// would silently select the interpreter.
    case anchored
    /// At that offset or anywhere after it.
    case anywhere
  }

  private nonisolated(unsafe) let code: OpaquePointer
  /// False where the kernel refuses executable memory; the interpreter serves instead.
  package let isCompiledToMachineCode: Bool
  /// Bytes before the start of a match that its assertions may read.
  package let maxLookbehind: Int
  /// Number of the group named `secret`, 0 (the whole match) if there is none.
  package let secretGroup: Int
  /// Number of capturing groups.
  package let captureCount: Int

  /// - Throws: `PatternError` if PCRE2 refuses the expression.
  package init(_ source: String, start: Start) throws(PatternError) {
    var status: CInt = 0
    var offset = 0
    let utf8 = Array(source.utf8)
    let options: UInt32 =
      switch start {
      case .anchored: UInt32(PCRE2_ANCHORED)
      case .anywhere: 0
      }
    guard
      let compiled = unsafe pcre2_compile_8(
        utf8, utf8.count, options | UInt32(PCRE2_NEVER_UTF) | UInt32(PCRE2_NEVER_BACKSLASH_C),
        &status, &offset, nil)
    else {
      throw PatternError(message: Pattern.message(for: status), byteOffset: offset)
    }
    unsafe code = compiled
    isCompiledToMachineCode =
      unsafe pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_PARTIAL_HARD)) == 0

    var lookbehind: UInt32 = 0
    _ = unsafe pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_MAXLOOKBEHIND), &lookbehind)
    maxLookbehind = Int(lookbehind)
    var captures: UInt32 = 0
    _ = unsafe pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &captures)
    captureCount = Int(captures)
    let group = unsafe pcre2_substring_number_from_name_8(compiled, Array("secret".utf8) + [0])
    secretGroup = group > 0 ? Int(group) : 0
  }

  deinit { unsafe pcre2_code_free_8(code) }

  /// Tries to match, starting at `offset`.
  ///
  /// - Parameters:
  ///   - subject: the bytes; look-behind assertions may read those before `offset`.
  ///   - offset: where the first attempt starts, within `0...subject.count`.
  ///   - isFinal: whether the subject ends where the stream ends. If not, an attempt that
  ///     reaches the end is `partial`.
  ///   - scratch: holds the groups after `match`.
  /// - Returns: what the attempt said.
  package func match(
    in subject: Span<UInt8>, from offset: Int, isFinal: Bool, scratch: inout MatchScratch
  ) -> MatchOutcome {
    precondition(offset >= 0 && offset <= subject.count, "match starts outside of the subject")
    precondition(captureCount < scratch.pairCapacity, "scratch memory is too small for the groups")
    return unsafe subject.withUnsafeBufferPointer { bytes in
      // SAFETY: `bytes` outlives the calls; PCRE2 reads at most `bytes.count` bytes of it. An
      // empty subject may come with no address, which PCRE2 accepts for length 0.
      let partial = UInt32(PCRE2_PARTIAL_HARD)
      var status =
        isCompiledToMachineCode
        ? unsafe pcre2_jit_match_8(
          code, bytes.baseAddress, bytes.count, offset, partial, scratch.data, scratch.context)
        : unsafe pcre2_match_8(
          code, bytes.baseAddress, bytes.count, offset, partial, scratch.data, scratch.context)
      if status == PCRE2_ERROR_PARTIAL {
        guard isFinal else { return unsafe .partial(start: scratch.pairs[0]) }
        status = unsafe pcre2_match_8(
          code, bytes.baseAddress, bytes.count, offset, UInt32(PCRE2_NO_JIT), scratch.data,
          scratch.context)
      }
      if status == PCRE2_ERROR_NOMATCH { return .none }
      return status > 0 ? .match : .gaveUp
    }
  }

  private static func message(for status: CInt) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = unsafe pcre2_get_error_message_8(status, &buffer, buffer.count)
    return length > 0
      ? String(decoding: buffer.prefix(Int(length)), as: UTF8.self) : "PCRE2 error \(status)"
  }
}
