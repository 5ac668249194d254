internal import NIOCore

/// Where metrics are served: `PORT` and `:PORT` are this machine's own address only.
package struct MetricsEndpoint: Sendable, Hashable {
  package let host: String
  /// 0: any that is free.
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `PORT`, `:PORT`, `HOST:PORT` or `[IPv6]:PORT`; nil for anything else.
  package init?(_ text: String) {
    var host = ""
    var port = Substring(text)
    if let colon = text.lastIndex(of: ":") {
      host = String(text[..<colon])
      port = text[text.index(after: colon)...]
    }
    guard (1...5).contains(port.utf8.count), port.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(port), number <= 65_535
    else { return nil }
    if host.hasPrefix("[") && host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
      guard host.contains(":") else { return nil }
    } else if host.contains(where: { ":[] /@".contains($0) }) {
      return nil
    }
    self.init(host: host.isEmpty ? "127.0.0.1" : host, port: number)
  }

  /// As it stands in a URL.
  package var text: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  func address() throws -> SocketAddress {
    if let address = try? SocketAddress(ipAddress: host, port: port) { return address }
    return try SocketAddress.makeAddressResolvingHost(host, port: port)
  }
}
