internal import Glibc
internal import SluiceRules

/// Why a program was not started, or could not be given what it should get.
package enum ProcessError: ExplainedError, Hashable {
  case notFound(program: String)
  case notStarted(program: String, code: CInt)
  case noTerminal(code: CInt)
  case noMemoryFile(code: CInt)
  /// A variable cannot hold a NUL, and the kernel takes no longer one.
  case notForEnvironment(variable: String, reason: String)

  package var problem: String {
    switch self {
    case .notFound(let program): "there is no program '\(program)'"
    case .notStarted(let program, let code): "cannot start '\(program)': \(message(code))"
    case .noTerminal(let code): "cannot make a terminal for the program: \(message(code))"
    case .noMemoryFile(let code): "cannot make a file in memory: \(message(code))"
    case .notForEnvironment(let variable, let reason):
      "the value for the variable \(variable) \(reason)"
    }
  }

  package var remedy: String? {
    switch self {
    case .notFound: "give its path, or check PATH"
    case .notForEnvironment: "give it as a file instead"
    case .notStarted, .noTerminal, .noMemoryFile: nil
    }
  }

  /// The exit status that env(1) and shells have for it.
  package var exitStatus: CInt {
    switch self {
    case .notFound: 127
    case .notStarted: 126
    default: 3
    }
  }
}

private func message(_ code: CInt) -> String { SystemMessage.text(for: code) }
