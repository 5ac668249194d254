internal import Foundation
internal import SluiceActions
internal import Synchronization

/// Opens connection after connection with what the vault has, and counts what fails.
package final class ConnectingClient: Sendable {
  package struct Counts: Sendable {
    package var queries = 0
    package var failures: [String] = []
  }

  /// What the threads of the clients and their owner share.
  private final class Shared: Sendable {
    let counts = Mutex(Counts())
    let isStopped = Atomic<Bool>(false)
    let done = DispatchSemaphore(value: 0)
  }

  private let shared = Shared()
  private let count: Int

  /// - Parameters:
  ///   - scene: whose secret is used.
  ///   - count: how many clients at a time.
  package init(_ scene: RotationScene, count: Int = 2) {
    self.count = count
    for _ in 0..<count {
      Thread.detachNewThread { [shared] in
        while !shared.isStopped.load(ordering: .relaxed) { Self.query(scene, shared) }
        shared.done.signal()
      }
    }
  }

  private static func query(_ scene: RotationScene, _ shared: Shared) {
    do {
      // A client reads its credential, then connects: the old one has to work meanwhile.
      let rows = try scene.connect().run("SELECT count(*) FROM items")
      guard rows == [["0"]] else { throw CocoaError(.fileReadUnknown) }
      shared.counts.withLock { $0.queries += 1 }
    } catch {
      shared.counts.withLock { $0.failures.append(String(describing: error)) }
    }
  }

  /// Ends the clients.
  package func stop() -> Counts {
    shared.isStopped.store(true, ordering: .relaxed)
    for _ in 0..<count { shared.done.wait() }
    return shared.counts.withLock { $0 }
  }
}
