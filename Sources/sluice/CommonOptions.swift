internal import ArgumentParser
internal import Synchronization

/// What every command understands.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("Settings to use; default: $SLUICE_CONFIG, else none.", valueName: "FILE"))
  var configFile: String?

  @Flag(help: "Print errors only to standard error.")
  var quiet = false

  @Flag(help: "Say what is done, on standard error.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet and --verbose exclude each other") }
    Manner.choose(self)
  }

  func warn(_ text: String) { choice.warn(text) }

  func tell(_ text: String) { choice.tell(text) }
}

/// What `CommonOptions` ask for, for what is said and read where no command is at hand.
enum Manner {
  private static let chosen = Mutex(CommonOptions.Choice())

  static func choose(_ options: CommonOptions) { chosen.withLock { $0 = options.choice } }

  static var isQuiet: Bool { chosen.withLock { $0.quiet } }
  static var isVerbose: Bool { chosen.withLock { $0.verbose } }
  static var configFile: String? { chosen.withLock { $0.configFile } }
}

/// Tells how it went, unless `--quiet`: what is no error and no result.
func inform(_ text: some StringProtocol) {
  if !Manner.isQuiet { note(text) }
}

extension CommonOptions {
  struct Choice: Sendable {
    var configFile: String?
    var quiet = false
    var verbose = false

    /// Something the user should know, unless `--quiet`.
    func warn(_ text: String) {
      if !quiet { note("sluice: warning: \(text)") }
    }

    /// Something the user may want to know, with `--verbose`.
    func tell(_ text: String) {
      if verbose { note("sluice: \(text)") }
    }
  }

  var choice: Choice {
    Choice(configFile: configFile, quiet: quiet, verbose: verbose)
  }
}
