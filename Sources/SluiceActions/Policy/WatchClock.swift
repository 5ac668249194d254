package import SluiceAudit

/// Notices that the system's clock was set, by comparing it with the monotonic one.
///
/// After a jump nothing is rotated by schedule until the clock has run evenly for `settling`: a
/// machine that woke up with a wrong date must not rotate everything that a year would make due.
package struct WatchClock: Sendable {
  package static let tolerance: Duration = .seconds(120)
  package static let settling: Duration = .seconds(60)

  private var wall: UTCTime?
  private var monotonic: Duration = .zero
  private var jumped: Duration?

  package init() {}

  /// Takes both clocks.
  ///
  /// - Returns: whether schedules can be trusted, and how far the clock has jumped, if it did.
  package mutating func observe(
    wall now: UTCTime, monotonic elapsed: Duration
  ) -> (isSettled: Bool, jump: Duration?) {
    defer {
      wall = now
      monotonic = elapsed
    }
    var jump: Duration?
    if let wall {
      let difference = now.since(wall) - (elapsed - monotonic)
      if difference > Self.tolerance || difference < .zero - Self.tolerance {
        jump = difference
        jumped = elapsed
      }
    }
    if let since = jumped, elapsed - since < Self.settling { return (false, jump) }
    jumped = nil
    return (true, jump)
  }
}
