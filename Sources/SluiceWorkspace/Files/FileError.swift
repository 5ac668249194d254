internal import Glibc
internal import SluiceRules

/// A file or directory that could not be read, with the kernel's reason.
package struct FileError: ExplainedError, Hashable {
  package enum Operation: String, Sendable {
    case open, read, list, write, watch
  }

  package let operation: Operation
  package let path: WorkspacePath
  /// `errno` of the failed call.
  package let code: CInt

  package init(_ operation: Operation, _ path: WorkspacePath, code: CInt) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  package var problem: String {
    "cannot \(operation.rawValue) '\(path.text)': \(systemMessage(for: code))"
  }

  package var remedy: String? {
    switch code {
    case EACCES where operation == .write, EPERM where operation == .write:
      "check who may write there"
    case EACCES, EPERM: "check who may read it, or leave it out with .sluiceignore"
    case ENOENT: "check the path"
    case ESTALE where operation == .write: "somebody else changed it meanwhile; run it again"
    case ENOSPC where operation == .watch:
      "raise the limit: sysctl fs.inotify.max_user_watches"
    default: nil
    }
  }
}
