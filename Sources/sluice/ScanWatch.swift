internal import Dispatch
internal import Glibc
internal import SluiceAlerts
internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceRules
internal import SluiceScan
internal import SluiceWorkspace
internal import Synchronization

/// `sluice scan --watch`: reports what comes in, until interrupted.
struct ScanWatch {
  /// How often it is checked whether to end, in milliseconds.
  private static let step = 200

  let scan: PreparedScan
  let format: ReportFormat
  /// How statistics are printed at the end; nil: not at all.
  let statistics: StatisticsFormat?
  let live: MetricsOptions
  let common: CommonOptions

  private var isQuiet: Bool { common.quiet }

  /// - Returns: the exit status: 1 if there are findings at the end.
  func run(paths: [String]) async throws -> CInt {
    let signals = WatchSignals()
    let watch = try WorkspaceWatch(scan.workspace, paths: PreparedScan.named(paths))
    let alerts = try scan.alerts.map { plan in try AlertDispatcher(plan) }
    defer { alerts?.finish(within: .seconds(5)) }
    let metrics = StreamMetrics(rules: scan.rules.rules, isMeasured: false)
    let server = try live.serve(common) { metrics.families }
    defer { server?.stop() }
    var terminal = ScanTerminal(isQuiet: isQuiet, isVerbose: false)
    var tally = WatchTally(rules: scan.rules.rules)
    let first = try await watch.start { terminal.show($0) }
    terminal.clear()
    try report(first, files: Set(first.findings.map(\.file)), alerts: alerts, tally: &tally)
    metrics.update(tally.completing(await watch.statistics()))
    terminal.report(first)
    guard first.namedProblems == 0 else { return ExitStatus.failure }
    if !isQuiet {
      note("sluice: watching \(ScanTerminal.count(watch.watched, "folder")); interrupt to end")
    }
    while !signals.haveEnded {
      if signals.takeReport() { await tell(watch, tally, as: statistics ?? .text) }
      guard let change = try await watch.next(timeout: Self.step) else { continue }
      let files = change.isEverything ? change.files.union(tally.known.files) : change.files
      try report(change.totals, files: files, alerts: alerts, tally: &tally)
      metrics.update(tally.completing(await watch.statistics()))
      terminal.report(change.totals)
    }
    if let statistics { await tell(watch, tally, as: statistics) }
    let left = tally.known.count
    if !isQuiet { note("sluice: \(ScanTerminal.count(left, "finding")) at the end") }
    return left == 0 ? ExitStatus.success : ExitStatus.negative
  }

  private func report(
    _ totals: ScanTotals, files: Set<WorkspacePath>, alerts: AlertDispatcher?,
    tally: inout WatchTally
  ) throws {
    var totals = totals
    _ = scan.baseline?.apply(to: &totals)
    let (new, clean) = tally.known.update(files, with: totals.findings)
    totals.findings = new
    tally.count(totals)
    if !new.isEmpty {
      let report = scan.report(of: totals)
      // Whoever gets alerts hears of it even if nobody reads standard output any more.
      if let alerts { try offer(report, to: alerts) }
      try writeResult(try report.text(as: format))
    }
    guard !isQuiet else { return }
    for path in clean.sorted() {
      note(ErrorText.masked("sluice: nothing left in '\(ErrorText.printable(path.text))'"))
    }
  }

  /// Line by line: of more than fits into memory, the first ones are told.
  private func offer(_ report: ScanReport, to alerts: AlertDispatcher) throws {
    for line in try report.text(as: .jsonl).split(separator: "\n") {
      alerts.offer(Array(line.utf8) + [UInt8(ascii: "\n")])
    }
  }

  private func tell(
    _ watch: WorkspaceWatch, _ tally: WatchTally, as format: StatisticsFormat
  ) async {
    let report = StatisticsReport(
      statistics: tally.completing(await watch.statistics()), rules: scan.rules.rules,
      elapsed: tally.start.duration(to: .now), reloads: 0, failedReloads: 0, isMeasured: true)
    for line in report.lines(as: format) { note(line) }
  }
}

/// What a watch has told so far.
struct WatchTally {
  let start = ContinuousClock.now
  var known = KnownFindings()
  private let positions: [String: Int]
  private var findings: [UInt64]
  private var allowed: UInt64 = 0

  init(rules: [PlannedRule]) {
    positions = Dictionary(
      uniqueKeysWithValues: rules.enumerated().map { ($1.rule.id, $0) })
    findings = Array(repeating: 0, count: rules.count)
  }

  /// Counts what is new, and what was let stand.
  mutating func count(_ totals: ScanTotals) {
    for finding in totals.findings {
      if let position = positions[finding.ruleID] { findings[position] += 1 }
    }
    allowed += UInt64(totals.allowed + totals.allowedBySettings + totals.baselined)
  }

  /// The scanners' statistics with the findings that were told: a file that is read again has its
  /// findings again, and what a document's structure shows is no scanner's.
  func completing(_ statistics: ScanStatistics) -> ScanStatistics {
    var statistics = statistics
    statistics.findingsByRule = findings
    statistics.allowedFindings = allowed
    return statistics
  }
}

/// What was reported, so that each finding is reported once.
struct KnownFindings {
  private struct Identity: Hashable {
    let path: WorkspacePath
    let rule: String
    let place: String
    let fingerprint: String?
  }

  private var byFile: [WorkspacePath: Set<Identity>] = [:]

  var files: Set<WorkspacePath> { Set(byFile.keys) }

  var count: Int { byFile.values.reduce(0) { $0 + $1.count } }

  /// Takes over what was found in files that were scanned.
  ///
  /// - Returns: the findings that are new, and the files that have none any more.
  mutating func update(
    _ files: Set<WorkspacePath>, with findings: [ScanFinding]
  ) -> (new: [ScanFinding], clean: [WorkspacePath]) {
    var now: [WorkspacePath: Set<Identity>] = [:]
    var new: [ScanFinding] = []
    for finding in findings {
      let identity = Identity(
        path: finding.path, rule: finding.ruleID, place: finding.locationFingerprint,
        fingerprint: finding.fingerprint)
      now[finding.file, default: []].insert(identity)
      if byFile[finding.file]?.contains(identity) != true { new.append(finding) }
    }
    let clean = files.filter { byFile[$0] != nil && now[$0] == nil }
    for file in files.union(now.keys) { byFile[file] = now[file] }
    return (new, Array(clean))
  }
}

/// SIGINT, SIGTERM and SIGHUP end a watch, SIGUSR1 asks for its statistics.
private final class WatchSignals {
  private struct Seen {
    var hasEnd = false
    var hasReport = false
  }

  private final class State: Sendable {
    let seen = Mutex(Seen())
  }

  private let state: State
  private let sources: [any DispatchSourceSignal]

  init() {
    let state = State()
    self.state = state
    sources = [SIGINT, SIGTERM, SIGHUP, SIGUSR1].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        state.seen.withLock { seen in
          if number == SIGUSR1 { seen.hasReport = true } else { seen.hasEnd = true }
        }
      }
      source.resume()
      return source
    }
  }

  var haveEnded: Bool { state.seen.withLock { $0.hasEnd } }

  /// Whether statistics were asked for since the last call.
  func takeReport() -> Bool {
    state.seen.withLock { seen in
      defer { seen.hasReport = false }
      return seen.hasReport
    }
  }
}
