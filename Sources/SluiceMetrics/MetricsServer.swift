internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// Serves measurements to Prometheus over HTTP: the façade of `SluiceMetrics`.
///
/// It has a thread of its own. Whoever is measured leaves numbers where `collect` finds them, and
/// never waits for a reader; see `StreamMetrics`.
///
/// Nothing runs before `init`: who does not ask for metrics pays nothing for them.
package final class MetricsServer: Sendable {
  /// More than so many readers at a time are sent away (G5).
  private static let mostConnections = 64
  /// A reader that says nothing for so long is sent away.
  private static let patience = TimeAmount.seconds(60)

  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  /// Where it listens, with the port that was chosen.
  package let endpoint: MetricsEndpoint

  /// Starts to serve.
  ///
  /// - Parameters:
  ///   - endpoint: where to listen.
  ///   - collect: gives the measurements; called by the server's thread at each request.
  /// - Throws: `MetricsError`.
  package init(
    at endpoint: MetricsEndpoint, collect: @escaping @Sendable () -> [MetricFamily]
  ) throws(MetricsError) {
    let inherited = OpenDescriptors.all
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let connections = Connections()
    do {
      let bootstrap = ServerBootstrap(group: group)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelInitializer { channel in
          guard connections.open(atMost: Self.mostConnections) else { return channel.close() }
          channel.closeFuture.whenComplete { _ in connections.close() }
          return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(IdleStateHandler(allTimeout: Self.patience))
            try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
            try pipeline.addHandler(MetricsHandler(collect: collect))
          }
        }
      channel = try bootstrap.bind(to: endpoint.address()).wait()
    } catch {
      group.shutdownGracefully { _ in }
      throw .unusable(endpoint, reason: Self.reason(error))
    }
    // NIO leaves some of its own open to programs that are started: `sluice run` starts one.
    OpenDescriptors.closeOnExec(OpenDescriptors.all.subtracting(inherited))
    self.group = group
    self.endpoint = MetricsEndpoint(
      host: endpoint.host, port: channel.localAddress?.port ?? endpoint.port)
  }

  /// Where a browser or Prometheus finds it.
  package var url: String { "http://\(endpoint.text)\(MetricsHandler.path)" }

  /// Ends it; readers that are served at the time are cut off.
  package func stop() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
  }

  private static func reason(_ error: any Error) -> String {
    guard let code = (error as? NIOCore.IOError)?.errnoCode else {
      return "there is no such address"
    }
    return switch code {
    case EADDRINUSE: "the port is in use"
    case EADDRNOTAVAIL: "this machine has no such address"
    case EACCES: "the port is for root only"
    default: "error \(code)"
    }
  }

  /// Readers that are connected.
  private final class Connections: Sendable {
    private let count = Mutex(0)

    func open(atMost most: Int) -> Bool {
      count.withLock { count in
        guard count < most else { return false }
        count += 1
        return true
      }
    }

    func close() { count.withLock { $0 -= 1 } }
  }
}
