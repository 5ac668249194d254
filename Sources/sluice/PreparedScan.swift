internal import Foundation
internal import SluiceAlerts
internal import SluiceBuiltins
internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan
internal import SluiceWorkspace

/// A scan whose configuration was read and found good.
struct PreparedScan {
  let rules: CompiledRules
  let workspace: Workspace
  /// Tells the fingerprint key; nil without one.
  let key: String?
  /// What is known and does not count.
  let baseline: Baseline?
  /// Who is told about what a watch finds; nil: nobody.
  let alerts: AlertPlan?
  private let source: ScanSourceOptions

  /// - Throws: `ConfigurationError`.
  init(
    source: ScanSourceOptions, exceptions: ScanExceptionOptions, common: CommonOptions,
    session: LeakSession? = nil
  ) throws {
    self.source = source
    let settings = try Settings.load(common)
    if settings.needsFingerprintKey && exceptions.fingerprintKey == nil && session == nil {
      throw ConfigurationError(
        cause: UsageError(
          problem: "the settings allow by fingerprint, and there is no key",
          remedy: "give the key that made the fingerprints: --fingerprint-key FILE"))
    }
    let set = try settings.rules(more: exceptions.ruleFiles)
    let limits = ScanLimits(decodingDepth: source.decode ? ScanLimits.deepestDecoding : 0)
    let rules = try configuring { try CompiledRules(set, limits: limits) }
    let key = try configuring { try exceptions.fingerprintKey.map(BaselineFile.keyName) }
    self.rules = rules
    self.key = key
    alerts = settings.alerts
    baseline = try configuring {
      exceptions.writeBaseline
        ? nil : try exceptions.baseline.map { try BaselineFile.read($0, key: key) }
    }
    var options = Workspace.Options()
    options.respectsIgnoreFiles = source.ignore
    options.includesBinary = source.binary
    options.largestFile = source.maxFileSize
    options.archives.depth = source.archiveDepth
    options.archives.unpackedBytes = source.maxUnpacked
    options.allowances = settings.entries
    options.measures = source.watch
    options.workers = ProcessInfo.processInfo.activeProcessorCount
    options.environment = ProcessInfo.processInfo.environment
    let keyFile = exceptions.fingerprintKey
    workspace = Workspace(rules: rules, options: options) {
      if let session { return try session.fingerprinter() }
      return try keyFile.map { try Loading.fingerprinter(keyFile: $0) }
    }
  }

  /// Scans what was asked for.
  func run(
    paths: [String], progress: (Workspace.Progress) -> Void
  ) async throws -> ScanTotals {
    if source.staged { return try await workspace.scanStaged() }
    if source.git {
      return try await workspace.scanHistory(
        revisions: paths, since: source.since, progress: progress)
    }
    if let remote = source.prePush {
      return try await workspace.scanPush(
        to: remote, reading: try Loading.standardInputText(), progress: progress)
    }
    return try await workspace.scan(Self.named(paths), progress: progress)
  }

  static func named(_ paths: [String]) -> [WorkspacePath] {
    (paths.isEmpty ? ["."] : paths).map { WorkspacePath($0) }
  }

  func report(of totals: ScanTotals) -> ScanReport {
    // What people read about a rule is loaded only when there is a finding to explain.
    var documented = totals.findings.isEmpty ? [] : BuiltinRules.all().map(\.rule)
    let builtins = Set(documented.map(\.id))
    documented += rules.rules.map(\.rule).filter { !builtins.contains($0.id) }
    var report = ScanReport(totals: totals, rules: documented, version: Version.text)
    report.isColored = ScanTerminal.allowsColor
    return report
  }
}
