internal import Foundation
internal import SluiceRules
internal import SluiceWorkspace

/// What `sluice scan` says on standard error: progress on a terminal, then the summary.
struct ScanTerminal {
  /// Paths and problems that are named before the rest is only counted.
  private static let mostNamed = 20
  /// The same for files that are not what their names say: templates often are not.
  private static let mostUnparsed = 5

  private let isQuiet: Bool
  private let isVerbose: Bool
  private let showsProgress: Bool
  private let start = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var isLineOpen = false

  init(isQuiet: Bool, isVerbose: Bool) {
    self.isQuiet = isQuiet
    self.isVerbose = isVerbose
    showsProgress = !isQuiet && isatty(STDERR_FILENO) == 1
  }

  /// Whether standard output is a terminal that may have colours (no-color.org).
  static var allowsColor: Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
      && environment["TERM"] != "dumb"
  }

  /// Shows how far the scan is, at most ten times a second.
  mutating func show(_ progress: Workspace.Progress) {
    guard showsProgress, lastShown.duration(to: .now) >= .milliseconds(100) else { return }
    lastShown = .now
    isLineOpen = true
    let seconds = Double(start.duration(to: .now).components.seconds)
    let all = progress.documents + progress.waiting
    let known = progress.waiting == 0 ? "" : " of \(all)"
    // History tells no end, and so has no bar.
    var text = progress.waiting == 0 ? "" : Self.bar(progress.documents, of: all) + "  "
    text += "\(progress.documents)\(known) files  \(Self.size(progress.bytes))  "
    text += Self.count(progress.findings, "finding")
    if seconds >= 2, progress.documents > 0, progress.waiting > 0 {
      let left = Int(seconds / Double(progress.documents) * Double(progress.waiting))
      text += "  about \(Self.time(left)) left"
    }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
  }

  /// 24 columns, of which the part that is done is full.
  static func bar(_ done: Int, of all: Int) -> String {
    let width = 24
    let full = all == 0 ? 0 : min(width, done * width / all)
    return "[" + String(repeating: "#", count: full)
      + String(repeating: "-", count: width - full) + "]"
  }

  private static func time(_ seconds: Int) -> String {
    seconds < 60 ? "\(seconds) s" : "\(seconds / 60) min \(seconds % 60) s"
  }

  /// Takes the progress away.
  mutating func clear() {
    if isLineOpen { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
    isLineOpen = false
  }

  /// Says what was moved into the vault, what was scanned, and what to do next.
  func summarize(_ totals: ScanTotals, fixed: Int, isDryRun: Bool) {
    report(totals)
    guard !isQuiet else { return }
    note(summary(of: totals))
    guard fixed > 0 else { return }
    note(
      isDryRun
        ? "\(Self.count(fixed, "finding")) would be moved into the vault; nothing was changed"
        : "\(Self.count(fixed, "finding")) moved into the vault. Earlier commits still hold what "
          + "was committed: sluice scan --git finds it, and a new value makes it worthless.")
  }

  /// Says what was scanned, what was not, and what to do about findings.
  func summarize(_ totals: ScanTotals, goneFromBaseline: Int) {
    report(totals)
    guard !isQuiet else { return }
    note(summary(of: totals))
    if goneFromBaseline > 0 {
      note(
        "\(Self.count(goneFromBaseline, "finding")) of the baseline not found any more; "
          + "--write-baseline takes them out")
    }
    if !totals.findings.isEmpty {
      note(
        "Revoke what is real and move it out of the file (--fix does); keep what is not with the "
          + "comment sluice:allow on its line, .sluiceignore or --baseline.")
    }
  }

  /// What could not be read, and what was left out.
  func report(_ totals: ScanTotals) {
    for problem in totals.problems.prefix(isVerbose ? Int.max : Self.mostNamed) {
      note("sluice: error: \(Self.oneLine(problem.problem))")
      if let remedy = problem.remedy { note("sluice: hint: \(remedy)") }
    }
    let unnamed =
      totals.problemCount - min(totals.problems.count, isVerbose ? .max : Self.mostNamed)
    if unnamed > 0 { note("sluice: error: \(unnamed) more could not be read; see --verbose") }
    if !isQuiet { name(unparsed: totals) }
    if isVerbose {
      for skip in totals.skips {
        note("sluice: skipped '\(Self.oneLine(skip.path.text))': \(skip.reason.rawValue)")
      }
    }
    if totals.uncollected > 0 {
      note("sluice: error: \(totals.uncollected) more findings were counted and are not listed")
    }
  }

  private func name(unparsed totals: ScanTotals) {
    let named = totals.unparsed.prefix(isVerbose ? .max : Self.mostUnparsed)
    for path in named {
      note(
        "sluice: warning: '\(Self.oneLine(path.text))' is not what its name says: scanned as text")
    }
    let rest = totals.unparsedCount - named.count
    if rest > 0 { note("sluice: warning: so are \(rest) more; see --verbose") }
  }

  private func summary(of totals: ScanTotals) -> String {
    let files = Set(totals.findings.map(\.path)).count
    let seconds = start.duration(to: .now) / Duration.milliseconds(1) / 1000
    var text = "\(Self.count(totals.findings.count + totals.uncollected, "finding"))"
    if !totals.findings.isEmpty { text += " in \(Self.count(files, "file"))" }
    text += "; \(Self.count(totals.documents, "file")), \(Self.size(totals.bytes)) in "
    text += "\((seconds * 100).rounded() / 100) s"
    for (number, what) in [
      (totals.allowed, "allowed by a comment"),
      (totals.allowedBySettings, "allowed by the settings"),
      (totals.baselined, "in the baseline"),
      (totals.problemCount, "not readable"),
      (totals.unparsedCount, "not what the name says (broken JSON or YAML?), scanned as text"),
    ] where number > 0 {
      text += "; \(number) \(what)"
    }
    for reason in ScanTotals.SkipReason.allCases {
      if let number = totals.skipCounts[reason] {
        text += "; \(number) skipped (\(reason.rawValue))"
      }
    }
    return text
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func size(_ bytes: UInt64) -> String {
    let units = ["bytes", "KB", "MB", "GB", "TB"]
    var (number, unit) = (Double(bytes), 0)
    while number >= 1000, unit < units.count - 1 { (number, unit) = (number / 1000, unit + 1) }
    return unit == 0 ? "\(bytes) bytes" : "\((number * 10).rounded() / 10) \(units[unit])"
  }

  /// A path in a message must not forge a second one.
  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline || $0 == "\u{1B}" || $0 == "\r" ? "?" : $0 })
  }
}
