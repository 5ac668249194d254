internal import ArgumentParser
internal import SluiceFilter
internal import SluiceScan

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
  var fail = FilterRequest.bare.fail

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
  var window = FilterRequest.bare.window

  @Flag(
    inversion: .prefixedNo,
    help: "Look into escapes, percent-encoding, base64 and what else hides a secret.")
  var decode = FilterRequest.bare.decode

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
    if format == .omprog && FilterRun.isPacked(output) {
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

  private var usesVault: Bool { known.isWanted || (try? leak.needsVault()) == true }

  private var request: FilterRequest {
    var request = FilterRequest.bare
    (request.input, request.output, request.findings) = (input, output, findings)
    (request.mask, request.stats, request.metrics) = (mask, stats, live.metrics)
    (request.idleFlush, request.format, request.fail) = (idleFlush, format, fail)
    (request.fingerprintKey, request.ruleFiles) = (fingerprintKey, ruleFiles)
    (request.window, request.decode, request.common) = (window, decode, common.choice)
    return request
  }

  func run() throws {
    StreamSignals.install()
    let session = try leak.session(vault, command: "filter")
    let known = try known.session(session?.vault, vault)
    try FilterRun(request, session: session, known: known).run()
  }
}

extension MaskStyle: ExpressibleByArgument {}
extension RecordFormat: ExpressibleByArgument {}
