internal import ArgumentParser
internal import Glibc
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
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
      """)

  @Option(name: .customLong("in"), help: "Read this file instead of standard input.")
  var input: String?

  @Option(name: .customLong("out"), help: "Write this file instead of standard output.")
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

  @Flag(help: "Print statistics to standard error at the end.")
  var stats = false

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

  @OptionGroup var common: CommonOptions

  @OptionGroup(title: "Leaks") var leak: LeakOptions
  @OptionGroup(title: "Vault, with --on-leak") var vault: VaultOptions

  func validate() throws {
    guard (ScanLimits.smallestWindow...1 << 30).contains(window) else {
      throw ValidationError("--window must be between \(ScanLimits.smallestWindow) and 1073741824")
    }
    if findings == "-" && output == nil {
      throw ValidationError("--findings - needs --out: standard output carries the stream")
    }
    if leak.onLeak != nil && fingerprintKey != nil {
      throw ValidationError("--on-leak makes fingerprints with the vault's key, not another one")
    }
    if mask == .hash && fingerprintKey == nil && leak.onLeak == nil {
      throw ValidationError(
        "--mask hash needs --fingerprint-key FILE; "
          + "make a key with: (umask 077; openssl rand -hex 32 > FILE)")
    }
  }

  func run() throws {
    // Everything that can be wrong with the configuration is found before a file is emptied.
    let settings = try Settings.load(common)
    let session = try leak.session(vault, command: "filter")
    if settings.needsFingerprintKey && fingerprintKey == nil && session == nil {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the settings allow by fingerprint, and there is no key",
          remedy: "give the key that made the fingerprints: --fingerprint-key FILE"))
    }
    let set = try settings.rules(more: ruleFiles)
    let rules = try configuring { try CompiledRules(set, limits: ScanLimits(window: window)) }
    common.tell("\(set.rules.count) rules")
    let fingerprinter: Fingerprinter?
    if let session {
      fingerprinter = try session.fingerprinter()
    } else {
      fingerprinter = try configuring {
        try fingerprintKey.map { try Loading.fingerprinter(keyFile: $0) }
      }
    }
    var options = Filter.Options()
    options.maskStyle = mask ?? (fingerprintKey == nil && session == nil ? .label : .hash)
    options.path = input
    options.allowlist = settings.allowlist(for: rules.rules, path: input)

    var source = try openInput()
    let target = try openOutput()
    try Self.usage { () throws(IOError) in try target.requireOther(than: source, "the input") }
    let findingsTarget = try openFindings()
    try Self.usage { () throws(IOError) in
      try findingsTarget?.requireOther(than: source, "the input")
      try findingsTarget?.requireOther(than: target, "the output")
    }
    try target.empty()
    try findingsTarget?.empty()
    source.enlargePipe()
    target.enlargePipe()
    let filter = Filter(rules: rules, options: options, fingerprinter: fingerprinter)
    let clock = ContinuousClock()
    let start = clock.now
    // What was found is acted on also when the stream ends in an error.
    defer { session?.finishAndWait() }
    let statistics = try filter.run(
      &source, to: target,
      findings: session == nil && findings == nil
        ? nil : LeakTap(findingsTarget, session: session))
    if stats { report(statistics, rules: rules, elapsed: clock.now - start) }
  }

  /// Two names of one file are wrong usage, not a failure.
  private static func usage(_ check: () throws(IOError) -> Void) throws {
    do {
      try check()
    } catch  where error.code == EINVAL {
      throw ConfigurationError(cause: error)
    }
  }

  private func openInput() throws -> Descriptor {
    guard let input else { return Descriptor(borrowing: STDIN_FILENO, named: "standard input") }
    return try Descriptor.reading(path: input)
  }

  private func openOutput() throws -> Descriptor {
    guard let output else { return Descriptor(borrowing: STDOUT_FILENO, named: "standard output") }
    return try Descriptor.writing(path: output)
  }

  private func openFindings() throws -> Descriptor? {
    guard let findings else { return nil }
    if findings == "-" { return Descriptor(borrowing: STDOUT_FILENO, named: "standard output") }
    guard findings.hasPrefix("fd:") else { return try Descriptor.writing(path: findings) }
    guard let number = CInt(findings.dropFirst(3)), number >= 0, fcntl(number, F_GETFD) >= 0 else {
      // What is no number may be anything: it is not repeated.
      let name = CInt(findings.dropFirst(3)).map { "fd:\($0)" } ?? "fd:N, where N is a number"
      throw ConfigurationError(
        cause: UsageError(
          problem: "--findings \(name): there is no such open descriptor",
          remedy: "open it in the shell: sluice filter --findings fd:3 3>findings.jsonl"))
    }
    return Descriptor(borrowing: number, named: findings)
  }

  private func report(_ statistics: ScanStatistics, rules: CompiledRules, elapsed: Duration) {
    let seconds =
      Double(elapsed.components.seconds)
      + Double(elapsed.components.attoseconds) / 1e18
    let rate = seconds > 0 ? Double(statistics.settledBytes) / 1e6 / seconds : 0
    func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
    note("bytes            \(statistics.settledBytes)")
    note("megabytes/second \(tenths(rate))")
    note("findings         \(statistics.findings)")
    for (rule, count) in zip(rules.rules, statistics.findingsByRule) where count > 0 {
      note("  \(rule.rule.id) \(count)")
    }
    if statistics.allowedFindings > 0 {
      note("allowed findings \(statistics.allowedFindings)")
    }
    note("candidates       \(statistics.candidates)")
    note("match attempts   \(statistics.attempts)")
    note("limit hits       \(statistics.limitHits)")
    note("overlong secrets \(statistics.overlongSecrets)")
    note("most bytes held  \(statistics.heldHighWater)")
  }
}

extension MaskStyle: ExpressibleByArgument {}
