internal import Foundation
internal import SluiceAudit
package import SluiceVault
internal import Synchronization

/// Ties a stream to the vault: what is found in it is noted at once and acted on beside it.
package final class LeakWatch: Sendable {
  private let queue: LeakQueue
  private let responder: LeakResponder
  private let home: Name
  private let command: String
  private let clock: @Sendable () -> UTCTime
  private let bell: AsyncStream<Void>.Continuation
  private let worker: Task<Void, Never>
  private let state: SharedState

  /// What the worker tells whoever waits for it.
  private final class SharedState: Sendable {
    struct Content {
      var isFinished = false
      var hasFailed = false
    }

    private let content = Mutex(Content())

    func withLock<Result>(_ body: (inout sending Content) -> sending Result) -> sending Result {
      content.withLock(body)
    }
  }

  /// How long an end of the stream waits for what is being done.
  package static let patience: Duration = .seconds(30)

  /// - Parameters:
  ///   - vault: open.
  ///   - responder: acts.
  ///   - home: the tenant of incidents with values that are not in the vault.
  ///   - command: what sources are called: `filter`.
  ///   - warn: told what went wrong; the notice stays on disk then.
  /// - Throws: `RotationError.lock` if there can be no queue.
  package init(
    vault: Vault, responder: LeakResponder, home: Name, command: String,
    warn: @escaping @Sendable (String) -> Void
  ) throws {
    let (bells, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let queue = try LeakQueue(home: vault.home) { bell.yield() }
    self.queue = queue
    self.responder = responder
    self.home = home
    self.command = command
    self.bell = bell
    let state = SharedState()
    self.state = state
    clock = { [vault] in vault.time }
    // A task of its own: nobody who waits for the stream may have to wait for a target.
    worker = Task.detached {
      var offset = 0
      // What an earlier process left behind comes first.
      try? await LeakQueue.adopt(home: vault.home) { notices in
        for notice in notices { try await responder.respond(to: notice, home: home) }
        return true
      }
      for await _ in bells {
        let (notices, end) = queue.notices(after: offset)
        for notice in notices {
          do {
            try await responder.respond(to: notice, home: home)
          } catch {
            state.withLock { $0.hasFailed = true }
            warn((error as? VaultError)?.problem ?? "the vault failed")
          }
        }
        offset = end
      }
      state.withLock { $0.isFinished = true }
    }
  }

  /// Takes a finding line; costs a look into a table unless the secret is new.
  package func note(line: Span<UInt8>) {
    guard let json = try? JSONValue(parsing: line.indices.map { line[$0] }),
      let notice = LeakNotice(finding: json, command: command, time: clock())
    else { return }
    queue.note(notice)
  }

  /// Takes what was found otherwise.
  package func note(_ notice: LeakNotice) { queue.note(notice) }

  /// Waits until all that was noted was acted on.
  ///
  /// - Returns: whether it was; else it stays on disk for the next process.
  package func finish() async -> Bool {
    bell.yield()
    bell.finish()
    let end = ContinuousClock.now + Self.patience
    while state.withLock({ !$0.isFinished }) {
      guard ContinuousClock.now < end else { return false }
      try? await Task.sleep(for: .milliseconds(2))
    }
    // What could not be acted on stays for the next process.
    guard state.withLock({ !$0.hasFailed }) else { return false }
    for (fingerprint, count) in queue.takeCounts() {
      try? responder.count(count, of: fingerprint, home: home)
    }
    queue.close()
    return true
  }
}
