internal import Glibc

/// What is left out below a directory: the patterns of its ignore files and of those above it.
///
/// The last pattern that fits decides, and a deeper file comes after a shallower one; in one
/// directory `.sluiceignore` comes after `.gitignore`. What lies in an ignored directory is never
/// looked at, so nothing in it can be taken back in.
final class IgnoreRules: Sendable {
  static let fileNames = [".gitignore", ".sluiceignore"].map { Array($0.utf8) }
  private static let largestFile = 4 << 20

  private let parent: IgnoreRules?
  private let patterns: [IgnorePattern]
  /// Components of the directory that the patterns count from.
  private let depth: Int

  private init(parent: IgnoreRules?, patterns: [IgnorePattern], depth: Int) {
    self.parent = parent
    self.patterns = patterns
    self.depth = depth
  }

  /// No patterns at all.
  static let none = IgnoreRules(parent: nil, patterns: [], depth: 0)

  /// The rules of a directory below, or of more files in the same one.
  ///
  /// - Parameters:
  ///   - text: the content of an ignore file.
  ///   - depth: the components of its directory.
  /// - Returns: these rules with that file's after them.
  func adding(_ text: [UInt8], depth: Int) -> IgnoreRules {
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let content = text.starts(with: byteOrderMark) ? text.dropFirst(3) : text[...]
    let patterns = content.split(separator: UInt8(ascii: "\n")).compactMap { IgnorePattern($0) }
    return patterns.isEmpty
      ? self : IgnoreRules(parent: self, patterns: patterns, depth: depth)
  }

  /// Adds an ignore file if it is there.
  ///
  /// - Throws: `FileError` if it is there and cannot be read.
  func addingFile(_ path: WorkspacePath, depth: Int) throws(FileError) -> IgnoreRules {
    do {
      var file = try OpenFile.found(path)
      guard file.kind == .regular else { return self }
      return adding(try file.readAll(limit: Self.largestFile), depth: depth)
    } catch  where error.code == ENOENT || error.code == ENOTDIR {
      return self
    }
  }

  /// Whether an entry is left out.
  ///
  /// - Parameters:
  ///   - path: its components, counted from where the shallowest rules stand.
  ///   - isDirectory: whether it is a directory.
  /// - Returns: what the last pattern that fits says; false if none fits.
  func isIgnored(_ path: [[UInt8]], isDirectory: Bool) -> Bool {
    var rules: IgnoreRules? = self
    while let current = rules {
      let relative = path[current.depth...]
      for pattern in current.patterns.reversed()
      where pattern.matches(relative, isDirectory: isDirectory) {
        return !pattern.isNegated
      }
      rules = current.parent
    }
    return false
  }
}
