/// How many revocations and rotations may be begun by themselves in a minute.
///
/// A log with every secret of a vault in it must not change all of them at once before a person has
/// looked; what is withheld stands in its incident.
package actor ActionBudget {
  package nonisolated let perMinute: Int
  private var left: Double
  private var filled: ContinuousClock.Instant = .now

  package init(perMinute: Int = 120) {
    self.perMinute = perMinute
    left = Double(perMinute)
  }

  func take() -> Bool {
    let now = ContinuousClock.now
    let elapsed = now - filled
    left = min(Double(perMinute), left + Double(elapsed.milliseconds) * Double(perMinute) / 60_000)
    filled = now
    guard left >= 1 else { return false }
    left -= 1
    return true
  }
}
