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
      Looks into archives and compressed files. Leaves out what .gitignore and .sluiceignore leave \
      out, and what looks like no text. A comment sluice:allow, or sluice:allow=RULE, lets a \
      secret stand on its line.

      Examples:
        sluice scan
        sluice scan --format sarif src > sluice.sarif
        sluice scan --staged
        sluice scan --git origin/main..HEAD
        sluice scan --baseline .sluice-baseline.json --write-baseline
        sluice scan --fix --dry-run .mcp.json
        sluice scan --watch agents

      --watch ends on SIGTERM and SIGINT, prints statistics on SIGUSR1, and tells about findings \
      whom the settings name under 'alerts'.

      Exit status: 0 nothing found, 1 findings, 2 wrong usage, 3 a named path, or with --strict \
      anything, could not be read.
      """)

  @Argument(
    help: ArgumentHelp(
      "Files and directories; - is standard input; with --git, revisions. (default: .)",
      valueName: "PATH"))
  var paths: [String] = []

  @OptionGroup(title: "What is scanned") var source: ScanSourceOptions

  @Option(help: "text, json, jsonl, sarif, csv, junit, github or html.")
  var format = ReportFormat.text

  @OptionGroup(title: "What counts") var exceptions: ScanExceptionOptions

  @OptionGroup(title: "Moving secrets into the vault") var fix: ScanFixOptions

  @Flag(help: "Mask stored sessions of agents in place: PATH, or those of Claude Code and Codex.")
  var transcripts = false

  @Option(
    help: ArgumentHelp(
      "With --transcripts: keep each changed file as it was, under its name and this.",
      valueName: "SUFFIX"))
  var backup: String?

  @OptionGroup(title: "Leaks") var leak: LeakOptions

  @OptionGroup(title: "With --watch") var live: MetricsOptions

  @Flag(help: "Fail if anything could not be read.")
  var strict = false

  @OptionGroup var common: ScanCommonOptions

  func validate() throws {
    if transcripts && (source.isGit || source.watch || fix.isOn || exceptions.baseline != nil) {
      throw ValidationError("--transcripts takes no --staged, --git, --watch, --fix or --baseline")
    }
    if backup != nil && !transcripts { throw ValidationError("--backup needs --transcripts") }
    try source.validate(paths: paths)
    if leak.onLeak != nil && (exceptions.fingerprintKey != nil || source.watch || transcripts) {
      throw ValidationError("--on-leak takes no --fingerprint-key, --watch or --transcripts")
    }
    if fix.isOn, source.isGit || source.watch || paths.contains("-") {
      throw ValidationError("--fix takes files and directories only")
    }
    if fix.isOn, format != .text { throw ValidationError("--fix prints text only") }
    if source.watch, format != .text && format != .jsonl {
      throw ValidationError("--watch prints text or jsonl")
    }
    if live.isAsked && !source.watch { throw ValidationError("--metrics needs --watch") }
    if source.watch, exceptions.writeBaseline {
      throw ValidationError("--watch cannot write a baseline")
    }
  }

  func run() async throws {
    let session = try leak.session(fix.vault, command: "scan")
    let scan = try PreparedScan(
      source: source, exceptions: exceptions, common: common.options, session: session)
    if source.watch {
      let watch = ScanWatch(
        scan: scan, format: format, statistics: source.stats?.format, live: live,
        common: common.options)
      throw ExitCode(try await watch.run(paths: paths))
    }
    if transcripts {
      try TranscriptScan(
        rules: scan.rules, paths: paths, backupSuffix: backup, keyFile: exceptions.fingerprintKey,
        isQuiet: common.quiet
      ).run()
      return
    }
    var terminal = ScanTerminal(isQuiet: common.quiet, isVerbose: common.verbose)
    var totals = try await scan.run(paths: paths) { terminal.show($0) }
    terminal.clear()
    await session?.act(on: totals.findings, rules: scan.rules.rules.map(\.rule))
    let gone = try exceptions.apply(scan.baseline, key: scan.key, to: &totals)
    if fix.isOn {
      throw ExitCode(
        try ScanFix(options: fix, workspace: scan.workspace, terminal: terminal)
          .run(on: totals, strict: strict))
    }
    try writeResult(try scan.report(of: totals).text(as: format))
    terminal.summarize(totals, goneFromBaseline: gone)
    let status = Self.status(after: totals, strict: strict)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  static func status(after totals: ScanTotals, strict: Bool) -> CInt {
    if totals.namedProblems > 0 || strict && totals.problemCount > 0 { return ExitStatus.failure }
    return totals.findings.isEmpty && totals.uncollected == 0
      ? ExitStatus.success : ExitStatus.negative
  }
}

extension ReportFormat: ExpressibleByArgument {}
