/// When each destination is tried again: after 1, 2, 4 … up to 300 seconds.
struct RetryTimes {
  private struct Wait {
    var until: ContinuousClock.Instant
    var seconds: Int
  }

  private static let longest = 300

  private var waits: [Wait?]

  init(count: Int) { waits = Array(repeating: nil, count: count) }

  func isDue(_ destination: Int) -> Bool {
    guard let wait = waits[destination] else { return true }
    return ContinuousClock.now >= wait.until
  }

  mutating func succeeded(_ destination: Int) { waits[destination] = nil }

  mutating func failed(_ destination: Int) {
    let seconds = min(max(1, 2 * (waits[destination]?.seconds ?? 0)), Self.longest)
    waits[destination] = Wait(until: .now + .seconds(seconds), seconds: seconds)
  }
}
