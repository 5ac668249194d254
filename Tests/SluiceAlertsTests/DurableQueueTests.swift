import Foundation
import SluiceAlerts
import Testing

@Suite("Durable queue")
struct DurableQueueTests {
  @Test("gives items in the order in which they came, until they are removed")
  func order() throws {
    let folder = try AlertFolder()
    let queue = try DurableQueue(directory: folder.path)
    #expect(try queue.next() == nil)
    for number in 0..<20 { #expect(try queue.put(Array("item \(number)".utf8))) }
    #expect(try queue.count() == 20)
    for number in 0..<20 {
      let item = try #require(try queue.next())
      #expect(item.content == Array("item \(number)".utf8))
      try queue.remove(item.id)
      try queue.remove(item.id)
    }
    #expect(try queue.count() == 0)
  }

  @Test("goes on behind an item that stays")
  func after() throws {
    let folder = try AlertFolder()
    let queue = try DurableQueue(directory: folder.path)
    for number in 0..<3 { try queue.put([UInt8(number)]) }
    let first = try #require(try queue.next())
    let second = try #require(try queue.next(after: first.id))
    #expect(second.content == [1])
    #expect(try queue.next(after: second.id)?.content == [2])
  }

  @Test("G9: what was put is there for whoever opens the queue next; half a draft is not")
  func reopened() throws {
    let folder = try AlertFolder()
    try DurableQueue(directory: folder.path).put(Array("kept".utf8))
    try Data("hal".utf8).write(to: URL(filePath: folder.path + "/00001-x.draft"))
    let queue = try DurableQueue(directory: folder.path)
    #expect(try queue.count() == 1)
    #expect(try queue.next()?.content == Array("kept".utf8))
  }

  @Test("G5: takes no more items, and none larger, than it was made for")
  func limits() throws {
    let folder = try AlertFolder()
    var limits = DurableQueue.Limits()
    limits.items = 2
    limits.itemBytes = 4
    let queue = try DurableQueue(directory: folder.path, limits: limits)
    #expect(try queue.put([1, 2, 3, 4]))
    #expect(try queue.put([1]))
    #expect(try !queue.put([1]))
    #expect(throws: QueueError.tooLarge(bytes: 5, limit: 4)) { try queue.put([1, 2, 3, 4, 5]) }
    #expect(try queue.count() == 2)
  }

  @Test("only one at a time works items off")
  func claim() throws {
    let folder = try AlertFolder()
    let queue = try DurableQueue(directory: folder.path)
    let other = try DurableQueue(directory: folder.path)
    let claim = try #require(try queue.claim())
    let others = [try other.claim(), try queue.claim()]
    #expect(others.allSatisfy { $0 == nil })
    withExtendedLifetime(claim) {}
  }

  @Test("a claim is free again when its owner lets go")
  func freedClaim() throws {
    let folder = try AlertFolder()
    let queue = try DurableQueue(directory: folder.path)
    for _ in 0..<3 { #expect(try queue.claim() != nil) }
  }

  @Test("nobody else can read the directory or an item")
  func permissions() throws {
    let folder = try AlertFolder()
    let queue = try DurableQueue(directory: folder.path + "/queue")
    try queue.put([1])
    let manager = FileManager.default
    let attributes = try manager.attributesOfItem(atPath: folder.path + "/queue")
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    for name in try manager.contentsOfDirectory(atPath: folder.path + "/queue") {
      let item = try manager.attributesOfItem(atPath: folder.path + "/queue/" + name)
      #expect(item[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test("a directory that cannot be used is an error that says which")
  func unusable() throws {
    let folder = try AlertFolder()
    let file = folder.path + "/file"
    try Data().write(to: URL(filePath: file))
    let error = #expect(throws: QueueError.self) { try DurableQueue(directory: file + "/queue") }
    #expect(error?.problem.contains(file) == true)
  }
}

/// A folder that is removed with its owner.
final class AlertFolder {
  let path: String

  init() throws {
    // As in the program: a command that ends before it has read is no end of ours.
    _ = signal(SIGPIPE, SIG_IGN)
    let url = FileManager.default.temporaryDirectory
      .appending(path: "sluice-alerts-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
