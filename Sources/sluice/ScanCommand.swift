internal import ArgumentParser
internal import Foundation
internal import SluiceBuiltins
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceScan
internal import SluiceWorkspace

struct ScanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Find secrets in files, directories, git changes and history, standard input.",
    discussion: """
      Leaves out what .gitignore and .sluiceignore leave out, and what looks like no text. A \
      comment sluice:allow, or sluice:allow=RULE, lets a secret stand on its line.

      Examples:
        sluice scan
        sluice scan --format sarif src > sluice.sarif
        sluice scan --staged
        sluice scan --git origin/main..HEAD
        sluice scan --baseline .sluice-baseline.json --write-baseline

      Exit status: 0 nothing found, 1 findings, 2 wrong usage, 3 a named path, or with --strict \
      anything, could not be read.
      """)

  @Argument(
    help: ArgumentHelp(
      "Files and directories; - is standard input; with --git, revisions. (default: .)",
      valueName: "PATH"))
  var paths: [String] = []

  @Flag(help: "Scan the lines that are new in git's index, as a commit would take them.")
  var staged = false

  @Flag(help: "Scan what each commit adds: all of history, or the revisions that are given.")
  var git = false

  @Option(help: ArgumentHelp("With --git: only commits after this date.", valueName: "DATE"))
  var since: String?

  @Option(help: "text, json, jsonl, sarif, csv, junit or github.")
  var format = ReportFormat.text

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

  @Option(help: ArgumentHelp("Skip larger files, and say so.", valueName: "BYTES"))
  var maxFileSize: UInt64?

  @Flag(inversion: .prefixedNo, help: "Respect .gitignore and .sluiceignore.")
  var ignore = true

  @Flag(help: "Scan files that look like no text, too.")
  var binary = false

  @Flag(help: "Fail if anything could not be read.")
  var strict = false

  @Flag(name: .shortAndLong, help: "Print the findings only.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say which files were skipped.")
  var verbose = false

  func validate() throws {
    if staged && git { throw ValidationError("choose one of --staged and --git") }
    if staged && !paths.isEmpty { throw ValidationError("--staged takes no PATH") }
    if since != nil && !git { throw ValidationError("--since needs --git") }
    if writeBaseline && baseline == nil {
      throw ValidationError("--write-baseline needs --baseline FILE")
    }
  }

  func run() async throws {
    let rules = try configuring {
      try CompiledRules(
        Loading.ruleSet(builtins: BuiltinRules.forScanning(), files: ruleFiles))
    }
    let key = try configuring { try fingerprintKey.map(BaselineFile.keyName) }
    let known = try configuring {
      writeBaseline ? nil : try baseline.map { try BaselineFile.read($0, key: key) }
    }
    let workspace = makeWorkspace(rules: rules)
    var terminal = ScanTerminal(isQuiet: quiet, isVerbose: verbose)
    var totals = try await scan(workspace) { terminal.show($0) }
    terminal.clear()
    if writeBaseline, let baseline {
      try BaselineFile.write(Baseline(of: totals.findings, key: key), to: baseline)
      totals.baselined = totals.findings.count
      totals.findings = []
    }
    let gone = known?.apply(to: &totals) ?? 0
    try write(totals, rules: rules)
    terminal.summarize(totals, goneFromBaseline: gone)
    if totals.namedProblems > 0 || strict && totals.problemCount > 0 {
      throw ExitCode(ExitStatus.failure)
    }
    if !totals.findings.isEmpty || totals.uncollected > 0 { throw ExitCode(ExitStatus.negative) }
  }

  private func scan(
    _ workspace: Workspace, progress: (Workspace.Progress) -> Void
  ) async throws -> ScanTotals {
    if staged { return try await workspace.scanStaged() }
    if git {
      return try await workspace.scanHistory(revisions: paths, since: since, progress: progress)
    }
    let named = (paths.isEmpty ? ["."] : paths).map { WorkspacePath($0) }
    return try await workspace.scan(named, progress: progress)
  }

  private func makeWorkspace(rules: CompiledRules) -> Workspace {
    var options = Workspace.Options()
    options.respectsIgnoreFiles = ignore
    options.includesBinary = binary
    options.largestFile = maxFileSize
    options.workers = ProcessInfo.processInfo.activeProcessorCount
    options.environment = ProcessInfo.processInfo.environment
    return Workspace(rules: rules, options: options) { [fingerprintKey] in
      try fingerprintKey.map { try Loading.fingerprinter(keyFile: $0) }
    }
  }

  private func write(_ totals: ScanTotals, rules: CompiledRules) throws {
    // What people read about a rule is loaded only when there is a finding to explain.
    var documented = totals.findings.isEmpty ? [] : BuiltinRules.all().map(\.rule)
    let builtins = Set(documented.map(\.id))
    documented += rules.rules.map(\.rule).filter { !builtins.contains($0.id) }
    var report = ScanReport(totals: totals, rules: documented, version: Version.text)
    report.isColored = ScanTerminal.allowsColor
    var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    try output.write(Array(try report.text(as: format).utf8).span)
  }
}

extension ReportFormat: ExpressibleByArgument {}
