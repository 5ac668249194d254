internal import Foundation
internal import SluiceSubprocess
internal import Subprocess
internal import SystemPackage

/// Runs another program with something on its standard input and a limit on its time.
///
/// The program gets an environment of its own; its answer is at most `largestAnswer` bytes. What
/// passes here may be secret: it goes through pipes, never through arguments or the environment
/// (G12).
struct ProgramCall: Sendable {
  var program: String
  var arguments: [String] = []
  /// The whole environment; `PATH` and the language are added.
  var environment: [String: String] = [:]
  var timeout: Duration

  static let largestAnswer = 1 << 20

  struct Answer: Sendable {
    let output: [UInt8]
    /// Nil if a signal ended it.
    let status: Int?
  }

  /// - Throws: `ConnectorError.missing` if there is no such program, `timedOut` if it took too long
  ///   and was ended, `rejected` if it wrote too much.
  func run(input: [UInt8]) async throws(ConnectorError) -> Answer {
    let outcome = await withTaskGroup(of: Outcome.self) { group in
      group.addTask { await start(input) }
      group.addTask {
        try? await Task.sleep(for: timeout)
        return .tooLate
      }
      let first = await group.next() ?? .tooLate
      // Cancelling ends the program, too.
      group.cancelAll()
      return first
    }
    switch outcome {
    case .answer(let answer): return answer
    case .tooLate: throw .timedOut("'\(name)' took longer than \(timeout.text)")
    case .notFound:
      throw .missing(
        "there is no program '\(name)'", remedy: "install it, or correct the target")
    case .failed: throw .rejected("'\(name)' could not be run, or wrote too much")
    }
  }

  private enum Outcome: Sendable {
    case answer(Answer)
    case tooLate, notFound, failed
  }

  private var name: String { program.split(separator: "/").last.map(String.init) ?? program }

  private func start(_ input: [UInt8]) async -> Outcome {
    var variables = environment
    let own = ProcessInfo.processInfo.environment
    for name in ["PATH", "HOME", "TMPDIR"] where variables[name] == nil {
      variables[name] = own[name]
    }
    variables["LC_ALL"] = "C.UTF-8"
    var platform = PlatformOptions()
    platform.teardownSequence = [
      .send(signal: .terminate, allowedDurationToNextStep: .milliseconds(200))
    ]
    let custom = Dictionary(
      uniqueKeysWithValues: variables.compactMap { name, value in
        Environment.Key(rawValue: name).map { ($0, value) }
      })
    do {
      let result = try await Subprocess.run(
        program.contains("/") ? .path(FilePath(program)) : .name(program),
        arguments: Arguments(arguments), environment: .custom(custom), platformOptions: platform,
        input: UnreadInput(input), output: .bytes(limit: Self.largestAnswer), error: .discarded)
      switch result.terminationStatus {
      case .exited(let code):
        return .answer(Answer(output: result.standardOutput, status: Int(code)))
      default: return .answer(Answer(output: result.standardOutput, status: nil))
      }
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .notFound
    } catch {
      return .failed
    }
  }
}
