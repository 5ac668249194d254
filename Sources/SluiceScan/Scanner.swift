internal import SluiceRegex
internal import SluiceRules

/// Finds secrets in a byte stream: the façade of `SluiceScan`.
///
/// The caller keeps a window of the stream and calls `scan` whenever it has grown; the scanner
/// answers with the **settled mark**: every byte before it has its final verdict, whatever comes
/// next. Findings arrive at the sink in order, and never depend on where the stream was cut (G2).
///
/// **What is found.** Each rule alone walks the stream from the left. At a start `p` it sees the
/// stream up to `p + ScanLimits.longestAttempt`, and one of these holds:
/// - *match*: a hit if the validators accept the secret; the rule goes on at the secret's end even
///   if they refuse, or a long line of refused values would be read again for each of them (G6);
/// - *no match*: the rule goes on at `p + 1`;
/// - *too long*: the expression wants to read past the limit (only rules without a bound on their
///   length can). The secret, or all from `p` if the expression could not be completed, is masked,
///   and goes on for as long as bytes of the rule's unbounded repeats follow;
/// - *gave up*: the match limit was hit. Everything from `p` to the end of the record is masked
///   (at most `longestAttempt` bytes), and counted (G6).
///
/// What is encoded is decoded and scanned by the same rules, see `Decoding`; what is found in it
/// counts like any other hit, with the bytes of the stream that it was decoded from.
///
/// Then `Overlaps` joins the hits of all rules. The prefilter only spares attempts that cannot
/// succeed; a test runs every rule at every byte and expects the same (G4).
///
/// Pure, synchronous, not `Sendable`: one scanner a stream, over shared `CompiledRules`.
package struct Scanner: ~Copyable {
  /// Starts of one rule that are not decided yet.
  private struct Pending: BitwiseCopyable {
    let rule: RuleIndex
    /// The next start to try.
    var low: UInt64
    /// The last start to try.
    var high: UInt64
    /// How far the stream was known when `low` was last tried.
    var seen: UInt64
  }

  /// A secret too long for the window, while it goes on.
  struct Run: BitwiseCopyable {
    let rule: RuleIndex
    /// Everything before belongs to it.
    var end: UInt64
  }

  let rules: CompiledRules
  private var patterns: [Pattern?]
  private var validators: [[Validator]?]
  private var outlines: Outlines
  var scratch: MatchScratch
  var overlaps: Overlaps
  /// Nil if nothing is decoded.
  private let decoding: Decoding?
  /// Where each rule goes on, as an offset in the stream.
  var resume: [UInt64]
  /// Whether a rule has an undecided start in this pass.
  private var isWaiting: [Bool]
  /// Sorted, for each rule, by start.
  private var pending: [Pending] = []
  var runs: [Run] = []
  private var candidates: [Prefilter.Candidate] = []
  private var prefilterScratch = Prefilter.Scratch()
  /// All anchors that begin before it were considered.
  private var searchedThrough: UInt64 = 0
  /// Where the stream ended in the last call.
  private var knownEnd: UInt64 = 0
  private var settled: UInt64 = 0
  private var exact: ExactSearch?
  private var known: KnownSearch?
  /// Whether the time of confirming is measured; twice a piece of the stream, so it costs little.
  private let measuresTime: Bool
  /// Where the last match ends that any rule had.
  var matchesEnd: UInt64 = 0
  package internal(set) var statistics: ScanStatistics

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - measuresTime: whether `ScanStatistics.confirmNanoseconds` is kept.
  package init(rules: CompiledRules, measuresTime: Bool = false) {
    self.init(
      rules: rules, measuresTime: measuresTime, decodes: rules.limits.decodingDepth > 0)
  }

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - measuresTime: whether `ScanStatistics.confirmNanoseconds` is kept.
  ///   - decodes: whether what is encoded is scanned decoded, too.
  package init(rules: CompiledRules, measuresTime: Bool = false, decodes: Bool) {
    self.rules = rules
    self.measuresTime = measuresTime
    decoding = decodes ? Decoding(rules: rules) : nil
    patterns = Array(repeating: nil, count: rules.rules.count)
    validators = Array(repeating: nil, count: rules.rules.count)
    outlines = Outlines(rules: rules)
    scratch = MatchScratch(
      groups: rules.largestGroupCount, matchLimit: rules.limits.matchLimit)
    overlaps = Overlaps(reach: rules.limits.longestAttempt)
    resume = Array(repeating: 0, count: rules.rules.count)
    isWaiting = Array(repeating: false, count: rules.rules.count)
    // It knows how values are encoded: decoded texts need not be searched for them.
    let searchesValues = decodes || rules.limits.decodingDepth == 0
    exact =
      searchesValues
      ? rules.values.map { ExactSearch($0, firstRule: rules.firstValueRule) } : nil
    known = rules.known.map { KnownSearch($0, rule: RuleIndex(rules.rules.count - 1)) }
    statistics = ScanStatistics(ruleCount: rules.rules.count)
    candidates.reserveCapacity(1024)
    pending.reserveCapacity(256)
  }

  /// Forgets the stream and begins another, keeping the memory that a new scanner would have to
  /// allocate.
  package mutating func restart() {
    overlaps.restart()
    for rule in resume.indices {
      resume[rule] = 0
      isWaiting[rule] = false
    }
    pending.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    searchedThrough = 0
    knownEnd = 0
    settled = 0
    exact?.restart()
    known?.begin(at: 0)
    matchesEnd = 0
    decoding?.begin(at: 0)
    statistics = ScanStatistics(ruleCount: rules.rules.count)
  }

  /// Begins another text whose first byte has this offset, and forgets what is not settled.
  ///
  /// Unlike `restart` it costs nothing that grows with the number of rules, so that each of many
  /// short records can be a text of its own. Statistics go on.
  ///
  /// - Parameter offset: none of the bytes that were scanned before has it or a later one.
  package mutating func begin(at offset: UInt64) {
    precondition(offset >= settled, "offsets only grow: rules remember where they go on")
    overlaps.restart()
    for entry in pending { isWaiting[entry.rule.position] = false }
    pending.removeAll(keepingCapacity: true)
    runs.removeAll(keepingCapacity: true)
    exact?.begin(at: offset)
    known?.begin(at: offset)
    searchedThrough = offset
    knownEnd = offset
    settled = offset
    matchesEnd = 0
    decoding?.begin(at: offset)
  }

  /// Takes over from a scanner with other rules: the same stream goes on at its settled mark.
  ///
  /// What that scanner held is scanned again, with the new rules.
  ///
  /// - Parameters:
  ///   - offset: the settled mark.
  ///   - earlier: what the other scanner counted.
  ///   - former: its rules.
  package mutating func takeOver(
    at offset: UInt64, after earlier: ScanStatistics, of former: CompiledRules
  ) {
    begin(at: offset)
    statistics = earlier.carried(from: former.rules, to: rules.rules)
  }

  /// Takes one find of a rule back from the statistics, for a caller that had it from another text.
  package mutating func uncount(_ rule: RuleIndex) {
    let known = statistics.findingsByRule[rule.position]
    statistics.findingsByRule[rule.position] = known - min(known, 1)
  }

  /// Every byte before it has its final verdict.
  package var settledMark: UInt64 { settled }

  /// From where on, in the last line that was scanned to its end, all escapes were decoded, and all
  /// that is encoded in what they stand for; nil if nothing was decoded or something was left.
  package var decodedFrom: UInt64? { decoding?.decodedFrom }

  /// Bytes before the settled mark that the caller must keep at the front of the window; it changes
  /// with every call of `scan`.
  package var contextLength: Int {
    guard let decoding, decoding.blockStart < settled else { return rules.contextLength }
    return max(rules.contextLength, Int(settled - decoding.blockStart))
  }

  /// Scans the bytes that were added since the last call.
  ///
  /// - Parameters:
  ///   - bytes: the window: all bytes from the last settled mark on, with `contextLength` bytes
  ///     before it (fewer at the start of the stream).
  ///   - origin: the offset in the stream of the window's first byte.
  ///   - isFinal: whether the stream ends where the window ends.
  ///   - sink: receives the findings.
  /// - Returns: the settled mark, an offset in the stream. What lies before it, less the context,
  ///   is not needed again.
  /// - Throws: only what `sink` throws.
  package mutating func scan<Sink: FindingSink & ~Copyable>(
    _ bytes: Span<UInt8>, at origin: UInt64, isFinal: Bool, into sink: inout Sink
  ) throws(Sink.Failure) -> UInt64 {
    let end = origin + UInt64(bytes.count)
    precondition(
      origin <= settled && knownEnd <= end, "the window does not hold what is unsettled")
    let view = View(bytes: bytes, origin: origin, end: end, isFinal: isFinal)
    continueRuns(in: view)
    retryPending(in: view)
    // An anchor that may still be completed comes before all that begin after it: a rule takes
    // its starts from the left.
    let searchEnd = isFinal ? bytes.count : rules.prefilter.unfinishedAnchor(in: bytes)
    tryNewCandidates(in: view, upTo: searchEnd)
    tryUnanchored(in: view)
    exact?.search(bytes, at: origin, isFinal: isFinal, into: &overlaps)
    known?.search(bytes, at: origin, isFinal: isFinal, into: &overlaps)
    knownEnd = end
    var decided = decidedMark(in: view, searchEnd: searchEnd)
    if let decoding {
      decided = min(
        decided,
        decoding.advance(
          in: bytes, at: origin, isFinal: isFinal, settled: settled, matchesEnd: matchesEnd,
          statistics: &statistics, into: &overlaps))
    }
    let mark = try overlaps.resolve(
      upTo: decided, in: bytes, at: origin, statistics: &statistics, into: &sink)
    precondition(mark >= settled, "the settled mark moved back")
    statistics.settledBytes += mark - settled
    statistics.heldHighWater = max(statistics.heldHighWater, Int(end - mark))
    settled = mark
    return mark
  }

  /// The window of one call.
  struct View: ~Escapable {
    let bytes: Span<UInt8>
    let origin: UInt64
    let end: UInt64
    let isFinal: Bool

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, origin: UInt64, end: UInt64, isFinal: Bool) {
      self.bytes = bytes
      self.origin = origin
      self.end = end
      self.isFinal = isFinal
    }

    func index(of offset: UInt64) -> Int { Int(offset - origin) }

    func byte(at offset: UInt64) -> UInt8 { bytes[index(of: offset)] }
  }

  // MARK: - Attempts

  private mutating func retryPending(in view: borrowing View) {
    guard !pending.isEmpty else { return }
    let freshBytes = view.bytes.extracting(view.index(of: knownEnd)...)
    let hasNewRecord = freshBytes.firstIndex(of: UInt8(ascii: "\n")) != nil
    var kept = 0
    for index in pending.indices {
      var entry = pending[index]
      let isWorthTrying =
        view.isFinal || hasNewRecord || isWorthRetrying(entry, streamEnd: view.end)
      if isWaiting[entry.rule.position] || !isWorthTrying || !decide(&entry, in: view) {
        isWaiting[entry.rule.position] = true
        pending[kept] = entry
        kept += 1
      }
    }
    pending.removeLast(pending.count - kept)
  }

  /// Whether an undecided start should be tried again although no record was completed.
  ///
  /// Each try reads the candidate from its start, so a long one that grows by single bytes is
  /// tried only when it has grown by an eighth. A new record makes all worth trying, so that no
  /// complete record waits for a rule that cannot cross its end.
  private func isWorthRetrying(_ entry: Pending, streamEnd: UInt64) -> Bool {
    let length = streamEnd - entry.low
    return length <= 4096 || streamEnd - entry.seen >= length / 8
      || length > UInt64(rules.limits.longestAttempt)
  }

  private mutating func tryNewCandidates(in view: borrowing View, upTo searchEnd: Int) {
    var from = view.index(of: searchedThrough)
    while from < searchEnd {
      let to = min(from + Prefilter.pieceLength, searchEnd)
      candidates.removeAll(keepingCapacity: true)
      rules.prefilter.find(
        in: view.bytes, startingIn: from..<to, scratch: &prefilterScratch, into: &candidates)
      statistics.candidates += UInt64(candidates.count)
      let start = measuresTime && !candidates.isEmpty ? ContinuousClock.now : nil
      for candidate in candidates {
        let rule = rules.hot[candidate.rule.position]
        let anchor = view.origin + UInt64(candidate.offset)
        guard anchor >= rule.shortestLead else { continue }
        consider(
          Pending(
            rule: candidate.rule,
            // Starts before the settled mark are decided.
            low: max(anchor - min(anchor, rule.longestLead), settled),
            high: anchor - rule.shortestLead, seen: 0),
          in: view)
      }
      if let start { statistics.confirmNanoseconds += nanoseconds(since: start) }
      from = to
    }
    searchedThrough = max(searchedThrough, view.origin + UInt64(searchEnd))
    for entry in pending { isWaiting[entry.rule.position] = false }
  }

  private func nanoseconds(since start: ContinuousClock.Instant) -> UInt64 {
    let time = (ContinuousClock.now - start).components
    return UInt64(max(0, time.seconds * 1_000_000_000 + time.attoseconds / 1_000_000_000))
  }

  /// Tries the rules that have no anchor at every new byte.
  private mutating func tryUnanchored(in view: borrowing View) {
    guard knownEnd < view.end else { return }
    for rule in rules.unanchored {
      let fresh = Pending(rule: rule, low: knownEnd, high: view.end - 1, seen: 0)
      if let index = pending.firstIndex(where: { $0.rule == rule }) {
        pending[index].high = fresh.high
      } else {
        consider(fresh, in: view)
        isWaiting[rule.position] = false
      }
    }
  }

  private mutating func consider(_ candidate: Pending, in view: borrowing View) {
    var entry = candidate
    if !isWaiting[entry.rule.position] && decide(&entry, in: view) { return }
    isWaiting[entry.rule.position] = true
    pending.append(entry)
  }

  /// Tries the starts of `entry` from the left.
  ///
  /// - Returns: whether all are decided; if not, `entry.low` is the first that is not.
  private mutating func decide(_ entry: inout Pending, in view: borrowing View) -> Bool {
    let rule = entry.rule.position
    let startBytes = rules.hot[rule].startBytes
    var start = entry.low
    while true {
      start = max(start, resume[rule])
      guard start <= entry.high else {
        // Candidates come in order: none of these starts is worth another try.
        resume[rule] = max(resume[rule], entry.high + 1)
        return true
      }
      if startBytes.contains(view.byte(at: start)) && !attempt(entry.rule, at: start, in: view) {
        entry.low = start
        entry.seen = view.end
        return false
      }
      start += 1
    }
  }

  /// Tries one rule at one start and records a hit.
  ///
  /// - Returns: false if more of the stream is needed to decide.
  private mutating func attempt(
    _ index: RuleIndex, at start: UInt64, in view: borrowing View
  ) -> Bool {
    let from = view.index(of: start)
    let limit = from + rules.limits.longestAttempt
    let isClipped = limit < view.bytes.count
    let subject = isClipped ? view.bytes.extracting(0..<limit) : view.bytes
    guard outlines.canMatch(index, in: subject, from: from) else { return true }
    statistics.attempts += 1
    statistics.attemptsByRule[index.position] += 1
    let outcome = pattern(of: index).match(
      in: subject, from: from, isFinal: view.isFinal && !isClipped, scratch: &scratch)
    switch outcome {
    case .none:
      break
    case .match:
      takeMatch(of: index, at: start, in: view)
    case .partial:
      guard isClipped else { return false }
      startRun(of: index, at: start, subject: subject, in: view)
    case .gaveUp:
      return maskRecord(of: index, at: start, in: view)
    }
    return true
  }

  mutating func pattern(of rule: RuleIndex) -> Pattern {
    if let pattern = patterns[rule.position] { return pattern }
    let pattern = rules.pattern(of: rule)
    patterns[rule.position] = pattern
    return pattern
  }

  private mutating func validators(of rule: RuleIndex) -> [Validator] {
    if let validators = validators[rule.position] { return validators }
    let read = rules.rules[rule.position].rule.validators
    validators[rule.position] = read
    return read
  }

  private mutating func takeMatch(
    of index: RuleIndex, at start: UInt64, in view: borrowing View
  ) {
    let rule = index.position
    guard
      let secret = scratch.range(ofGroup: pattern(of: index).secretGroup)
        ?? scratch.range(ofGroup: 0), !secret.isEmpty
    else { return }
    let end = view.origin + UInt64(secret.upperBound)
    resume[rule] = max(end, start + 1)
    matchesEnd = max(matchesEnd, resume[rule])
    if rules.hot[rule].hasValidators {
      let bytes = view.bytes.extracting(secret)
      for validator in validators(of: index) where !validator.accepts(bytes) { return }
    }
    insert(index, from: view.origin + UInt64(secret.lowerBound), to: end)
  }

  /// The match limit was hit: masks to the end of the record (G6).
  ///
  /// - Returns: false if the end of the record is not there yet.
  private mutating func maskRecord(
    of index: RuleIndex, at start: UInt64, in view: borrowing View
  ) -> Bool {
    let from = view.index(of: start)
    let limit = from + rules.limits.longestAttempt
    let record = view.bytes.extracting(from..<min(limit, view.bytes.count))
    var length = record.count
    if let lineEnd = record.firstIndex(of: UInt8(ascii: "\n")) {
      length = max(lineEnd, 1)
    } else if limit > view.bytes.count && !view.isFinal {
      return false
    }
    statistics.limitHits += 1
    insert(index, from: start, to: start + UInt64(length))
    resume[index.position] = start + UInt64(length)
    matchesEnd = max(matchesEnd, start + UInt64(length))
    return true
  }

  mutating func insert(
    _ index: RuleIndex, from start: UInt64, to end: UInt64, isRunning: Bool = false
  ) {
    overlaps.insert(
      Hit(
        rule: index, start: start, end: end, rank: rules.hot[index.position].rank, length: 0,
        isRunning: isRunning))
  }

  // MARK: - The settled mark

  /// The earliest byte at which a hit may still begin.
  private func decidedMark(in view: borrowing View, searchEnd: Int) -> UInt64 {
    guard !view.isFinal else { return view.end }
    var start = searchEnd
    // A match may begin before its anchor: step back over bytes that can stand there.
    let earliest = max(0, searchEnd - rules.longestLead)
    while start > earliest, rules.leadBytes.contains(view.bytes[start - 1]) { start -= 1 }
    var mark = max(view.origin + UInt64(start), settled)
    for entry in pending {
      mark = min(mark, max(entry.low, resume[entry.rule.position]))
    }
    if let exact { mark = min(mark, exact.decided) }
    switch known {
    case .some(let search): mark = min(mark, search.decided)
    case .none: break
    }
    return mark
  }

  /// How far the stream may go on, in front of a person, when nothing follows for a while.
  ///
  /// At the settled mark a key that is typed would show nothing until the next one, for it may
  /// begin a secret. Here only what nothing but a secret begins with is held: a public prefix, or
  /// `ExactSearch.tellingLength` bytes of a known value. The scanner goes on as if nothing had gone
  /// out, so that the rest of a secret that does follow is found, and masked.
  package var idleMark: UInt64 {
    var mark = knownEnd
    for entry in pending where rules.hot[entry.rule.position].isDistinct {
      mark = min(mark, max(entry.low, resume[entry.rule.position]))
    }
    if let exact, exact.matched >= ExactSearch.tellingLength { mark = min(mark, exact.decided) }
    switch known {
    case .some(let search): mark = min(mark, search.firstOpen ?? mark)
    case .none: break
    }
    return max(settled, min(mark, overlaps.firstOpen ?? mark))
  }
}
