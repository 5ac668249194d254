internal import SluiceFilter
internal import SluiceMetrics
internal import SluiceRules
internal import SluiceScan

/// Signals as the orders of a stream, and what `sluice filter` does about them.
struct FilterControl: StreamControl {
  private let request: FilterRequest
  private var rules: CompiledRules
  private let metrics: StreamMetrics?
  private var allowlist: Allowlist?
  private let known: KnownValueSession?
  /// Whether rules and settings are to be read again, not only what is known of the vault.
  private var wantsSettings = false
  private let start = ContinuousClock.now
  private var reloads = 0
  private var failedReloads = 0
  /// Whether a signal ended the stream.
  private(set) var wasEnded = false

  init(
    request: FilterRequest, setup: FilterSetup, known: KnownValueSession?, metrics: StreamMetrics?
  ) {
    self.request = request
    self.known = known
    self.metrics = metrics
    rules = setup.rules
    allowlist = setup.options.allowlist
  }

  mutating func orders() -> StreamOrders {
    var orders = StreamSignals.take()
    if orders.contains(.drain) { wasEnded = true }
    if orders.contains(.reload) { wantsSettings = true }
    if known?.isStale == true { orders.insert(.reload) }
    return orders
  }

  /// What cannot be used does not replace what can: the stream goes on as it was.
  mutating func reload() -> StreamSetup? {
    do {
      if !wantsSettings, let known {
        rules = try known.rules(besides: rules)
        request.common.tell("\(rules.known?.values.count ?? 0) known values after a change")
        return StreamSetup(rules: rules, allowlist: allowlist)
      }
      wantsSettings = false
      let setup = try FilterSetup(request, known: known)
      rules = setup.rules
      allowlist = setup.options.allowlist
      reloads += 1
      metrics?.reloaded(rules.rules)
      request.common.tell("\(rules.rules.count) rules after a reload")
      return StreamSetup(rules: setup.rules, allowlist: setup.options.allowlist)
    } catch {
      failedReloads += 1
      metrics?.reloaded(nil)
      let cause = (error as? ConfigurationError)?.cause ?? error as? any ExplainedError
      let problem = cause?.problem ?? "the configuration cannot be read"
      note(ErrorText.masked("sluice: error: reload: \(problem)"))
      note("sluice: hint: the rules and settings from before stay in use; correct it, send SIGHUP")
      return nil
    }
  }

  mutating func report(_ statistics: ScanStatistics) {
    let report = StatisticsReport(
      statistics: statistics, rules: rules.rules, elapsed: ContinuousClock.now - start,
      reloads: reloads, failedReloads: failedReloads, isMeasured: request.isMeasured)
    for line in report.lines(as: request.stats?.format ?? .text) { note(line) }
  }

  mutating func publish(_ statistics: ScanStatistics) { metrics?.update(statistics) }
}
