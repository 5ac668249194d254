internal import Foundation

/// Where a walk begins: what is ignored there because of files above it.
struct IgnoreRoot {
  let rules: IgnoreRules
  /// The components of the walk's directory, counted from the top of its repository.
  let components: [[UInt8]]

  /// Reads the ignore files from the top of the repository that holds `directory` down to it, that
  /// directory's own left out; nothing if it is in no repository.
  ///
  /// - Parameters:
  ///   - directory: the directory that is walked.
  ///   - environment: tells where git keeps the user's own ignore file.
  /// - Throws: `FileError` if an ignore file cannot be read.
  init(above directory: WorkspacePath, environment: [String: String]) throws(FileError) {
    let url = URL(filePath: directory.text, directoryHint: .isDirectory)
      .standardizedFileURL.resolvingSymlinksInPath()
    var names: [String] = []
    var top = url
    while !FileManager.default.fileExists(atPath: top.appending(path: ".git").path) {
      guard top.path != "/" else {
        rules = .none
        components = []
        return
      }
      names.insert(top.lastPathComponent, at: 0)
      top = top.deletingLastPathComponent()
    }
    var rules = IgnoreRules.none
    if let file = Self.userFile(environment) {
      rules = try rules.addingFile(WorkspacePath(file), depth: 0)
    }
    rules = try rules.addingFile(
      WorkspacePath(top.appending(path: ".git/info/exclude").path), depth: 0)
    var place = WorkspacePath(top.path)
    for (depth, name) in names.enumerated() {
      for file in IgnoreRules.fileNames {
        rules = try rules.addingFile(place.appending(file), depth: depth)
      }
      place = place.appending(Array(name.utf8))
    }
    self.rules = rules
    components = names.map { Array($0.utf8) }
  }

  private static func userFile(_ environment: [String: String]) -> String? {
    if let home = environment["XDG_CONFIG_HOME"], !home.isEmpty { return home + "/git/ignore" }
    return environment["HOME"].map { $0 + "/.config/git/ignore" }
  }
}
