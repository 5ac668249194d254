internal import Glibc
internal import SluiceRules

/// A read or a write that failed, with the kernel's reason.
package struct IOError: ExplainedError, Hashable {
  package enum Operation: String, Sendable {
    case open, read, write
    /// A write of findings.
    case report = "write findings to"
  }

  package let operation: Operation
  /// What a person calls the file: a path, `standard output`.
  package let target: String
  /// `errno` of the failed call.
  package let code: CInt

  /// The same failure, of findings instead of the stream.
  var ofReport: IOError { IOError(.report, target, code: code) }

  package init(_ operation: Operation, _ target: String, code: CInt) {
    self.operation = operation
    self.target = target
    self.code = code
  }

  /// Nobody reads the stream any more: for a filter that is a normal end.
  ///
  /// A closed reader of findings is none: the stream still has one.
  package var isClosedReader: Bool { operation == .write && code == EPIPE }

  /// What was read is no gzip, or damaged; no `errno` is negative.
  package static var damaged: CInt { -1 }

  package var problem: String {
    let reason = code == Self.damaged ? "it is no gzip, or damaged" : systemMessage(for: code)
    return "cannot \(operation.rawValue) \(target): \(reason)"
  }

  package var remedy: String? {
    switch code {
    case ENOSPC, EDQUOT: "free some space; everything written so far is masked and complete"
    case EACCES, EPERM: "check who may \(operation.rawValue) it"
    case ENOENT: "check the path"
    case EINVAL: "name another file"
    case Self.damaged: "see what 'gzip -t' says; a file that is no gzip must not be called .gz"
    default: nil
    }
  }
}
