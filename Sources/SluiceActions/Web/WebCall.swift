internal import SluiceAudit

/// One HTTP request, made by curl.
///
/// A library would bring an HTTP stack with a TLS of its own into a program that mostly filters
/// streams; curl is on every machine that rotates something over HTTP, uses the system's
/// certificates and proxies, and keeps what a server sends away from the vault's memory. All it is
/// told, headers and body too, goes through its standard input (G12).
struct WebCall: Sendable {
  var method = "GET"
  var url: String
  var headers: [(name: String, value: String)] = []
  var body: [UInt8] = []
  var timeout: Duration

  struct Answer: Sendable {
    let status: Int
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
  }

  /// - Throws: `ConnectorError.unreachable` if no connection was made, `timedOut`, `missing`.
  func run() async throws(ConnectorError) -> Answer {
    let seconds = max(1, (timeout.milliseconds + 999) / 1000)
    var lines = [
      "silent", "globoff", "proto = \"=http,https\"", "max-time = \(seconds)",
      "write-out = \"\\n%{http_code}\"", "request = \(Self.quoted(method))",
      "url = \(Self.quoted(url))", "header = \"Expect:\"",
    ]
    for header in headers {
      guard !header.value.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else {
        throw .misconfigured("a header would have a line end in it")
      }
      lines.append("header = \(Self.quoted("\(header.name): \(header.value)"))")
    }
    if !body.isEmpty || method != "GET" {
      guard !body.contains(0) else { throw .misconfigured("a body would have a zero byte in it") }
      lines.append("data-raw = \(Self.quoted(String(decoding: body, as: UTF8.self)))")
    }
    // The program is stopped a little after curl should have stopped by itself.
    let call = ProgramCall(
      program: "curl", arguments: ["--config", "-"], timeout: timeout + .seconds(2))
    let answer: ProgramCall.Answer
    do throws(ConnectorError) {
      answer = try await call.run(input: Array((lines.joined(separator: "\n") + "\n").utf8))
    } catch .missing(let what, _) {
      throw .missing(what, remedy: "install curl; on Debian and Ubuntu: apt-get install curl")
    }
    switch answer.status {
    case 0: break
    case 5, 6, 7, 35, 60: throw .unreachable("curl ends with status \(answer.status ?? 0)")
    case 28: throw .timedOut("no answer within \(seconds) s")
    default: throw .timedOut("curl ends with status \(answer.status ?? 0)")
    }
    guard let end = answer.output.lastIndex(of: UInt8(ascii: "\n")),
      let status = Int(String(decoding: answer.output[(end + 1)...], as: UTF8.self))
    else { throw .rejected("curl gives no status") }
    return Answer(status: status, body: Array(answer.output[..<end]))
  }

  /// A text in a configuration file of curl (curl(1), "--config").
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
