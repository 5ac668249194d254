internal import ArgumentParser
internal import SluiceMetrics

/// Serves live numbers to Prometheus, for commands that run for long.
struct MetricsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Serve live statistics to Prometheus at http://HOST:PORT/metrics; a port alone is on this \
      machine only, port 0 takes any that is free and says which.
      """, valueName: "HOST:PORT"))
  var metrics: MetricsEndpoint?

  var isAsked: Bool { metrics != nil }

  func serve(
    _ common: CommonOptions, collect: @escaping @Sendable () -> [MetricFamily]
  ) throws -> MetricsServer? {
    try Self.serve(metrics, common.choice, collect: collect)
  }

  /// Starts to serve, if that is wanted.
  ///
  /// - Parameters:
  ///   - metrics: where; nil: it is not.
  ///   - common: whether to say where.
  ///   - collect: gives the measurements, at any time and in any thread.
  /// - Returns: the server; to be stopped at the end.
  /// - Throws: `MetricsError`.
  static func serve(
    _ metrics: MetricsEndpoint?, _ common: CommonOptions.Choice,
    collect: @escaping @Sendable () -> [MetricFamily]
  ) throws -> MetricsServer? {
    guard let metrics else { return nil }
    let server = try MetricsServer(at: metrics) {
      collect() + ProcessMetrics.families(version: Version.text)
    }
    // Which port was free is the one thing that nobody else can know.
    if metrics.port == 0 && !common.quiet {
      note("sluice: metrics at \(server.url)")
    } else {
      common.tell("metrics at \(server.url)")
    }
    return server
  }
}

extension MetricsEndpoint: ExpressibleByArgument {
  init?(argument: String) { self.init(argument) }
}
