import Foundation
import Testing

@Suite("Metrics of streams")
struct MetricsTests {
  private func url(in errors: String) throws -> String {
    let line = try #require(
      errors.split(separator: "\n").first { $0.contains("metrics at http://") })
    return String(try #require(line.split(separator: " ").last))
  }

  private func scrape(_ arguments: [String]) throws -> String {
    try Sluice.shell("curl -sS --max-time 20 \"$@\"", arguments).text
  }

  @Test("a scrape while the stream runs sees what went through it so far")
  func live() throws {
    let filter = try RunningFilter(["--metrics", "0"])
    #expect(filter.waitForErrors(containing: "/metrics\n"))
    let url = try url(in: filter.errors)
    #expect(url.hasPrefix("http://127.0.0.1:"))
    #expect(try scrape([url]).contains("\nsluice_bytes_total 0\n"))
    for round in 1...3 {
      let line = "k=\(Fake.token)\n"
      try filter.write(Array(line.utf8))
      #expect(try filter.nextLine() == "k=\(Fake.label)\n")
      filter.waitUntilIdle()
      let text = try scrape([url])
      #expect(text.contains("\nsluice_bytes_total \(round * line.utf8.count)\n"))
      #expect(text.contains("\nsluice_records_total \(round)\n"))
      #expect(
        text.contains(
          "\nsluice_findings_total{rule=\"github-pat\",severity=\"critical\"} \(round)\n"),
        "\(text)")
      #expect(text.contains("\nprocess_resident_memory_bytes "))
      #expect(!Fake.leaks(into: text), "G3: a secret in the metrics")
    }
    try filter.endInput()
    #expect(try filter.rest().isEmpty)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("requests that are none are answered, and do no harm to the stream")
  func requests() throws {
    let filter = try RunningFilter(["--metrics", "127.0.0.1:0"])
    #expect(filter.waitForErrors(containing: "/metrics\n"))
    let url = try url(in: filter.errors)
    let code = ["-o", "/dev/null", "-w", "%{http_code} %{content_type}"]
    #expect(try scrape(code + [url]) == "200 text/plain; version=0.0.4; charset=utf-8")
    #expect(try scrape(code + ["-I", url]) == "200 text/plain; version=0.0.4; charset=utf-8")
    #expect(try scrape(code + [url + "?x=1"]).hasPrefix("200 "))
    #expect(try scrape(code + [url + "/x"]).hasPrefix("404 "))
    #expect(try scrape(code + ["-d", "a=b", url]).hasPrefix("405 "))
    // What is no HTTP is answered with an error, or with nothing.
    _ = try Sluice.shell(
      """
      timeout 5 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0; printf "x\r\n\r\n" >&3; cat <&3' "$1"
      """, [String(try #require(url.split(separator: ":").last?.split(separator: "/").first))])
    try filter.write(Array("line\n".utf8))
    #expect(try filter.nextLine() == "line\n")
    try filter.endInput()
    _ = try filter.rest()
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("G7: a reader that takes nothing does not hold up the stream")
  func slowReaders() throws {
    let filter = try RunningFilter(["--metrics", "0"])
    #expect(filter.waitForErrors(containing: "/metrics\n"))
    let url = try url(in: filter.errors)
    let port = String(try #require(url.split(separator: ":").last?.split(separator: "/").first))
    let reader = Process()
    reader.executableURL = URL(filePath: "/bin/bash")
    reader.arguments = [
      "-c",
      """
      for i in $(seq 100); do
        exec {f}<>/dev/tcp/127.0.0.1/$0 || true
        for j in $(seq 200); do printf 'GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' >&$f; done
      done 2>/dev/null; sleep 60
      """, port,
    ]
    try reader.run()
    defer { reader.terminate() }
    for number in 0..<200 {
      try filter.write(Array("line \(number)\n".utf8))
      #expect(try filter.nextLine(within: 5000) == "line \(number)\n")
    }
    #expect(try filter.kilobytes("VmRSS") < 200_000)
    try filter.endInput()
    _ = try filter.rest()
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("SIGHUP and SIGTERM reach the stream beside the server")
  func signals() throws {
    let filter = try RunningFilter(["--metrics", "0"])
    #expect(filter.waitForErrors(containing: "/metrics\n"))
    let url = try url(in: filter.errors)
    try filter.write(Array("a\n".utf8))
    #expect(try filter.nextLine() == "a\n")
    filter.waitUntilIdle()
    filter.send(SIGHUP)
    try filter.write(Array("b\n".utf8))
    #expect(try filter.nextLine() == "b\n")
    filter.waitUntilIdle()
    #expect(try scrape([url]).contains("\nsluice_reloads_total{result=\"success\"} 1\n"))
    filter.send(SIGTERM)
    #expect(try filter.rest().isEmpty)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("a port that is taken is an error before a byte is read, or a warning with --fail open")
  func taken() throws {
    let first = try RunningFilter(["--metrics", "0"])
    #expect(first.waitForErrors(containing: "/metrics\n"))
    let port = try #require(
      try url(in: first.errors).split(separator: ":").last?.split(separator: "/").first)
    let closed = try Sluice.run(["filter", "--metrics", "\(port)"], input: Array("a\n".utf8))
    #expect(closed.status == 3)
    #expect(closed.output.isEmpty)
    #expect(closed.errors.contains("metrics cannot be served on 127.0.0.1:\(port)"))
    let open = try Sluice.run(
      ["filter", "--fail", "open", "--metrics", "\(port)"], input: Array("k=\(Fake.token)\n".utf8))
    #expect(open.status == 0)
    #expect(open.text == "k=\(Fake.label)\n")
    #expect(open.errors.contains("masking goes on"))
    let wrong = try Sluice.run(["filter", "--metrics", "nowhere"])
    #expect(wrong.status == 2)
    try first.endInput()
    _ = try first.rest()
  }

  @Test("sluice run: each output is counted for itself, and the program does not get the socket")
  func program() throws {
    let outcome = try Sluice.shell(
      """
      count='ls -l /proc/self/fd | grep -c "socket:\\|eventpoll"'
      sluice run -- sh -c "$count"
      sluice run --metrics 0 -- sh -c "$count"'
        echo "k=$1"; echo error >&2; sleep 0.3
        until grep -q metrics "$2"; do sleep 0.1; done
        curl -sS "$(sed -n "s/.*metrics at //p" "$2")"
      ' sh "$1" "$PWD/errors.$$" 2> "$PWD/errors.$$"; rm "$PWD/errors.$$"
      """, [Fake.token])
    let lines = outcome.text.split(separator: "\n")
    try #require(lines.count > 3)
    #expect(lines[0] == lines[1], "it has descriptors that it has not without")
    #expect(lines[2] == "k=\(Fake.label)")
    #expect(outcome.text.contains("\nsluice_bytes_total{output=\"stderr\"} 6\n"))
    #expect(
      outcome.text.contains(
        "\nsluice_findings_total{output=\"stdout\",rule=\"github-pat\",severity=\"critical\"} 1\n"))
  }

  @Test("without --metrics nothing of it runs: one thread, nothing that waits for a network")
  func absent() throws {
    let filter = try RunningFilter()
    filter.waitUntilIdle()
    let process = "/proc/\(filter.process.processIdentifier)"
    #expect(try FileManager.default.contentsOfDirectory(atPath: process + "/task").count == 1)
    for name in try FileManager.default.contentsOfDirectory(atPath: process + "/fd") {
      let target = try? FileManager.default.destinationOfSymbolicLink(
        atPath: "\(process)/fd/\(name)")
      #expect(target?.contains("eventpoll") != true)
    }
    try filter.endInput()
    _ = try filter.rest()
  }
}
