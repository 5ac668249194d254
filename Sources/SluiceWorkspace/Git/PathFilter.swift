/// Applies the `.sluiceignore` at the top of a repository to paths that git names.
///
/// `.gitignore` does not count here: what is in the index or in history is no longer ignored.
struct PathFilter: Sendable {
  private let rules: IgnoreRules

  /// - Parameter top: the top of the work tree; nil: nothing is left out.
  /// - Throws: `FileError`.
  init(top: WorkspacePath?) throws(FileError) {
    guard let top else {
      rules = .none
      return
    }
    rules = try IgnoreRules.none.addingFile(
      top.appending(Array(".sluiceignore".utf8)), depth: 0)
  }

  /// Whether the path, or a directory above it, is left out.
  func isIgnored(_ path: [UInt8]) -> Bool {
    let components = path.split(separator: UInt8(ascii: "/")).map { Array($0) }
    return components.indices.contains { index in
      rules.isIgnored(
        Array(components[...index]), isDirectory: index < components.count - 1)
    }
  }
}
