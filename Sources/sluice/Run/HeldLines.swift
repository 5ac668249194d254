internal import Synchronization

/// Lines for a person, kept back while a program draws on their terminal.
final class HeldLines: Sendable {
  /// The most that are kept; the incidents have all (G5).
  private static let most = 100

  private struct State {
    var isHolding: Bool
    var lines: [String] = []
    var left = 0
  }

  private let state: Mutex<State>

  init(isHolding: Bool) { state = Mutex(State(isHolding: isHolding)) }

  /// Says a line, now or when the program has ended.
  func say(_ line: String) {
    let isNow = state.withLock { state in
      guard state.isHolding else { return true }
      if state.lines.count < Self.most { state.lines.append(line) } else { state.left += 1 }
      return false
    }
    if isNow { note(line) }
  }

  /// Says what was kept; from now on lines are said at once.
  func release() {
    let (lines, left) = state.withLock { state in
      defer { state = State(isHolding: false) }
      return (state.lines, state.left)
    }
    for line in lines { note(line) }
    if left > 0 { note("sluice: \(left) more lines; see 'sluice incidents list --open'") }
  }
}
