internal import ArgumentParser
internal import Glibc
internal import SluiceAlerts
internal import SluiceCompression
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceRules
internal import SluiceScan
internal import SluiceVault

struct FilterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "filter",
    abstract: "Copy standard input to standard output with every secret masked.",
    discussion: """
      Everything outside of a secret passes byte for byte, and each record as soon as it is read.

      Examples:
        app 2>&1 | sluice filter | shipper
        sluice filter --in agent.log --out clean.log --findings findings.jsonl --stats
        sluice filter --mask hash --fingerprint-key key < agent.log

      SIGTERM and SIGINT: take what is there, write it, end. SIGHUP: go on with rules and settings
      as they are now. SIGUSR1: print statistics.
      """)

  @Option(
    name: .customLong("in"),
    help: "Read this file instead of standard input; one named .gz is unpacked.")
  var input: String?

  @Option(
    name: .customLong("out"),
    help: "Write this file instead of standard output; one named .gz is packed.")
  var output: String?

  @Option(
    help: """
      What replaces a secret: label [REDACTED:rule], hash [REDACTED:rule:fingerprint], partial \
      (its public prefix and the label), fill (as many *). (default: hash with a key, else label)
      """)
  var mask: MaskStyle?

  @Option(
    help: ArgumentHelp(
      "Write one JSON object a line for each finding: to a file, to - or to an open descriptor.",
      valueName: "FILE|-|fd:N"))
  var findings: String?

  @Option(
    defaultAsFlag: .asFlag,
    help: "Print statistics to standard error at the end, as text or json.")
  var stats: StatisticsChoice?

  @OptionGroup var live: MetricsOptions

  @Option(
    help: ArgumentHelp(
      """
      Let the beginning of a record, such as a prompt, go on when nothing comes for so long; until \
      then it waits for its end. Without it only what is decided goes on, at once.
      """, valueName: "MS"))
  var idleFlush: Int?

  @Option(
    name: .customLong("protocol"),
    help: """
      What the stream consists of: jsonl, rsyslog (mmexternal), omprog (with confirmations), \
      docker, cri or journald; text without it.
      """)
  var format: RecordFormat?

  @Option(
    help: """
      closed: end with an error rather than pass a byte that was not scanned. open: copy the \
      stream unmasked, with a warning, if rules or settings cannot be used, and go on if findings \
      cannot be written.
      """)
  var fail = FailureChoice.closed

  @Option(
    help: ArgumentHelp(
      "Key for fingerprints: a file that only you can read, 16 bytes or more.", valueName: "FILE"))
  var fingerprintKey: String?

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A YAML file with more rules; may be repeated.", valueName: "FILE"))
  var ruleFiles: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Most bytes held back; a secret longer than half of it is still masked to its end, but its \
      fingerprint covers only that much.
      """, valueName: "BYTES"))
  var window = ScanLimits.defaultWindow

  @Flag(
    inversion: .prefixedNo,
    help: "Look into escapes, percent-encoding, base64 and what else hides a secret.")
  var decode = true

  @OptionGroup var common: CommonOptions

  @OptionGroup(title: "Known values") var known: KnownValueOptions
  @OptionGroup(title: "Leaks") var leak: LeakOptions
  @OptionGroup(title: "Vault, with --vault or --on-leak") var vault: VaultOptions

  func validate() throws {
    if let stats, stats.format == nil { throw ValidationError("--stats must be text or json") }
    guard (ScanLimits.smallestWindow...1 << 30).contains(window) else {
      throw ValidationError("--window must be between \(ScanLimits.smallestWindow) and 1073741824")
    }
    if findings == "-" && output == nil {
      throw ValidationError("--findings - needs --out: standard output carries the stream")
    }
    if let idleFlush, !(1...3_600_000).contains(idleFlush) {
      throw ValidationError("--idle-flush must be between 1 and 3600000 milliseconds")
    }
    if idleFlush != nil && format != nil {
      throw ValidationError("--idle-flush is for text: a record goes on when it is complete")
    }
    if fail == .open && (format == .omprog || format == .rsyslog) {
      throw ValidationError(
        "--fail open cannot be used with rsyslog: it waits for answers that nothing else gives")
    }
    if format == .omprog && output == nil {
      throw ValidationError(
        "--protocol omprog needs --out FILE: standard output carries the confirmations")
    }
    if format == .omprog && Self.isPacked(output) {
      throw ValidationError(
        "--protocol omprog cannot write .gz: what is confirmed would still wait to be packed")
    }
    if format == .omprog && findings == "-" {
      throw ValidationError(
        "--findings - cannot be used: standard output carries the confirmations")
    }
    if usesVault && fingerprintKey != nil {
      throw ValidationError(
        "--vault and --on-leak make fingerprints with the vault's key, not another one")
    }
    if mask == .hash && fingerprintKey == nil && !usesVault {
      throw ValidationError(
        "--mask hash needs --vault or --fingerprint-key FILE; "
          + "make a key with: (umask 077; openssl rand -hex 32 > FILE)")
    }
  }

  /// Whether records are counted and the time of confirming is measured.
  var isMeasured: Bool { stats != nil || live.isAsked }

  private var usesVault: Bool { known.isWanted || (try? leak.needsVault()) == true }

  func run() throws {
    StreamSignals.install()
    let session = try leak.session(vault, command: "filter")
    let known = try known.session(session?.vault, vault)
    let setup: FilterSetup
    do {
      setup = try FilterSetup(self, known: known)
    } catch let error as ConfigurationError where fail == .open {
      try passUnmasked(after: error)
      return
    }
    common.tell("\(setup.rules.rules.count) rules")
    let source = try openInput()
    let target = try openOutput()
    try Self.usage { () throws(IOError) in try target.requireOther(than: source, "the input") }
    let alerts = try setup.alerts.map { plan in try AlertDispatcher(plan) }
    let findingsTarget = try openFindings(telling: alerts)
    try Self.usage { () throws(IOError) in
      try findingsTarget?.requireOther(than: source, "the input")
      try findingsTarget?.requireOther(than: target, "the output")
    }
    // What was confirmed to rsyslog stays, and a restarted program goes on behind it.
    if format != .omprog { try target.empty() }
    source.enlargePipe()
    target.enlargePipe()
    let metrics = live.isAsked ? StreamMetrics(rules: setup.rules.rules, isMeasured: true) : nil
    let server = try serve(metrics)
    defer { server?.stop() }
    var control = FilterControl(command: self, setup: setup, known: known, metrics: metrics)
    defer { alerts?.finish(within: .seconds(5)) }
    // What was found is acted on also when the stream ends in an error.
    defer { session?.finishAndWait() }
    let fingerprinter: Fingerprinter?
    if let known {
      fingerprinter = try known.vault.fingerprinter()
    } else {
      fingerprinter = try setup.fingerprinter()
    }
    var input = PackedInput(source, isPacked: Self.isPacked(self.input), named: inputName)
    let output = PackedOutput(target, isPacked: Self.isPacked(self.output))
    let statistics = try run(
      setup, &input, to: output.sink,
      findings: session == nil && alerts == nil && findings == nil
        ? nil : FindingTap(findingsTarget, observer: session?.observer),
      fingerprinter: fingerprinter, control: &control)
    try output.finish()
    if stats != nil { control.report(statistics) }
    if control.wasEnded, let rest = input.descriptor.restOfFile, rest > 0 {
      throw StoppedError(unreadBytes: rest)
    }
  }

  /// `--fail open`: the stream goes on although nobody can watch it.
  private func serve(_ metrics: StreamMetrics?) throws -> MetricsServer? {
    guard let metrics else { return nil }
    do {
      return try live.serve(common) { metrics.families }
    } catch let error as MetricsError where fail == .open {
      common.warn("\(error.problem); masking goes on")
      return nil
    }
  }

  private func run(
    _ setup: FilterSetup, _ source: inout PackedInput, to target: PackedOutput.Sink,
    findings: consuming FindingTap<FindingsFile>?, fingerprinter: consuming Fingerprinter?,
    control: inout FilterControl
  ) throws -> ScanStatistics {
    guard let format else {
      let filter = Filter(
        rules: setup.rules, options: setup.options, fingerprinter: fingerprinter)
      return try filter.run(&source, to: target, findings: findings, control: &control)
    }
    let filter = RecordFilter(
      rules: setup.rules, format: format, options: setup.options, fingerprinter: fingerprinter)
    return try filter.run(
      &source, to: target, findings: findings,
      confirmations: Descriptor(borrowing: STDOUT_FILENO, named: "standard output"),
      control: &control)
  }

  /// `--fail open`: what cannot be masked passes as it is, and a warning says so.
  private func passUnmasked(after error: ConfigurationError) throws {
    note(ErrorText.masked("sluice: error: \(error.cause.problem)"))
    note("sluice: warning: --fail open: the stream passes UNMASKED")
    let source = try openInput()
    let target = try openOutput()
    try target.requireOther(than: source, "the input")
    try target.empty()
    var input = PackedInput(source, isPacked: Self.isPacked(self.input), named: inputName)
    let output = PackedOutput(target, isPacked: Self.isPacked(self.output))
    try output.copy(all: &input)
    try output.finish()
  }

  /// gzip goes by the name, as its users do.
  private static func isPacked(_ path: String?) -> Bool { path?.hasSuffix(".gz") == true }

  private var inputName: String { input.map { "'\($0)'" } ?? "standard input" }

  /// Two names of one file are wrong usage, not a failure.
  private static func usage(_ check: () throws(IOError) -> Void) throws {
    do {
      try check()
    } catch  where error.code == EINVAL {
      throw ConfigurationError(cause: error)
    }
  }

  private func openInput() throws -> Descriptor {
    var source =
      if let input {
        try Descriptor.reading(path: input)
      } else {
        Descriptor(borrowing: STDIN_FILENO, named: "standard input")
      }
    source.heedsSignals = true
    return source
  }

  private func openOutput() throws -> Descriptor {
    guard let output else { return Descriptor(borrowing: STDOUT_FILENO, named: "standard output") }
    if format == .omprog { return try Descriptor.appending(path: output) }
    return try Descriptor.writing(path: output)
  }

  private func openFindings(telling alerts: AlertDispatcher?) throws -> FindingsFile? {
    guard let findings else { return alerts.map { FindingsFile(telling: $0) } }
    if findings == "-" {
      return FindingsFile(
        borrowing: Descriptor(borrowing: STDOUT_FILENO, named: "standard output"), telling: alerts,
        onFailure: fail)
    }
    guard findings.hasPrefix("fd:") else {
      return try FindingsFile(appendingTo: findings, telling: alerts, onFailure: fail)
    }
    guard let number = CInt(findings.dropFirst(3)), number >= 0, fcntl(number, F_GETFD) >= 0 else {
      // What is no number may be anything: it is not repeated.
      let name = CInt(findings.dropFirst(3)).map { "fd:\($0)" } ?? "fd:N, where N is a number"
      throw ConfigurationError(
        cause: UsageError(
          problem: "--findings \(name): there is no such open descriptor",
          remedy: "open it in the shell: sluice filter --findings fd:3 3>findings.jsonl"))
    }
    return FindingsFile(
      borrowing: Descriptor(borrowing: number, named: findings), telling: alerts, onFailure: fail)
  }
}

extension MaskStyle: ExpressibleByArgument {}
extension RecordFormat: ExpressibleByArgument {}
