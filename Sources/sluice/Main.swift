internal import ArgumentParser
internal import CLinux
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault
internal import Synchronization

/// The program: flags in, a library call, text out.
@main
struct Sluice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sluice",
    abstract: "A gate in the stream: finds every secret and masks it before it is written.",
    discussion: "Example: app 2>&1 | sluice filter | shipper",
    version: Version.text,
    subcommands: commands(for: CommandLine.arguments.dropFirst()))

  private static let allCommands: [any ParsableCommand.Type] = [
    FilterCommand.self, RunCommand.self, ScanCommand.self, HookCommand.self, RulesCommand.self,
    VaultCommand.self, TenantCommand.self, AgentCommand.self, RevokeCommand.self,
    RotateCommand.self, IncidentsCommand.self, AuditCommand.self,
  ]

  /// The command that the arguments begin with, if they do; else all.
  ///
  /// PERF: ArgumentParser looks at every command and subcommand that it knows, several times, and
  /// `app | sluice filter` waits for it.
  private static func commands(for arguments: ArraySlice<String>) -> [any ParsableCommand.Type] {
    let writesAll = ["--generate-completion-script", "--experimental-dump-help"]
    guard let name = arguments.first(where: { $0 != "--fips" }),
      !arguments.contains(where: { argument in writesAll.contains { argument.hasPrefix($0) } }),
      let command = allCommands.first(where: { $0.configuration.commandName == name })
    else { return allCommands }
    return [command]
  }

  @Flag(
    help: "Use algorithms of OpenSSL's FIPS provider only; do not start where there is none.")
  var fips = false

  /// What stood before the subcommand, which is all that `parseAsRoot` gives.
  private static let wantsFIPS = Mutex(false)

  func validate() {
    if fips { Self.wantsFIPS.withLock { $0 = true } }
  }

  static func main() async {
    // What is in memory is secret (G3), and a closed reader is reported as an error (EPIPE), not
    // as a signal that ends the process in the middle of a write.
    _ = sluice_forbid_core_dump()
    _ = signal(SIGPIPE, SIG_IGN)
    do {
      // PERF: ArgumentParser takes longer than all else that starts, also where there is nothing to
      // parse, as in `app | sluice filter`.
      if CommandLine.arguments.dropFirst() == ["filter"] {
        StreamSignals.install()
        try FilterRun(.bare).run()
        return DueCheckpoints.send()
      }
      let command = try parsed()
      if wantsFIPS.withLock({ $0 }) { try FIPS.require() }
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = command
        try command.run()
      }
      DueCheckpoints.send()
    } catch {
      let status = status(after: error)
      DueCheckpoints.send()
      Glibc.exit(status)
    }
  }

  /// The command that the arguments ask for.
  ///
  /// PERF: `sluice` itself has a flag and a list of commands, for which ArgumentParser takes as long
  /// as for the command. What that alone cannot read, such as `--help`, is read from the top.
  private static func parsed() throws -> any ParsableCommand {
    let started: [any ParsableCommand.Type] = [FilterCommand.self, ScanCommand.self]
    let arguments = CommandLine.arguments.dropFirst()
    if let command = started.first(where: { $0.configuration.commandName == arguments.first }),
      let parsed = try? command.parse(Array(arguments.dropFirst()))
    {
      return parsed
    }
    return try parseAsRoot()
  }

  /// Says what went wrong, and which exit status tells it to a script.
  private static func status(after error: any Error) -> CInt {
    switch error {
    case let error as ConfigurationError:
      explain(error.cause)
      return ExitStatus.usage
    case let error as IOError where error.isClosedReader:
      return ExitStatus.success
    case let error as VaultError where error.isDenial:
      explain(error)
      return ExitStatus.denied
    case let error as LogDamage:
      explain(error)
      return ExitStatus.negative
    case let error as any ExplainedError:
      explain(error)
      return ExitStatus.failure
    case let code as ExitCode:
      return code.rawValue
    default:
      // Help and version end here too, as ArgumentParser has them.
      let message = fullMessage(for: error)
      guard exitCode(for: error) != .success else { return show(message) }
      let safe = UsageMessage.withoutValues(
        message, arguments: Array(CommandLine.arguments.dropFirst()))
      note(
        ErrorText.masked(safe.hasPrefix("Error: ") ? "sluice: error: " + safe.dropFirst(7) : safe))
      return ExitStatus.usage
    }
  }

  /// Help and the like are results.
  private static func show(_ message: String) -> CInt {
    do {
      try writeResult(message + "\n")
      return ExitStatus.success
    } catch  where error.isClosedReader {
      return ExitStatus.success
    } catch {
      explain(error)
      return ExitStatus.failure
    }
  }

  private static func explain(_ error: any ExplainedError) {
    note(ErrorText.masked("sluice: error: \(error.problem)"))
    if let remedy = error.remedy { note(ErrorText.masked("sluice: hint: \(remedy)")) }
  }
}

extension CryptoError: ExplainedError {
  package var problem: String {
    switch self {
    case .unavailable(let algorithm): "OpenSSL does not offer \(algorithm)"
    case .notAuthentic: "what was to be opened is damaged, or was sealed under another key"
    case .invalidInput(let reason): "cannot be used: \(reason)"
    }
  }

  package var remedy: String? {
    switch self {
    case .unavailable: "check OpenSSL's configuration and providers"
    case .notAuthentic, .invalidInput: nil
    }
  }
}

/// Exit statuses of all commands.
enum ExitStatus {
  static let success: CInt = 0
  /// Findings, or a failed check.
  static let negative: CInt = 1
  /// Wrong usage or configuration.
  static let usage: CInt = 2
  static let failure: CInt = 3
  /// Policy says no.
  static let denied: CInt = 4
}

/// An error in what the user asked for, as opposed to one in carrying it out.
struct ConfigurationError: Error {
  let cause: any ExplainedError
}

/// A wrong combination of flags.
struct UsageError: ExplainedError {
  let problem: String
  let remedy: String?
}

/// Runs `body`; what it throws is the fault of the configuration.
func configuring<Result: ~Copyable>(
  _ body: () throws -> Result
) throws -> Result {
  do {
    return try body()
  } catch let error as any ExplainedError {
    throw ConfigurationError(cause: error)
  }
}

/// Writes a line to standard error.
func note(_ text: some StringProtocol) {
  var stream = Descriptor(borrowing: STDERR_FILENO, named: "standard error")
  // Nobody to tell if standard error is closed.
  try? stream.write(Array((text + "\n").utf8).span)
}
