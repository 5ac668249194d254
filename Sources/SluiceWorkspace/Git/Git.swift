internal import SluiceSubprocess
internal import Subprocess

/// The `git` program; each call is one process whose output is streamed.
enum Git {
  /// Nothing that a user configured may change the form of the output, run another program, or
  /// reach for the network.
  private static let settings = [
    "--no-pager", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false",
    "-c", "diff.suppressBlankEmpty=false", "-c", "diff.submodule=short",
    "-c", "log.showSignature=false",
  ]
  private static let mostErrorBytes = 1 << 20

  /// The options under which every diff is printed.
  static let diffOptions = [
    "--patch", "--unified=0", "--full-index", "--no-renames", "--no-color", "--no-ext-diff",
    "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--inter-hunk-context=0",
    "-O/dev/null",
  ]

  /// Runs git and hands its output over as it comes.
  ///
  /// - Parameters:
  ///   - arguments: the command and its arguments.
  ///   - input: what it reads from its standard input.
  ///   - consume: gets the output, piece by piece.
  /// - Throws: `GitError`, and what `consume` throws.
  static func stream(
    _ arguments: [String], input: [UInt8] = [], consume: ([UInt8]) async throws -> Void
  ) async throws {
    let status: TerminationStatus
    let errors: [UInt8]
    do {
      let result = try await run(
        .name("git"), arguments: Arguments(settings + arguments),
        environment: .inherit.updating([
          "LC_ALL": "C.UTF-8", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0",
          "GIT_NO_LAZY_FETCH": "1", "GIT_EXTERNAL_DIFF": nil, "GIT_DIFF_OPTS": nil,
        ]),
        input: UnreadInput(input), output: .sequence, error: .bytes(limit: mostErrorBytes)
      ) { execution in
        for try await buffer in execution.standardOutput {
          try await consume(buffer.bytes.copied())
        }
      }
      status = result.terminationStatus
      errors = result.standardError
    } catch let error as SubprocessError where error.code == .executableNotFound {
      throw GitError.notInstalled
    }
    guard !status.isSuccess else { return }
    let text = String(decoding: errors, as: UTF8.self)
    let line = text.split(separator: "\n").first {
      $0.hasPrefix("fatal:") || $0.hasPrefix("error:")
    }
    throw GitError.failed(
      command: arguments[0], says: line.map { printable(String($0)) } ?? "\(status)")
  }

  /// Runs git and takes the first line of its output, without its end.
  ///
  /// - Parameter arguments: the command and its arguments.
  /// - Returns: the line.
  /// - Throws: `GitError`.
  static func line(_ arguments: [String]) async throws -> String {
    var output: [UInt8] = []
    try await stream(arguments) { piece in output += piece }
    return String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
  }
}
