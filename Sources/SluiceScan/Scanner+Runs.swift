internal import SluiceRegex
internal import SluiceRules

// Secrets longer than the window: masked while they go on.
extension Scanner {
  mutating func startRun(
    of index: RuleIndex, at start: UInt64, subject: Span<UInt8>, in view: borrowing View
  ) {
    statistics.overlongSecrets += 1
    // Where would the secret begin if the stream ended here? If the expression cannot be
    // completed, nobody knows: then everything from the start is masked.
    let outcome = pattern(of: index).match(
      in: subject, from: view.index(of: start), isFinal: true, scratch: &scratch)
    var secretStart = start
    if outcome == .match,
      let group = scratch.range(ofGroup: pattern(of: index).secretGroup)
    {
      secretStart = max(start, view.origin + UInt64(group.lowerBound))
    }
    let end = view.origin + UInt64(subject.count)
    insert(index, from: secretStart, to: end, isRunning: true)
    var run = Run(rule: index, end: end)
    if !continueRun(&run, in: view) { runs.append(run) }
  }

  mutating func continueRuns(in view: borrowing View) {
    guard !runs.isEmpty else { return }
    var kept = 0
    for index in runs.indices {
      var run = runs[index]
      if !continueRun(&run, in: view) {
        runs[kept] = run
        kept += 1
      }
    }
    runs.removeLast(runs.count - kept)
  }

  /// - Returns: whether the run has come to its end.
  private mutating func continueRun(_ run: inout Run, in view: borrowing View) -> Bool {
    let continuation = rules.hot[run.rule.position].continuation
    var index = view.index(of: run.end)
    while index < view.bytes.count, continuation.contains(view.bytes[index]) { index += 1 }
    run.end = view.origin + UInt64(index)
    let isOver = index < view.bytes.count || view.isFinal
    overlaps.extendRun(of: run.rule, to: run.end, isOver: isOver)
    // Nothing of this rule starts inside of its own secret.
    resume[run.rule.position] = run.end
    matchesEnd = max(matchesEnd, run.end)
    return isOver
  }
}
