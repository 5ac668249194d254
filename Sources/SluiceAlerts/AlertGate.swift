/// Decides which alerts go out: not the same one again and again, and never too many.
///
/// A value without a clock: the caller says what time it is.
package struct AlertGate: Sendable {
  /// What becomes of an alert.
  package enum Verdict: Sendable, Hashable {
    /// It goes out: with how often it came since it last went out, and how many others did not.
    case send(repeats: Int, suppressed: Int)
    /// The same went out a while ago.
    case repeated
    /// Too many went out in the last minute.
    case suppressed
  }

  private struct Known {
    var sent: Duration
    var repeats: Int
  }

  private static let mostKnown = 10_000

  private let repeatAfter: Duration
  private let perMinute: Int
  private var known: [String: Known] = [:]
  private var tokens: Double
  private var refilled: Duration = .zero
  private var suppressed = 0

  /// - Parameters:
  ///   - repeatAfter: how long the same alert does not go out again.
  ///   - perMinute: most alerts in a minute.
  package init(repeatAfter: Duration, perMinute: Int) {
    self.repeatAfter = repeatAfter
    self.perMinute = perMinute
    tokens = Double(perMinute)
  }

  /// - Parameters:
  ///   - identity: what tells an alert from others.
  ///   - now: the time since any fixed moment.
  /// - Returns: whether it goes out.
  package mutating func admit(_ identity: String, at now: Duration) -> Verdict {
    if var entry = known[identity], now - entry.sent < repeatAfter {
      entry.repeats += 1
      known[identity] = entry
      return .repeated
    }
    let minutes = (now - refilled) / .seconds(60)
    tokens = min(Double(perMinute), tokens + minutes * Double(perMinute))
    refilled = now
    guard tokens >= 1 else {
      suppressed += 1
      return .suppressed
    }
    tokens -= 1
    let verdict = Verdict.send(
      repeats: known[identity]?.repeats ?? 0, suppressed: suppressed)
    suppressed = 0
    if known.count >= Self.mostKnown { forget(at: now) }
    known[identity] = Known(sent: now, repeats: 0)
    return verdict
  }

  /// Forgets what may go out again, or everything if that is not enough (G5).
  private mutating func forget(at now: Duration) {
    known = known.filter { now - $0.value.sent < repeatAfter }
    if known.count >= Self.mostKnown { known.removeAll(keepingCapacity: true) }
  }
}
