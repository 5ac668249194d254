internal import CPCRE2

/// One thread's memory for matching: groups, JIT stack and limits.
///
/// Allocated once, reused.
@safe package struct MatchScratch: ~Copyable {
  let data: OpaquePointer
  let context: OpaquePointer
  private let jitStack: OpaquePointer?
  /// Group offsets, two for each group, as PCRE2 writes them.
  let pairs: UnsafeMutablePointer<Int>
  let pairCapacity: Int

  /// - Parameters:
  ///   - groups: the largest number of capturing groups of any pattern that will use this memory.
  ///   - matchLimit: how much backtracking one attempt may do before it gives up (G6);
  ///     100,000 steps take about 0.3 ms.
  package init(groups: Int = 15, matchLimit: UInt32 = 100_000) {
    pairCapacity = groups + 1
    guard let data = unsafe pcre2_match_data_create_8(UInt32(pairCapacity), nil),
      let context = unsafe pcre2_match_context_create_8(nil),
      let pairs = unsafe pcre2_get_ovector_pointer_8(data)
    else { preconditionFailure("out of memory while allocating match data") }
    unsafe self.data = data
    unsafe self.context = context
    unsafe self.pairs = pairs
    // A stack of our own: the machine stack that JIT code borrows otherwise is only 32 KB.
    unsafe jitStack = pcre2_jit_stack_create_8(32 * 1024, 512 * 1024, nil)
    unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(jitStack))
    _ = unsafe pcre2_set_match_limit_8(context, matchLimit)
    _ = unsafe pcre2_set_heap_limit_8(context, 20_000)  // KiB; used by the interpreter only
  }

  deinit {
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_match_context_free_8(context)
    if let jitStack = unsafe jitStack { unsafe pcre2_jit_stack_free_8(jitStack) }
  }

  /// Offsets of a group of the last `match`; nil if the group took no part in it.
  package func range(ofGroup group: Int) -> Range<Int>? {
    precondition(group >= 0 && group < pairCapacity, "no such group")
    // SAFETY: `pairs` holds `2 * pairCapacity` offsets for as long as `data` lives.
    let start = unsafe pairs[2 &* group]
    let end = unsafe pairs[2 &* group &+ 1]
    // PCRE2_UNSET is all ones, which is -1 here. `\K` could make the start exceed the end.
    guard start >= 0, start <= end else { return nil }
    return start..<end
  }
}
