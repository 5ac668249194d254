internal import Foundation
internal import Synchronization

/// Things to be done that wait on disk until somebody has done them: alerts, revocations.
///
/// One file an item, in a directory that only its owner can read. `put` returns when the item would
/// survive a loss of power; an item is there, whole, until `remove`. Several processes may share a
/// directory: each may put, and whoever holds the `Claim` works items off. What is done is at least
/// once: a process that dies between doing and `remove` leaves the item to its successor, so that
/// whatever is done must be safe to repeat.
///
/// Items hold no secret (G3): what stands for one is its keyed fingerprint.
package final class DurableQueue: Sendable {
  /// What bounds the queue (G5).
  package struct Limits: Sendable {
    package var items = 10_000
    /// Bytes of one item.
    package var itemBytes = 64 * 1024

    package init() {}
  }

  /// One thing to be done.
  package struct Item: Sendable, Hashable {
    /// Orders items by the time of their `put`.
    package let id: String
    package let content: [UInt8]
  }

  /// The right to work items off; given back with its last reference or the end of the process.
  package final class Claim: Sendable {
    private let file: FileHandle

    fileprivate init(_ file: FileHandle) { self.file = file }

    deinit { try? file.close() }
  }

  private let folder: URL
  private let limits: Limits
  private let sequence = Atomic<UInt64>(0)

  /// Opens the queue, or makes an empty one.
  ///
  /// - Parameters:
  ///   - directory: made with mode 0700 if it is not there.
  ///   - limits: what `put` refuses to exceed.
  /// - Throws: `QueueError`.
  package init(directory: String, limits: Limits = Limits()) throws(QueueError) {
    folder = URL(filePath: directory, directoryHint: .isDirectory)
    self.limits = limits
    do {
      try FileManager.default.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw QueueError.unusable(directory, reason: "it cannot be made")
    }
    for name in try names() where name.hasSuffix(Self.draftSuffix) && isAbandoned(name) {
      try? FileManager.default.removeItem(at: folder.appending(path: name))
    }
  }

  /// Adds an item behind all others.
  ///
  /// - Returns: false if the queue is full, and nothing was added.
  /// - Throws: `QueueError` if the item could not be made durable.
  @discardableResult package func put(_ content: [UInt8]) throws(QueueError) -> Bool {
    guard content.count <= limits.itemBytes else {
      throw .tooLarge(bytes: content.count, limit: limits.itemBytes)
    }
    guard try count() < limits.items else { return false }
    let name = nextName()
    let draft = folder.appending(path: name + Self.draftSuffix)
    do {
      guard
        FileManager.default.createFile(
          atPath: draft.path, contents: nil, attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
      let file = try FileHandle(forWritingTo: draft)
      try file.write(contentsOf: Data(content))
      try file.synchronize()
      try file.close()
      try FileManager.default.moveItem(
        at: draft, to: folder.appending(path: name + Self.itemSuffix))
      try synchronizeFolder()
    } catch {
      try? FileManager.default.removeItem(at: draft)
      throw .unusable(folder.path, reason: "an item cannot be written")
    }
    return true
  }

  /// The oldest item, or the oldest behind another one.
  ///
  /// - Parameter last: the id of the item before; nil: from the start.
  /// - Returns: nil if there is none.
  /// - Throws: `QueueError` if the directory cannot be read.
  package func next(after last: String? = nil) throws(QueueError) -> Item? {
    for id in try ids() where last.map({ id > $0 }) ?? true {
      // Removed by another process since the directory was read: the next one.
      guard let data = FileManager.default.contents(atPath: path(of: id)) else { continue }
      return Item(id: id, content: Array(data))
    }
    return nil
  }

  /// Forgets an item that was dealt with; one that is gone already is no error.
  package func remove(_ id: String) throws(QueueError) {
    do {
      try FileManager.default.removeItem(atPath: path(of: id))
      try synchronizeFolder()
    } catch CocoaError.fileNoSuchFile {
      return
    } catch {
      throw .unusable(folder.path, reason: "an item cannot be removed")
    }
  }

  /// How many items wait.
  package func count() throws(QueueError) -> Int { try ids().count }

  /// The right to work items off; nil while another process, or another queue, holds it.
  package func claim() throws(QueueError) -> Claim? {
    guard let file = ClaimFile.open(folder.appending(path: "claim").path) else {
      throw .unusable(folder.path, reason: "its claim cannot be opened")
    }
    guard flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
      try? file.close()
      return nil
    }
    return Claim(file)
  }

  // MARK: - Files

  private static let itemSuffix = ".item"
  private static let draftSuffix = ".draft"

  /// Names sort by time, then by the order within this process.
  private func nextName() -> String {
    let number = sequence.add(1, ordering: .relaxed).newValue
    let microseconds = UInt64(max(0, Date().timeIntervalSince1970 * 1e6))
    func padded(_ number: UInt64, _ length: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, length - digits.count)) + digits
    }
    let process = ProcessInfo.processInfo.processIdentifier
    return "\(padded(microseconds, 17))-\(padded(number, 10))-\(process)"
  }

  private func path(of id: String) -> String {
    folder.appending(path: id + Self.itemSuffix).path
  }

  private func names() throws(QueueError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder.path)
    } catch {
      throw .unusable(folder.path, reason: "it cannot be read")
    }
  }

  private func ids() throws(QueueError) -> [String] {
    try names().filter { $0.hasSuffix(Self.itemSuffix) }
      .map { String($0.dropLast(Self.itemSuffix.count)) }.sorted()
  }

  /// A draft of a process that died; those of living ones are a moment old.
  private func isAbandoned(_ name: String) -> Bool {
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: folder.appending(path: name).path)
    guard let changed = attributes?[.modificationDate] as? Date else { return false }
    return changed.timeIntervalSinceNow < -60
  }

  private func synchronizeFolder() throws {
    let handle = try FileHandle(forReadingFrom: folder)
    try handle.synchronize()
    try handle.close()
  }
}
