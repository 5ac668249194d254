internal import Dispatch
internal import Foundation

/// Why an alert did not arrive; says nothing of the destination, whose URL may be a secret.
enum DeliveryError: Error {
  case failed
}

/// Brings alerts to their destinations, each attempt bounded in time.
struct AlertDelivery: Sendable {
  private static let patience = 10

  let destinations: [AlertDestination]

  func deliver(_ alert: Alert, to index: Int) throws {
    switch destinations[index] {
    case .webhook(let url, let body): try post(Self.body(of: alert, as: body), to: url)
    case .syslog(let socket): try SyslogSocket(path: socket).send(Self.syslogLine(alert))
    case .command(let command): try start(command, input: Self.body(of: alert, as: .json))
    }
  }

  static func body(of alert: Alert, as body: AlertDestination.Body) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard body == .slack else { return Array(try encoder.encode(alert)) }
    let text = alert.sentence.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;")
    return Array(try encoder.encode(["text": text]))
  }

  /// Facility `authpriv`, severity `warning`, as syslog(3) writes to the local socket.
  private static func syslogLine(_ alert: Alert) throws -> [UInt8] {
    Array("<84>sluice[\(ProcessInfo.processInfo.processIdentifier)]: ".utf8)
      + (try body(of: alert, as: .json))
  }

  /// Through curl(1), which knows proxies, certificates and HTTP of every version.
  ///
  /// Its options come from standard input: the URL of a webhook is a secret, and a command line is
  /// none (G12).
  private func post(_ body: [UInt8], to url: String) throws {
    let options = [
      "url = \(Self.quoted(url))",
      "data-raw = \(Self.quoted(String(decoding: body, as: UTF8.self)))",
      "header = \"Content-Type: application/json\"", "user-agent = \"sluice\"",
      "proto = \"=http,https\"", "max-time = \(Self.patience)", "output = \"/dev/null\"", "silent",
      "fail",
    ]
    try start(
      ["curl", "--disable", "--config", "-"], input: Array(options.joined(separator: "\n").utf8))
  }

  /// A value as curl's configuration takes it.
  private static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n").replacing("\r", with: "\\r") + "\""
  }

  /// Runs a program that reads from its standard input, and waits for it.
  ///
  /// Through env(1), which takes a path or a name that is searched. The process must ignore
  /// SIGPIPE: the program may end before it has read.
  private func start(_ command: [String], input: [UInt8]) throws {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    // Less than a pipe holds, so nothing waits here.
    try? pipe.fileHandleForWriting.write(contentsOf: Data(input + Array("\n".utf8)))
    try? pipe.fileHandleForWriting.close()
    guard ended.wait(timeout: .now() + Double(Self.patience + 5)) == .success else {
      process.terminate()
      throw DeliveryError.failed
    }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw DeliveryError.failed
    }
  }
}
