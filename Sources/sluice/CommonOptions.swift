internal import ArgumentParser

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
  }

  /// Something the user should know, unless `--quiet`.
  func warn(_ text: String) {
    if !quiet { note("sluice: warning: \(text)") }
  }

  /// Something the user may want to know, with `--verbose`.
  func tell(_ text: String) {
    if verbose { note("sluice: \(text)") }
  }
}
