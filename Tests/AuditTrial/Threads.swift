import Foundation

/// Runs `body` on so many threads at once, and waits for all of them.
///
/// Not `concurrentPerform`, which starts no more than there are cores: what is tried here is waiting.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let group = DispatchGroup()
  for number in 0..<count {
    group.enter()
    Thread.detachNewThread {
      body(number)
      group.leave()
    }
  }
  group.wait()
}
