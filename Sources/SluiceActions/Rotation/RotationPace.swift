/// How patient a rotation is.
package struct RotationPace: Sendable, Hashable {
  /// How long filters get to learn the new value before it is put in place.
  package var notice: Duration = .milliseconds(0)
  /// How long both values work.
  package var drain: Duration = .seconds(60)
  /// How often a step is tried in a row.
  package var attempts = 6
  /// Whether the old value is known to others: sessions that it opened are cut, too.
  package var isEmergency = false

  package init() {}

  /// The old value must go at once.
  package static var emergency: RotationPace {
    var pace = RotationPace()
    pace.drain = .zero
    pace.isEmergency = true
    return pace
  }

  /// 0.2 s, doubled each time, at most 10 s: what a target needs to spread a change.
  func pause(beforeAttempt attempt: Int) -> Duration {
    .milliseconds(min(10_000, 200 << min(max(attempt - 1, 0), 10)))
  }

  /// 30 s, doubled each time, at most an hour: what a target needs to come back.
  func pause(beforeRound round: Int) -> Duration {
    .seconds(min(3600, 30 << min(max(round - 1, 0), 10)))
  }
}
