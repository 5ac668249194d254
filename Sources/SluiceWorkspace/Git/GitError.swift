internal import SluiceRules

/// What git could not do.
package enum GitError: ExplainedError, Hashable {
  case notInstalled
  /// It ended with another status than 0; with the first line that it said.
  case failed(command: String, says: String)
  /// Commits before the clone's depth are not there.
  case shallowClone
  /// Objects that the index or a commit names and that the repository lacks.
  case missingObject(id: String)
  /// The output was not what git documents.
  case unexpectedOutput(command: String)

  package var problem: String {
    switch self {
    case .notInstalled: "the program 'git' cannot be started"
    case .failed(let command, let text): "git \(command) failed: \(text)"
    case .shallowClone: "the clone is shallow: commits before its depth were not scanned"
    case .missingObject(let id): "the repository lacks the object \(id)"
    case .unexpectedOutput(let command): "cannot read what git \(command) printed"
    }
  }

  package var remedy: String? {
    switch self {
    case .notInstalled: "install git, or check PATH"
    case .failed(_, let text):
      text.contains("not a git repository") ? "run it inside of a repository" : nil
    case .shallowClone: "git fetch --unshallow"
    case .missingObject: "git fsck"
    case .unexpectedOutput: "report it with the version of git"
    }
  }
}
