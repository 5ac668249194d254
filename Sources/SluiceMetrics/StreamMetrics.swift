package import SluiceRules
package import SluiceScan
internal import Synchronization

/// What a stream has done so far, left by its thread and read by the server's.
///
/// `update` copies some numbers; it never waits for a reader longer than such a copy takes.
package final class StreamMetrics: Sendable {
  private struct State {
    var statistics: ScanStatistics
    var rules: [PlannedRule]
    var reloads = 0
    var failedReloads = 0
  }

  private let state: Mutex<State>
  private let labels: [MetricFamily.Label]
  private let isMeasured: Bool

  /// - Parameters:
  ///   - rules: what is looked for.
  ///   - labels: what tells the stream from others of the process.
  ///   - isMeasured: whether records are counted and the time of confirming is measured.
  package init(
    rules: [PlannedRule], labels: [MetricFamily.Label] = [], isMeasured: Bool
  ) {
    state = Mutex(State(statistics: ScanStatistics(ruleCount: rules.count), rules: rules))
    self.labels = labels
    self.isMeasured = isMeasured
  }

  /// Leaves the present numbers.
  package func update(_ statistics: ScanStatistics) {
    state.withLock { $0.statistics.copy(statistics) }
  }

  /// Rules were read again.
  ///
  /// - Parameter rules: those to go on with; nil: they cannot be used.
  package func reloaded(_ rules: [PlannedRule]?) {
    state.withLock { state in
      guard let rules else {
        state.failedReloads += 1
        return
      }
      state.reloads += 1
      state.statistics = state.statistics.carried(from: state.rules, to: rules)
      state.rules = rules
    }
  }

  /// The present numbers under their public names.
  package var families: [MetricFamily] {
    let state = state.withLock { $0 }
    let statistics = state.statistics
    func counter(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
      MetricFamily("sluice_\(name)", help, .counter, [.init(Double(value), labels)])
    }
    var families = [
      counter("bytes_total", "Bytes of the stream with a final verdict.", statistics.settledBytes)
    ]
    if isMeasured {
      families.append(counter("records_total", "Records that were read.", statistics.records))
    }
    families += [
      findings(state),
      counter(
        "allowed_findings_total", "Findings that settings let through.",
        statistics.allowedFindings),
      counter(
        "candidates_total", "Places where a rule might have begun.", statistics.candidates),
      counter("match_attempts_total", "Attempts to match an expression.", statistics.attempts),
    ]
    if isMeasured {
      families.append(
        MetricFamily(
          "sluice_confirm_seconds_total", "Time spent on candidates.", .counter,
          [.init(Double(statistics.confirmNanoseconds) / 1e9, labels)]))
    }
    families += [
      counter(
        "limit_hits_total", "Attempts that hit the match limit; their records were masked.",
        statistics.limitHits),
      counter(
        "overlong_secrets_total", "Secrets longer than the window allows.",
        statistics.overlongSecrets),
      MetricFamily(
        "sluice_held_bytes_max", "Most bytes of the stream that were held at a time.", .gauge,
        [.init(Double(statistics.heldHighWater), labels)]),
      MetricFamily(
        "sluice_reloads_total", "Times that rules and settings were read again.", .counter,
        [
          .init(Double(state.reloads), labels + [.init("result", "success")]),
          .init(Double(state.failedReloads), labels + [.init("result", "failure")]),
        ]),
    ]
    return families
  }

  private func findings(_ state: State) -> MetricFamily {
    var samples: [MetricFamily.Sample] = []
    for (planned, count) in zip(state.rules, state.statistics.findingsByRule) where count > 0 {
      samples.append(
        .init(
          Double(count),
          labels + [
            .init("rule", planned.rule.id), .init("severity", planned.rule.severity.rawValue),
          ]))
    }
    return MetricFamily("sluice_findings_total", "Secrets found, by rule.", .counter, samples)
  }
}

extension ScanStatistics {
  /// Takes over the numbers without sharing memory: the scanner would have to copy its counts at
  /// its next step if somebody else held on to them.
  fileprivate mutating func copy(_ other: ScanStatistics) {
    var own = findingsByRule
    findingsByRule = []
    guard own.count == other.findingsByRule.count else {
      // Between a reload and the first numbers of the new rules.
      findingsByRule = own
      return
    }
    for rule in own.indices { own[rule] = other.findingsByRule[rule] }
    let attempts = attemptsByRule
    self = other
    findingsByRule = own
    attemptsByRule = attempts
  }
}
