import CPCRE2

/// PCRE2 itself, with its default options: what the parser and the analysis are compared with.
@safe final class ReferencePattern {
  struct Match {
    var whole: Range<Int>
    /// The group named `secret`, if there is one and it took part.
    var secret: Range<Int>?
  }

  private let code: OpaquePointer
  private let data: OpaquePointer
  private let limits: OpaquePointer
  private let secretGroup: Int?

  /// Nil if PCRE2 refuses the expression.
  init?(_ source: String) {
    var status: CInt = 0
    var offset = 0
    let utf8 = Array(source.utf8)
    let compiled = unsafe pcre2_compile_8(utf8, utf8.count, 0, &status, &offset, nil)
    guard let compiled = unsafe compiled else { return nil }
    guard let data = unsafe pcre2_match_data_create_from_pattern_8(compiled, nil),
      let limits = unsafe pcre2_match_context_create_8(nil)
    else {
      unsafe pcre2_code_free_8(compiled)
      return nil
    }
    unsafe code = compiled
    unsafe self.data = unsafe data
    unsafe self.limits = unsafe limits
    _ = unsafe pcre2_set_match_limit_8(limits, 100_000)
    let group = unsafe pcre2_substring_number_from_name_8(compiled, Array("secret".utf8) + [0])
    secretGroup = group > 0 ? Int(group) : nil
  }

  deinit {
    unsafe pcre2_match_context_free_8(limits)
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_code_free_8(code)
  }

  /// The match that begins at `start`; nil if there is none, or PCRE2 gave up.
  func match(in subject: [UInt8], at start: Int) -> Match? {
    let status = status(of: subject, at: start)
    // SAFETY: the vector belongs to `data` and holds `status` pairs after a match.
    guard status > 0, let pairs = unsafe pcre2_get_ovector_pointer_8(data) else { return nil }
    var match = unsafe Match(whole: pairs[0]..<pairs[1], secret: nil)
    if let group = secretGroup, group < Int(status) {
      let lower = unsafe pairs[2 * group]
      let upper = unsafe pairs[2 * group + 1]
      if lower >= 0, lower <= upper { match.secret = lower..<upper }
    }
    return match
  }

  func matches(_ subject: [UInt8]) -> Bool {
    match(in: subject, at: 0) != nil
  }

  /// Whether PCRE2 is sure that no match begins at the start; false if it gave up.
  func refuses(_ subject: [UInt8]) -> Bool {
    status(of: subject, at: 0) == PCRE2_ERROR_NOMATCH
  }

  private func status(of subject: [UInt8], at start: Int) -> CInt {
    unsafe pcre2_match_8(
      code, subject, subject.count, start, UInt32(PCRE2_ANCHORED), data, limits)
  }
}

/// A small generator, so that one number repeats a failure.
struct ExpressionRandom: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}
