internal import NIOCore
internal import NIOHTTP1

/// Answers the requests of one connection.
final class MetricsHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  static let path = "/metrics"

  private let collect: @Sendable () -> [MetricFamily]
  private var head: HTTPRequestHead?

  init(collect: @escaping @Sendable () -> [MetricFamily]) { self.collect = collect }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let request): head = request
    // Nothing that is sent along is wanted, and nothing of it is kept.
    case .body: break
    case .end:
      guard let request = head else { return }
      head = nil
      answer(request, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    let path = request.uri.prefix { $0 != "?" }
    var headers = HTTPHeaders()
    var status = HTTPResponseStatus.ok
    var text = ""
    if request.method != .GET && request.method != .HEAD {
      status = .methodNotAllowed
      headers.add(name: "Allow", value: "GET, HEAD")
    } else if path != Self.path {
      status = .notFound
      text = "metrics are at \(Self.path)\n"
    } else {
      text = MetricsText.text(of: collect())
    }
    headers.add(
      name: "Content-Type",
      value: status == .ok ? MetricsText.contentType : "text/plain; charset=utf-8")
    headers.add(name: "Content-Length", value: "\(text.utf8.count)")
    headers.add(name: "Cache-Control", value: "no-store")
    if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
    let response = HTTPResponseHead(version: request.version, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(response)), promise: nil)
    if request.method != .HEAD {
      let body = context.channel.allocator.buffer(string: text)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    let written = context.eventLoop.makePromise(of: Void.self)
    if !request.isKeepAlive {
      let channel = context.channel
      written.futureResult.whenComplete { _ in channel.close(promise: nil) }
    }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
  }
}
