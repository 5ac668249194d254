/// A secret that one rule found, before overlaps are resolved.
struct Hit: BitwiseCopyable {
  var rule: RuleIndex
  var start: UInt64
  var end: UInt64
  /// Confidence of the rule.
  var rank: UInt8
  /// Bytes the rule found, at most `Overlaps.reach`; does not shrink when the hit is cut.
  var length: UInt64
  /// The end is not known yet: everything from `start` to `end`, where the stream read so far
  /// ends, belongs to the secret.
  var isRunning = false
  /// Its number among the decoded secrets; 0 if it stands in the stream as it is.
  var decoded: Int32 = 0
  /// Its number among the known values, from 1; 0 if a rule found it.
  var known: Int32 = 0

  /// Whether nothing is left of it, nor will be.
  var isEmpty: Bool { start >= end && !isRunning }

  /// The order of names: confidence, then length, then start, then the rule's place, then what
  /// stands in the stream as it is.
  func outranks(_ other: Hit) -> Bool {
    if rank != other.rank { return rank > other.rank }
    if length != other.length { return length > other.length }
    if start != other.start { return start < other.start }
    if rule != other.rule { return rule < other.rule }
    return decoded == 0 && other.decoded != 0
  }
}

/// Joins hits that overlap, so that what is masked is the union of what the rules found.
///
/// **Order.** Hits are taken by start. One that begins inside the finding before it joins it: the
/// finding then reaches to the farther end and carries the name of the hit that ranks first (by
/// confidence, then length, then start, then the rule's place in the set). Hits that only touch
/// stay apart. A finding takes in hits that begin within `reach` bytes of its start; a later one
/// is cut to begin where the finding ends, and vanishes if nothing of it is left. Without this
/// limit a chain of overlapping hits would be held for as long as it goes on (G5).
///
/// Nothing here depends on how the stream was cut into reads (G2): a finding is handed on when
/// everything that can join it is known, and its name never depends on an end that is not.
struct Overlaps {
  /// Sorted by start.
  private var hits: [Hit] = []
  private let reach: UInt64
  /// End of the last finding that was handed on.
  private var floor: UInt64 = 0
  /// The finding that was handed on before its end was known, and the rules that extend it.
  private var running: Finding?
  private var runningRules: [RuleIndex] = []
  /// What decoded hits stand for.
  private var secrets: DecodedSecrets?

  init(reach: Int) {
    self.reach = UInt64(reach)
    hits.reserveCapacity(256)
  }

  /// The start of the first finding that was not handed on, or not to its end.
  var firstOpen: UInt64? { running?.start ?? hits.first?.start }

  /// Forgets the stream and begins another.
  mutating func restart() {
    hits.removeAll(keepingCapacity: true)
    floor = 0
    running = nil
    runningRules.removeAll(keepingCapacity: true)
    secrets?.removeAll()
  }

  /// Decoded hits that are inserted have their numbers there.
  mutating func keep(_ secrets: DecodedSecrets) { self.secrets = secrets }

  mutating func insert(_ newHit: Hit) {
    var hit = newHit
    hit.length = min(hit.isRunning ? reach : hit.end - hit.start, reach)
    hit.start = max(hit.start, floor)
    guard !hit.isEmpty else { return }
    let index = place(of: hit)
    // What a decoded text shows once more, because nothing of it was encoded, is known.
    guard hit.decoded == 0 || !isKnown(hit, before: index) else { return }
    hits.insert(hit, at: index)
  }

