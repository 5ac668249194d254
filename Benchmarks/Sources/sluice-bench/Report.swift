import Foundation

/// Prints as it goes, and keeps everything for the file.
struct Report {
  private let folder: URL?
  private var parts: [String] = []

  /// - Parameter folder: the folder that gets a copy; nil: none.
  init(save folder: URL?) { self.folder = folder }

  mutating func add(_ text: String) {
    parts.append(text)
    FileHandle.standardOutput.write(Data("\(text)\n\n".utf8))
  }

  func close(named name: String) throws {
    guard let folder else { return }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("\(name).txt")
    try Data((parts.joined(separator: "\n\n") + "\n").utf8).write(to: file)
    progress("saved Benchmarks/Results/\(name).txt")
  }
}
