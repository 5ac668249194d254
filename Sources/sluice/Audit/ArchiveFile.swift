internal import Foundation
internal import SluiceRules

/// A file that is either there whole, and on disk, or not there.
enum ArchiveFile {
  struct Failure: ExplainedError, Hashable {
    let path: String
    var problem: String { "'\(path)' cannot be written" }
    var remedy: String? { "give a folder that is there, with free space" }
  }

  /// - Parameters:
  ///   - path: must not be there yet.
  ///   - body: writes the content piece by piece.
  /// - Throws: `Failure`, or what `body` throws.
  static func write(to path: String, _ body: (([UInt8]) throws -> Void) throws -> Void) throws {
    let partial = URL(filePath: path + ".partial")
    let files = FileManager.default
    guard !files.fileExists(atPath: path),
      files.createFile(
        atPath: partial.path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = try? FileHandle(forWritingTo: partial)
    else { throw Failure(path: path) }
    do {
      try body { bytes in
        do { try handle.write(contentsOf: Data(bytes)) } catch { throw Failure(path: path) }
      }
      do {
        try handle.synchronize()
        try handle.close()
        try files.moveItem(at: partial, to: URL(filePath: path))
      } catch {
        throw Failure(path: path)
      }
    } catch {
      try? files.removeItem(at: partial)
      throw error
    }
  }
}
