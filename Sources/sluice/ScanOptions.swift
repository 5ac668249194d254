internal import ArgumentParser
internal import SluiceWorkspace

/// Where `sluice scan` looks.
struct ScanSourceOptions: ParsableArguments {
  @Flag(help: "Scan the lines that are new in git's index, as a commit would take them.")
  var staged = false

  @Flag(help: "Scan what each commit adds: all of history, or the revisions that are given.")
  var git = false

  @Option(help: ArgumentHelp("With --git: only commits after this date.", valueName: "DATE"))
  var since: String?

  @Option(
    help: ArgumentHelp(
      "Scan the commits that a push would give to this remote, as git tells its pre-push hook on "
        + "standard input.", valueName: "REMOTE"))
  var prePush: String?

  @Flag(help: "Keep scanning files as they change, until interrupted.")
  var watch = false

  @Option(
    defaultAsFlag: .asFlag,
    help: "With --watch: print statistics to standard error at the end, as text or json.")
  var stats: StatisticsChoice?

  @Option(help: ArgumentHelp("Skip larger files, and say so.", valueName: "BYTES"))
  var maxFileSize: UInt64?

  @Option(
    help: ArgumentHelp(
      "How many archives may lie in one another; 0 opens none.", valueName: "N"))
  var archiveDepth = ArchiveLimits().depth

  @Option(
    help: ArgumentHelp("Most bytes that may come out of one archive.", valueName: "BYTES"))
  var maxUnpacked = ArchiveLimits().unpackedBytes

  @Flag(inversion: .prefixedNo, help: "Respect .gitignore and .sluiceignore.")
  var ignore = true

  @Flag(help: "Scan files that look like no text, too.")
  var binary = false

  @Flag(
    inversion: .prefixedNo,
    help: "Look into escapes, percent-encoding, base64 and what else hides a secret.")
  var decode = true

  /// Whether git says what is scanned.
  var isGit: Bool { staged || git || prePush != nil }

  func validate(paths: [String]) throws {
    if [staged, git, prePush != nil, watch].count(where: { $0 }) > 1 {
      throw ValidationError("choose one of --staged, --git, --pre-push and --watch")
    }
    if staged && !paths.isEmpty { throw ValidationError("--staged takes no PATH") }
    if prePush != nil && !paths.isEmpty { throw ValidationError("--pre-push takes no PATH") }
    if let stats, stats.format == nil { throw ValidationError("--stats must be text or json") }
    if stats != nil && !watch { throw ValidationError("--stats needs --watch") }
    if since != nil && !git { throw ValidationError("--since needs --git") }
    if watch && paths.contains("-") { throw ValidationError("--watch takes files and directories") }
    guard (0...100).contains(archiveDepth) else {
      throw ValidationError("--archive-depth must be between 0 and 100")
    }
  }
}

/// What counts as a finding of `sluice scan`.
struct ScanExceptionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Findings that are in this file do not count.", valueName: "FILE"))
  var baseline: String?

  @Flag(help: "Write all that is found to the baseline: the new in, the fixed out.")
  var writeBaseline = false

  @Option(
    help: ArgumentHelp(
      "Key for fingerprints: a file that only you can read, 16 bytes or more.", valueName: "FILE"))
  var fingerprintKey: String?

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A YAML file with more rules; may be repeated.", valueName: "FILE"))
  var ruleFiles: [String] = []

  func validate() throws {
    if writeBaseline && baseline == nil {
      throw ValidationError("--write-baseline needs --baseline FILE")
    }
  }

  /// Takes the known findings out, or makes all that were found known.
  ///
  /// - Returns: how many known ones were not found any more.
  func apply(_ known: Baseline?, key: String?, to totals: inout ScanTotals) throws -> Int {
    guard writeBaseline, let baseline else { return known?.apply(to: &totals) ?? 0 }
    try BaselineFile.write(Baseline(of: totals.findings, key: key), to: baseline)
    totals.baselined = totals.findings.count
    totals.findings = []
    return 0
  }
}

/// `CommonOptions` with the short names that `scan` had first.
struct ScanCommonOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("Settings to use; default: $SLUICE_CONFIG, else none.", valueName: "FILE"))
  var configFile: String?

  @Flag(name: .shortAndLong, help: "Print the findings only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say which files were skipped.")
  var verbose = false

  func validate() throws {
    try options.validate()
  }

  var options: CommonOptions {
    var options = CommonOptions()
    options.configFile = configFile
    options.quiet = quiet
    options.verbose = verbose
    return options
  }
}