  /// Behind all hits that do not start later: most hits come in order, decoded ones do not.
  private func place(of hit: Hit) -> Int {
    var (low, high) = (0, hits.count)
    if high > 0, hits[high - 1].start <= hit.start { return high }
    while low < high {
      let middle = (low + high) / 2
      if hits[middle].start <= hit.start { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func isKnown(_ hit: Hit, before index: Int) -> Bool {
    var other = index
    while other > 0, hits[other - 1].start == hit.start {
      other -= 1
      let known = hits[other]
      if known.rule == hit.rule, known.end == hit.end, known.known == hit.known,
        !known.isRunning
      {
        return true
      }
    }
    return false
  }

  /// Moves the end of the running hit of `rule`; `isOver` says that this is where it ends.
  mutating func extendRun(of rule: RuleIndex, to end: UInt64, isOver: Bool) {
    if let index = runningRules.firstIndex(of: rule) {
      if let known = running?.end { running?.end = max(known, end) }
      if isOver { runningRules.remove(at: index) }
      return
    }
    for index in hits.indices where hits[index].isRunning && hits[index].rule == rule {
      hits[index].end = max(hits[index].start, end)
      hits[index].isRunning = !isOver
    }
  }

  /// Hands on every finding that no later hit can change.
  ///
  /// - Parameters:
  ///   - mark: no later hit starts before it.
  ///   - bytes: the window; it holds everything from the first finding not handed on.
  ///   - origin: offset of `bytes` in the stream.
  ///   - statistics: counts the findings.
  ///   - sink: receives them.
  /// - Returns: the start of the first finding that has to wait, or `mark`.
  /// - Throws: what the sink throws.
  mutating func resolve<Sink: FindingSink & ~Copyable>(
    upTo mark: UInt64, in bytes: Span<UInt8>, at origin: UInt64,
    statistics: inout ScanStatistics, into sink: inout Sink
  ) throws(Sink.Failure) -> UInt64 {
    guard try finishRunning(into: &sink) else {
      forgetTaken(0)
      return mark
    }
    // Taken hits stay in the array until the end: removing each would cost a move of all others.
    var taken = 0
    defer { forgetTaken(taken) }
    while taken < hits.count {
      let first = uncovered(hits[taken])
      guard first.start < mark else { return mark }
      guard !first.isEmpty else {
        taken += 1
        continue
      }
      var winner = first
      var named = first.known == 0 ? first : nil
      var end = first.end
      var isRunning = first.isRunning
      var next = taken + 1
      while next < hits.count {
        let hit = uncovered(hits[next])
        guard hit.start < end, hit.start < first.start + reach else { break }
        next += 1
        guard !hit.isEmpty else { continue }
        if hit.outranks(winner) { winner = hit }
        if hit.known == 0, named.map(hit.outranks) ?? true { named = hit }
        end = max(end, hit.end)
        isRunning = isRunning || hit.isRunning
      }
      guard mark >= min(isRunning ? .max : end, first.start + reach) else { return first.start }

      var finding = Finding(rule: winner.rule, start: first.start, end: end)
      finding.known = winner.known
      // A rule that finds just the known value says what kind of secret it is.
      if winner.known > 0, let named, named.start == winner.start, named.end == winner.end {
        finding.rule = named.rule
      }
      statistics.findingsByRule[finding.rule.position] += 1
      let offset = Int(first.start - origin)
      let secret = bytes.extracting(offset..<offset + Int(min(end - first.start, reach)))
      if isRunning {
        running = finding
        runningRules = hits[taken..<next].filter(\.isRunning).map(\.rule)
        taken = next
        try sink.open(finding, secret: secret)
        guard try finishRunning(into: &sink) else { return mark }
      } else {
        taken = next
        if let secrets, winner.decoded != 0, winner.start == first.start, winner.end == end {
          finding.decoded = secrets.form(of: winner.decoded)
          try secrets.withSecret(of: winner.decoded) { (decoded) throws(Sink.Failure) in
            try sink.receive(finding, secret: decoded.isEmpty ? secret : decoded)
          }
        } else {
          try sink.receive(finding, secret: secret)
        }
        floor = end
      }
    }
    return mark
  }

  /// Closes the running finding if its end is known.
  ///
  /// - Returns: whether no finding is running any more.
  private mutating func finishRunning<Sink: FindingSink & ~Copyable>(
    into sink: inout Sink
  ) throws(Sink.Failure) -> Bool {
    guard let finding = running else { return true }
    floor = finding.end
    guard runningRules.isEmpty else { return false }
    running = nil
    try sink.close(finding)
    return true
  }

  /// The hit without what the last finding covers.
  private func uncovered(_ hit: Hit) -> Hit {
    var rest = hit
    rest.start = max(hit.start, floor)
    return rest
  }

  /// Drops the first hits, and those that the last finding covers.
  private mutating func forgetTaken(_ taken: Int) {
    var kept = 0
    for index in taken..<hits.count {
      let hit = uncovered(hits[index])
      guard !hit.isEmpty else { continue }
      hits[kept] = hit
      kept += 1
    }
    hits.removeLast(hits.count - kept)
    if hits.isEmpty { secrets?.removeAll() }
  }
}
