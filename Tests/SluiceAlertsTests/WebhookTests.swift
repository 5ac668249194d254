import Foundation
import Glibc
import SluiceAlerts
import Testing

/// A real HTTP server that keeps what is posted to it, and refuses the first posts.
private final class Receiver {
  private let process = Process()
  private let folder: AlertFolder
  let url: String

  static var isThere: Bool {
    ProcessInfo.processInfo.environment["CI"] == "true"
      || ["curl", "python3"].allSatisfy { name in
        ["/usr/bin/", "/usr/local/bin/"].contains {
          FileManager.default.isExecutableFile(atPath: $0 + name)
        }
      }
  }

  private static let script = #"""
    import http.server, sys
    folder, refusals = sys.argv[1], int(sys.argv[2])
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            global refusals
            body = self.rfile.read(int(self.headers["Content-Length"]))
            refused = refusals > 0
            refusals -= 1
            if not refused:
                assert self.headers["Content-Type"] == "application/json"
                with open(folder + "/posts", "ab") as posts:
                    posts.write(body + b"\n")
            self.send_response(503 if refused else 200)
            self.end_headers()
        def log_message(self, *arguments):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """#

  init(refusing refusals: Int) throws {
    folder = try AlertFolder()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script, folder.path, "\(refusals)"]
    process.standardOutput = pipe
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    let port = try #require(Int(line.trimmingCharacters(in: .whitespacesAndNewlines)))
    url = "http://127.0.0.1:\(port)/hook?token=\"quoted\""
      .replacing("\"", with: "%22")
  }

  deinit {
    // Not SIGTERM: a thread that starts a process may hand on that it blocks it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  var received: [String] {
    let text = try? String(contentsOfFile: folder.path + "/posts", encoding: .utf8)
    return (text ?? "").split(separator: "\n").map(String.init)
  }
}

@Suite("Webhook", .enabled(if: Receiver.isThere, "curl or python3 is missing"))
struct WebhookTests {
  private func finding(_ number: Int) -> [UInt8] {
    Array(
      #"""
      {"rule":"github-pat","name":"GitHub <token> & more","severity":"critical",\#
      "fingerprint":"\#(String(repeating: "0", count: 31))\#(number)","actions":["mask"]}
      """#.utf8) + [0x0A]
  }

  /// Waits for what another task does; false if it does not come in time.
  private func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<1000 {
      if condition() { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  @Test("gets each alert once as JSON, and again until it takes it")
  func json() async throws {
    let folder = try AlertFolder()
    let receiver = try Receiver(refusing: 2)
    let dispatcher = try AlertDispatcher(
      AlertPlan(
        destinations: [.webhook(url: receiver.url, body: .json)], queue: folder.path + "/queue"))
    for number in 0..<3 { dispatcher.offer(finding(number) + finding(number)) }
    #expect(try await eventually { receiver.received.count >= 3 })
    dispatcher.finish(within: .seconds(20))
    #expect(dispatcher.counts.delivered == 3)
    #expect(dispatcher.counts.repeated == 3)
    #expect(dispatcher.counts.failures >= 1)
    let alerts = try receiver.received.map {
      try JSONDecoder().decode(Alert.self, from: Data($0.utf8))
    }
    #expect(alerts.compactMap { $0.fingerprint?.last }.sorted() == ["0", "1", "2"])
  }

  @Test("gets a text in the form that Slack takes")
  func slack() async throws {
    let folder = try AlertFolder()
    let receiver = try Receiver(refusing: 0)
    let dispatcher = try AlertDispatcher(
      AlertPlan(
        destinations: [.webhook(url: receiver.url, body: .slack)], queue: folder.path + "/queue"))
    dispatcher.offer(finding(1))
    dispatcher.finish(within: .seconds(20))
    let body = try #require(receiver.received.first)
    let object = try JSONDecoder().decode([String: String].self, from: Data(body.utf8))
    #expect(object["text"]?.contains("GitHub &lt;token&gt; &amp; more") == true)
  }
}
