internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceRules
internal import SluiceScan

/// Signals as the orders of a stream, and what `sluice filter` does about them.
struct FilterControl: StreamControl {
  private let command: FilterCommand
  private var rules: CompiledRules
  private let metrics: StreamMetrics?
  private let start = ContinuousClock.now
  private var reloads = 0
  private var failedReloads = 0
  /// Whether a signal ended the stream.
  private(set) var wasEnded = false

  init(command: FilterCommand, rules: CompiledRules, metrics: StreamMetrics?) {
    self.command = command
    self.rules = rules
    self.metrics = metrics
  }

  mutating func orders() -> StreamOrders {
    let orders = StreamSignals.take()
    if orders.contains(.drain) { wasEnded = true }
    return orders
  }

  /// What cannot be used does not replace what can: the stream goes on as it was.
  mutating func reload() -> StreamSetup? {
    do {
      let setup = try FilterSetup(command, hasVault: command.leak.onLeak != nil)
      rules = setup.rules
      reloads += 1
      metrics?.reloaded(rules.rules)
      command.common.tell("\(rules.rules.count) rules after a reload")
      return StreamSetup(rules: setup.rules, allowlist: setup.options.allowlist)
    } catch {
      failedReloads += 1
      metrics?.reloaded(nil)
      let problem =
        (error as? ConfigurationError)?.cause.problem ?? "the configuration cannot be read"
      note(ErrorText.masked("sluice: error: reload: \(problem)"))
      note("sluice: hint: the rules and settings from before stay in use; correct it, send SIGHUP")
      return nil
    }
  }

  mutating func report(_ statistics: ScanStatistics) {
    let report = StatisticsReport(
      statistics: statistics, rules: rules.rules, elapsed: ContinuousClock.now - start,
      reloads: reloads, failedReloads: failedReloads, isMeasured: command.isMeasured)
    for line in report.lines(as: command.stats?.format ?? .text) { note(line) }
  }

  mutating func publish(_ statistics: ScanStatistics) { metrics?.update(statistics) }
}
