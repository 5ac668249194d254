internal import Dispatch
internal import Glibc
internal import SluiceFilter
internal import SluiceRules
internal import SluiceWorkspace
internal import Synchronization

/// `sluice scan --watch`: reports what comes in, until interrupted.
struct ScanWatch {
  /// How often it is checked whether to end, in milliseconds.
  private static let step = 200

  let scan: PreparedScan
  let format: ReportFormat
  let isQuiet: Bool

  /// - Returns: the exit status: 1 if there are findings at the end.
  func run(paths: [String]) async throws -> CInt {
    let interruption = Interruption()
    let watch = try WorkspaceWatch(scan.workspace, paths: PreparedScan.named(paths))
    var terminal = ScanTerminal(isQuiet: isQuiet, isVerbose: false)
    var known = KnownFindings()
    let first = try await watch.start { terminal.show($0) }
    terminal.clear()
    try report(first, files: Set(first.findings.map(\.file)), known: &known)
    terminal.report(first)
    guard first.namedProblems == 0 else { return ExitStatus.failure }
    if !isQuiet {
      note("sluice: watching \(ScanTerminal.count(watch.watched, "folder")); interrupt to end")
    }
    while !interruption.hasCome {
      guard let change = try await watch.next(timeout: Self.step) else { continue }
      let files = change.isEverything ? change.files.union(known.files) : change.files
      try report(change.totals, files: files, known: &known)
      terminal.report(change.totals)
    }
    if !isQuiet { note("sluice: \(ScanTerminal.count(known.count, "finding")) at the end") }
    return known.count == 0 ? ExitStatus.success : ExitStatus.negative
  }

  private func report(
    _ totals: ScanTotals, files: Set<WorkspacePath>, known: inout KnownFindings
  ) throws {
    var totals = totals
    _ = scan.baseline?.apply(to: &totals)
    let (new, clean) = known.update(files, with: totals.findings)
    totals.findings = new
    if !new.isEmpty { try writeResult(try scan.report(of: totals).text(as: format)) }
    guard !isQuiet else { return }
    for path in clean.sorted() {
      note(ErrorText.masked("sluice: nothing left in '\(ErrorText.printable(path.text))'"))
    }
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

/// Whether the process was asked to end.
private final class Interruption {
  private final class Flag: Sendable {
    let hasCome = Mutex(false)
  }

  private let flag: Flag
  private let sources: [any DispatchSourceSignal]

  init() {
    let flag = Flag()
    self.flag = flag
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      _ = signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { flag.hasCome.withLock { $0 = true } }
      source.resume()
      return source
    }
  }

  var hasCome: Bool { flag.hasCome.withLock { $0 } }
}
