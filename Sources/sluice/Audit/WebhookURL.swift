internal import Foundation

/// An address that something may be sent to: encrypted, or on this machine.
struct WebhookURL: Hashable {
  let text: String
  let host: String

  /// Nil for anything else.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
      parts.user == nil, !text.contains(where: { $0.isNewline || $0.isWhitespace })
    else { return nil }
    let isLocal = ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host)
    guard parts.scheme == "https" || (parts.scheme == "http" && isLocal) else { return nil }
    self.text = text
    self.host = host
  }
}
