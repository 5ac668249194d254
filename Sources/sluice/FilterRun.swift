internal import Glibc
internal import SluiceAlerts
internal import SluiceCompression
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceRules
internal import SluiceScan
internal import SluiceVault
internal import Synchronization

/// What `sluice filter` is asked for.
struct FilterRequest {
  /// Nothing but the defaults.
  static let bare = FilterRequest()

  var input: String?
  var output: String?
  var mask: MaskStyle?
  var findings: String?
  var stats: StatisticsChoice?
  var metrics: MetricsEndpoint?
  var idleFlush: Int?
  var format: RecordFormat?
  var fail = FailureChoice.closed
  var fingerprintKey: String?
  var ruleFiles: [String] = []
  var window = ScanLimits.defaultWindow
  var decode = true
  var common = CommonOptions.Choice()

  /// Whether records are counted and the time of confirming is measured.
  var isMeasured: Bool { stats != nil || metrics != nil }
}

/// A stream from its descriptors to its end.
struct FilterRun {
  /// PERF: to free hundreds of rules one by one takes a twentieth of the time of a short run; these
  /// go with the process.
  private static let lastRules = Mutex<CompiledRules?>(nil)

  private let request: FilterRequest
  private let session: LeakSession?
  private let known: KnownValueSession?

  /// - Parameters:
  ///   - request: what is asked for.
  ///   - session: acts on leaks; nil: nobody does.
  ///   - known: the vault whose values are looked for; nil: none.
  init(_ request: FilterRequest, session: LeakSession? = nil, known: KnownValueSession? = nil) {
    self.request = request
    self.session = session
    self.known = known
  }

  func run() throws {
    let setup: FilterSetup
    do {
      setup = try FilterSetup(request, known: known)
    } catch let error as ConfigurationError where request.fail == .open {
      try passUnmasked(after: error)
      return
    }
    if !setup.rules.holdsValues { Self.lastRules.withLock { $0 = setup.rules } }
    request.common.tell("\(setup.rules.rules.count) rules")
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
    if request.format != .omprog { try target.empty() }
    source.enlargePipe()
    target.enlargePipe()
    let metrics =
      request.metrics != nil ? StreamMetrics(rules: setup.rules.rules, isMeasured: true) : nil
    let server = try serve(metrics)
    defer { server?.stop() }
    var control = FilterControl(request: request, setup: setup, known: known, metrics: metrics)
    defer { alerts?.finish(within: .seconds(5)) }
    // What was found is acted on also when the stream ends in an error.
    defer { session?.finishAndWait() }
    let fingerprinter: Fingerprinter?
    if let known {
      fingerprinter = try known.vault.fingerprinter()
    } else {
      fingerprinter = try setup.fingerprinter()
    }
    var input = PackedInput(
      source, isPacked: Self.isPacked(request.input), named: inputName)
    let output = PackedOutput(target, isPacked: Self.isPacked(request.output))
    let statistics = try run(
      setup, &input, to: output.sink,
      findings: session == nil && alerts == nil && request.findings == nil
        ? nil : FindingTap(findingsTarget, observer: session?.observer),
      fingerprinter: fingerprinter, control: &control)
    try output.finish()
    if request.stats != nil { control.report(statistics) }
    if control.wasEnded, let rest = input.descriptor.restOfFile, rest > 0 {
      throw StoppedError(unreadBytes: rest)
    }
  }

  /// `--fail open`: the stream goes on although nobody can watch it.
  private func serve(_ metrics: StreamMetrics?) throws -> MetricsServer? {
    guard let metrics else { return nil }
    do {
      return try MetricsOptions.serve(request.metrics, request.common) { metrics.families }
    } catch let error as MetricsError where request.fail == .open {
      request.common.warn("\(error.problem); masking goes on")
      return nil
    }
  }

  private func run(
    _ setup: FilterSetup, _ source: inout PackedInput, to target: PackedOutput.Sink,
    findings: consuming FindingTap<FindingsFile>?, fingerprinter: consuming Fingerprinter?,
    control: inout FilterControl
  ) throws -> ScanStatistics {
    guard let format = request.format else {
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
    var input = PackedInput(
      source, isPacked: Self.isPacked(request.input), named: inputName)
    let output = PackedOutput(target, isPacked: Self.isPacked(request.output))
    try output.copy(all: &input)
    try output.finish()
  }

  /// gzip goes by the name, as its users do.
  static func isPacked(_ path: String?) -> Bool { path?.hasSuffix(".gz") == true }

  private var inputName: String { request.input.map { "'\($0)'" } ?? "standard input" }

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
      if let input = request.input {
        try Descriptor.reading(path: input)
      } else {
        Descriptor(borrowing: STDIN_FILENO, named: "standard input")
      }
    source.heedsSignals = true
    return source
  }

  private func openOutput() throws -> Descriptor {
    guard let output = request.output else {
      return Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    }
    if request.format == .omprog { return try Descriptor.appending(path: output) }
    return try Descriptor.writing(path: output)
  }

  private func openFindings(telling alerts: AlertDispatcher?) throws -> FindingsFile? {
    guard let findings = request.findings else { return alerts.map { FindingsFile(telling: $0) } }
    if findings == "-" {
      return FindingsFile(
        borrowing: Descriptor(borrowing: STDOUT_FILENO, named: "standard output"), telling: alerts,
        onFailure: request.fail)
    }
    guard findings.hasPrefix("fd:") else {
      return try FindingsFile(appendingTo: findings, telling: alerts, onFailure: request.fail)
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
      borrowing: Descriptor(borrowing: number, named: findings), telling: alerts,
      onFailure: request.fail)
  }
}
