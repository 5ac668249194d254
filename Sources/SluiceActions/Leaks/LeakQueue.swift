internal import Foundation
internal import Glibc
internal import SluiceAudit
internal import Synchronization

/// Notices of leaks on their way from a stream to whoever acts on them, kept on disk.
///
/// The stream's side, `note`, writes a short line into a file for each secret that it has not met
/// before and only counts all others: one `write(2)` into the page cache, which kill -9 does not
/// undo and which waits for no disk and for no reader. A million occurrences are one line. The file
/// is locked as long as its process lives; one that is not locked was left behind, and anybody may
/// work it off. Acting on a notice again changes nothing, so that no place in the file needs to be
/// remembered.
///
/// It is not the queue of alerts, whose items outlive a loss of power: to make each one durable that
/// waits for the disk, which a stream must not.
package final class LeakQueue: Sendable {
  /// Secrets that are told apart; beyond, the oldest may be noted again (G5).
  static let mostKnown = 100_000

  private struct State {
    var counts: [String: UInt64] = [:]
    var handle: FileHandle?
    var isBroken = false
  }

  private let file: String
  private let state: Mutex<State>
  /// Called, from the thread of the stream, when there is something to do.
  private let wake: @Sendable () -> Void

  private static func folder(_ home: String) -> String { home + "/leaks" }

  /// Opens a queue for the stream of this process.
  ///
  /// - Throws: `RotationError.lock` if there can be no file.
  package init(home: String, wake: @escaping @Sendable () -> Void) throws(RotationError) {
    let folder = Self.folder(home)
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    file = folder + "/\(UUID().uuidString).jsonl"
    self.wake = wake
    let isMade = FileManager.default.createFile(
      atPath: file, contents: nil, attributes: [.posixPermissions: 0o600])
    guard isMade, let handle = FileHandle(forUpdatingAtPath: file),
      flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0
    else { throw .lock(path: file) }
    state = Mutex(State(handle: handle))
  }

  /// Notes that a secret was seen; never waits for the disk or for whoever acts.
  ///
  /// - Returns: false if the notice could not be kept.
  @discardableResult
  package func note(_ notice: LeakNotice) -> Bool {
    let outcome: (isNew: Bool, isKept: Bool) = state.withLock { state in
      if let count = state.counts[notice.fingerprint] {
        state.counts[notice.fingerprint] = count + notice.count
        return (false, true)
      }
      if state.counts.count >= Self.mostKnown { state.counts.removeAll() }
      state.counts[notice.fingerprint] = 0
      let line = notice.json.canonicalBytes + [UInt8(ascii: "\n")]
      do {
        try state.handle?.write(contentsOf: Data(line))
        return (true, true)
      } catch {
        state.isBroken = true
        return (true, false)
      }
    }
    if outcome.isNew { wake() }
    return outcome.isKept
  }

  /// What was noted behind a place in the file, and how far that goes.
  package func notices(after offset: Int) -> (notices: [LeakNotice], end: Int) {
    Self.notices(in: file, after: offset)
  }

  /// How often secrets were seen beyond their first notice, since the last call.
  package func takeCounts() -> [String: UInt64] {
    state.withLock { state in
      let counts = state.counts.filter { $0.value > 0 }
      for fingerprint in counts.keys { state.counts[fingerprint] = 0 }
      return counts
    }
  }

  /// Removes the file, when all of it was acted on.
  package func close() {
    state.withLock { state in
      try? FileManager.default.removeItem(atPath: file)
      try? state.handle?.close()
      state.handle = nil
    }
  }

  // MARK: - Left behind

  /// Hands over what dead processes noted and nobody acted on.
  ///
  /// - Parameters:
  ///   - home: the vault's directory.
  ///   - body: acts on a file's notices; the file is removed if it returns true.
  package static func adopt(
    home: String, _ body: ([LeakNotice]) async throws -> Bool
  ) async rethrows {
    let folder = folder(home)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".jsonl") {
      let path = folder + "/" + name
      guard let handle = FileHandle(forUpdatingAtPath: path) else { continue }
      defer { try? handle.close() }
      guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
      if try await body(notices(in: path, after: 0).notices) {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }

  private static func notices(
    in path: String, after offset: Int
  ) -> (notices: [LeakNotice], end: Int) {
    guard let handle = FileHandle(forReadingAtPath: path) else { return ([], offset) }
    defer { try? handle.close() }
    guard (try? handle.seek(toOffset: UInt64(offset))) != nil,
      let data = try? handle.readToEnd()
    else { return ([], offset) }
    let bytes = Array(data)
    // A line without its end is still being written, or was cut off with its process.
    guard let last = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return ([], offset) }
    let notices = bytes[...last].split(separator: UInt8(ascii: "\n")).compactMap { line in
      (try? JSONValue(parsing: Array(line))).flatMap(LeakNotice.init)
    }
    return (notices, offset + last + 1)
  }
}
