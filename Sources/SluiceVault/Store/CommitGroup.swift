internal import Foundation
internal import Synchronization

/// Lets writers that wait at the same time share one commit, and so one wait for the disk.
///
/// The first who comes leads: they commit their own work alone. Whoever comes meanwhile waits, and
/// the first of those then leads all of them. Nobody waits for company, so that a lone writer is as
/// fast as without.
final class CommitGroup: Sendable {
  /// One writer's work, and what has become of it.
  final class Job: @unchecked Sendable {
    // `@unchecked`: the work runs on the thread of whoever leads, while the one who made it waits in
    // `perform`; the semaphore orders the two.
    //
    // Nil once it ran: whoever made it may be back while the leader still holds the job, and the
    // work must not outlive them.
    private var body: ((StoreTransaction) throws -> Void)?
    fileprivate let turn = DispatchSemaphore(value: 0)
    /// Set before `turn` is signalled: to lead, or nothing is left to do.
    fileprivate var leads = false
    /// Why it is undone; nil if it is durable.
    var failure: (any Error)?

    init(_ body: @escaping (StoreTransaction) throws -> Void) { self.body = body }

    func run(_ transaction: StoreTransaction) throws { try body?(transaction) }

    fileprivate func end() { body = nil }
  }

  private struct State {
    var waiting: [Job] = []
    var isLed = false
  }

  /// Most writers that share one commit: what one of them can lose is bounded.
  private static let most = 128

  private let state = Mutex(State())

  /// Returns when the job's fate is known.
  ///
  /// - Parameters:
  ///   - job: what to do.
  ///   - commit: runs several jobs in one transaction and sets their `failure`.
  func perform(_ job: Job, commit: ([Job]) -> Void) {
    let isFirst = state.withLock { state in
      state.waiting.append(job)
      defer { state.isLed = true }
      return !state.isLed
    }
    if !isFirst {
      job.turn.wait()
      guard job.leads else { return }
    }
    let batch = state.withLock { state in
      let batch = Array(state.waiting.prefix(Self.most))
      state.waiting.removeFirst(batch.count)
      return batch
    }
    commit(batch)
    for job in batch { job.end() }
    let next = state.withLock { state in
      state.isLed = !state.waiting.isEmpty
      return state.waiting.first
    }
    next?.leads = true
    next?.turn.signal()
    for other in batch where other !== job { other.turn.signal() }
  }
}
