internal import Dispatch
internal import Foundation
internal import Synchronization

/// Takes findings from a stream and brings alerts to people, without ever holding up the stream.
///
/// `offer` copies a few bytes and returns. A thread of its own reads them, leaves out what repeats
/// itself, puts what is left into a `DurableQueue`, one item for each destination, and delivers
/// from there, so that an alert survives the end of the process and an hour without a network.
package final class AlertDispatcher: Sendable {
  /// What became of alerts so far.
  package struct Counts: Sendable, Hashable {
    package var delivered = 0
    /// Attempts that failed; each is repeated later.
    package var failures = 0
    package var repeated = 0
    package var suppressed = 0
    /// Left out because too many waited, in memory or on disk, or for too long.
    package var dropped = 0
  }

  /// An item of the queue.
  private struct Order: Codable {
    let destination: Int
    let alert: Alert
    /// Seconds since 1970.
    let made: Double
  }

  private struct State {
    var lines: [UInt8] = []
    var isEnding = false
    var counts = Counts()
  }

  /// Bytes of findings that wait in memory.
  private static let mostOffered = 1 << 20

  private let plan: AlertPlan
  private let queue: DurableQueue
  private let delivery: AlertDelivery
  private let host: String
  private let state = Mutex(State())
  private let wake = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// Opens the queue and starts to deliver what waits in it.
  ///
  /// - Throws: `QueueError`.
  package init(_ plan: AlertPlan) throws(QueueError) {
    self.plan = plan
    var limits = DurableQueue.Limits()
    limits.items = plan.mostWaiting
    queue = try DurableQueue(directory: plan.queue, limits: limits)
    delivery = AlertDelivery(destinations: plan.destinations)
    host = ProcessInfo.processInfo.hostName
    // A thread, no task: the stream is synchronous and may hold every thread that tasks have.
    Thread.detachNewThread { [self] in
      work()
      ended.signal()
    }
  }

  package var counts: Counts { state.withLock { $0.counts } }

  /// Takes finding lines, whole ones; what does not fit is counted and left out.
  package func offer(_ lines: [UInt8]) {
    let isTaken = state.withLock { state in
      guard state.lines.count + lines.count <= Self.mostOffered else {
        state.counts.dropped += lines.count { $0 == UInt8(ascii: "\n") }
        return false
      }
      state.lines += lines
      return true
    }
    if isTaken { wake.signal() }
  }

  /// Makes durable what was offered and tries once more to deliver; the rest waits on disk.
  ///
  /// - Parameter patience: how long that may take.
  package func finish(within patience: Duration) {
    state.withLock { $0.isEnding = true }
    wake.signal()
    let seconds = Double(patience.components.seconds)
    _ = ended.wait(timeout: .now() + seconds)
  }

  // MARK: - Work

  private func work() {
    var gate = AlertGate(repeatAfter: plan.repeatAfter, perMinute: plan.perMinute)
    var retries = RetryTimes(count: plan.destinations.count)
    let start = ContinuousClock.now
    var claim = try? queue.claim()
    while true {
      let (lines, isEnding) = state.withLock { state in
        defer { state.lines.removeAll() }
        return (state.lines, state.isEnding)
      }
      take(lines, gate: &gate, at: ContinuousClock.now - start)
      if claim == nil { claim = try? queue.claim() }
      if claim != nil { deliver(&retries, isLast: isEnding) }
      if isEnding { return }
      // What failed, or what another process put there, is looked at again after a while.
      _ = wake.wait(timeout: .now() + 1)
    }
  }

  private func take(_ lines: [UInt8], gate: inout AlertGate, at now: Duration) {
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      guard var alert = Alert(findingLine: line, host: host, at: Date()) else { continue }
      switch gate.admit(alert.identity, at: now) {
      case .repeated: state.withLock { $0.counts.repeated += 1 }
      case .suppressed: state.withLock { $0.counts.suppressed += 1 }
      case .send(let repeats, let suppressed):
        alert.repeats = repeats > 0 ? repeats : nil
        alert.suppressed = suppressed > 0 ? suppressed : nil
        for destination in plan.destinations.indices { put(alert, destination) }
      }
    }
  }

  private func put(_ alert: Alert, _ destination: Int) {
    let order = Order(
      destination: destination, alert: alert, made: Date().timeIntervalSince1970)
    let isKept = (try? queue.put(Array(JSONEncoder().encode(order)))) ?? false
    if !isKept { state.withLock { $0.counts.dropped += 1 } }
  }

  /// Goes through all items once.
  private func deliver(_ retries: inout RetryTimes, isLast: Bool) {
    var last: String?
    while let item = try? queue.next(after: last) {
      last = item.id
      guard
        let order = try? JSONDecoder().decode(Order.self, from: Data(item.content)),
        plan.destinations.indices.contains(order.destination)
      else {
        drop(item)
        continue
      }
      let age = Date().timeIntervalSince1970 - order.made
      if age > Double(plan.giveUpAfter.components.seconds) {
        drop(item)
        continue
      }
      guard isLast || retries.isDue(order.destination) else { continue }
      do {
        try delivery.deliver(order.alert, to: order.destination)
        try queue.remove(item.id)
        retries.succeeded(order.destination)
        state.withLock { $0.counts.delivered += 1 }
      } catch {
        retries.failed(order.destination)
        state.withLock { $0.counts.failures += 1 }
        if isLast { return }
      }
    }
  }

  private func drop(_ item: DurableQueue.Item) {
    try? queue.remove(item.id)
    state.withLock { $0.counts.dropped += 1 }
  }
}
