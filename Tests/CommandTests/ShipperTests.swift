import Foundation
import Glibc
import Testing

/// Messages with secrets in every hundredth, pushed through real log daemons that run the filter.
///
/// `SLUICE_MESSAGES` says how many; `make shippers` takes 100,000.
@Suite("Shippers", .serialized)
struct ShipperTests {
  private static let count =
    ProcessInfo.processInfo.environment["SLUICE_MESSAGES"].flatMap { Int($0) } ?? 3000

  private static func message(_ number: Int) -> String {
    let text = "message \(number) of the agent platform, user=u\(number % 97)"
    return number % 100 == 7 ? text + " GITHUB_TOKEN=\(Fake.token) done" : text + " done"
  }

  private static func masked(_ number: Int) -> String {
    message(number).replacing(Fake.token, with: Fake.label)
  }

  /// Writes all messages; tells the daemon to reopen, and restarts it, while they come.
  ///
  /// On either, syslog-ng starts the program of a source anew: such a one is left alone.
  private func push(to file: String, through logger: Logger, restarts: Bool = true) throws {
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(filePath: file))
    let step = max(1, Self.count / 20)
    for start in stride(from: 0, to: Self.count, by: step) {
      let lines = (start..<min(start + step, Self.count)).map { Self.message($0) + "\n" }
      try handle.write(contentsOf: Data(lines.joined().utf8))
      usleep(50_000)
      guard restarts else { continue }
      if start / step == 5 || start / step == 14 { logger.hangUp() }
      if start / step == 10 {
        logger.stop()
        try logger.start()
      }
    }
    try handle.close()
  }

  /// The lines of a file as soon as there are as many, or what there is after a long wait.
  private func lines(of path: String, count: Int, from logger: Logger) -> [Substring] {
    var size = -1
    var quiet = 0
    while quiet < 1500 {
      let now = ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int) ?? 0
      quiet = now == size ? quiet + 1 : 0
      if now != size, let text = try? String(contentsOfFile: path, encoding: .utf8),
        text.utf8.count(where: { $0 == 0x0A }) >= count
      {
        return text.split(separator: "\n")
      }
      size = now
      usleep(20_000)
    }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    Issue.record("\(path) did not fill: \(text.split(separator: "\n").count); \(logger.log)")
    return text.split(separator: "\n")
  }

  /// The lines that two programs wrote, in one order; each of them must have kept it.
  private static func joined(_ lines: [Substring]) -> [Substring] {
    func number(_ line: Substring) -> Int {
      line.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) } ?? -1
    }
    let late = lines.filter { $0.hasPrefix("late|") }.map { $0.dropFirst(5) }
    let others = lines.filter { !$0.hasPrefix("late|") }
    for part in [late, others] {
      #expect(part.map(number) == part.map(number).sorted(), "reordered")
    }
    return (others + late).sorted { number($0) < number($1) }
  }

  private func check(_ lines: [Substring], expected: (Int) -> String) {
    #expect(lines.count == Self.count)
    let wrong = zip(lines.indices, lines).first { $1 != expected($0) }
    #expect(wrong == nil, "line \(wrong?.0 ?? 0) is '\(wrong?.1 ?? "")'")
    #expect(!lines.contains { Fake.leaks(into: String($0)) })
  }

  /// As README configures it; a message whose answer was not its own goes on as `late|…`.
  private static func rsyslog(in base: String, filter: String, before: String = "") -> String {
    """
    global(workDirectory="\(base)")
    module(load="imfile")
    module(load="mmexternal")
    module(load="omprog")
    template(name="all" type="string" string="%msg%|%rawmsg%|%$!copy%\\n")
    template(name="line" type="string" string="%msg%\\n")
    template(name="late" type="string" string="late|%$.raw%\\n")
    input(type="imfile" file="\(base)/in.log" tag="app" ruleset="gate"
          persistStateInterval="1")
    ruleset(name="gate" queue.type="LinkedList" queue.workerThreads="1"
            queue.timeoutShutdown="60000") {
      set $!copy = $msg;
      \(before)
      set $.raw = $rawmsg;
      set $.id = $uuid;
      set $!sluice_id = $.id;
      unset $!sluice_filtered;
      action(type="mmexternal" interface.input="fulljson" forceSingleInstance="on"
             binary="\(filter)")
      if $!sluice_filtered == $.id then {
        action(type="omfile" file="\(base)/out.log" template="all")
      } else {
        action(type="omprog" template="late" confirmMessages="on" signalOnClose="on"
               binary="\(Sluice.path) filter --protocol omprog --out \(base)/out.log"
               closeTimeout="60000")
      }
    }
    """
  }

  @Test(
    "G3: rsyslog stopped while it waits for an answer leaks nothing, and no message takes another's",
    .enabled(if: Logger.isThere(.rsyslog), "rsyslogd is missing: .ci/loggers .build/loggers"))
  func rsyslogStopped() throws {
    let folder = try TemporaryFolder()
    let base = folder.path
    let count = 60
    // Each of them holds a secret.
    let numbers = (0..<count).map { $0 * 100 + 7 }
    _ = try folder.file("in.log", numbers.map { Self.message($0) + "\n" }.joined())
    let slow = try folder.file(
      "slow",
      """
      \(Sluice.path) filter --protocol rsyslog |
        while IFS= read -r answer; do sleep 0.02; printf '%s\\n' "$answer"; done
      """)
    let logger = try Logger(
      .rsyslog, in: base, configuration: Self.rsyslog(in: base, filter: "/bin/sh \(slow)"))
    for _ in 0..<4 {
      usleep(300_000)
      logger.stop()
      try logger.start()
    }
    let written = lines(of: base + "/out.log", count: count, from: logger)
    #expect(written.contains { $0.hasPrefix("late|") }, "nothing was interrupted")
    #expect(
      Self.joined(written).map { String($0.prefix { $0 != "|" }) } == numbers.map(Self.masked))
    logger.stop()
  }

  @Test(
    "rsyslog: mmexternal masks every property, omprog confirms; none lost, reordered or leaked",
    .enabled(if: Logger.isThere(.rsyslog), "rsyslogd is missing: .ci/loggers .build/loggers"))
  func rsyslog() throws {
    let folder = try TemporaryFolder()
    let base = folder.path
    let logger = try Logger(
      .rsyslog, in: base,
      configuration: Self.rsyslog(
        in: base, filter: "\(Sluice.path) filter --protocol rsyslog",
        before: """
          action(type="omprog" template="line" confirmMessages="on" signalOnClose="on"
                 binary="\(Sluice.path) filter --protocol omprog --out \(base)/omprog.log"
                 hup.signal="HUP" output="\(base)/omprog.errors" closeTimeout="60000")
          """))
    try push(to: base + "/in.log", through: logger)
    let written = lines(of: base + "/out.log", count: Self.count, from: logger)
    check(Self.joined(written)) { number in
      let text = Self.masked(number)
      return written.contains("late|\(text)") ? text : "\(text)|\(text)|\(text)"
    }
    check(lines(of: base + "/omprog.log", count: Self.count, from: logger), expected: Self.masked)
    logger.stop()
  }

  @Test(
    "syslog-ng: program() destination; none lost, reordered or leaked over restart and HUP",
    .enabled(if: Logger.isThere(.syslogNG), "syslog-ng is missing: .ci/loggers .build/loggers"))
  func syslogNGDestination() throws {
    let folder = try TemporaryFolder()
    let base = folder.path
    let logger = try Logger(
      .syslogNG, in: base,
      configuration: """
        @version: 3.38
        source s_app { file("\(base)/in.log" follow-freq(0.1) flags(no-parse)); };
        destination d_gate {
          program("exec \(Sluice.path) filter >> \(base)/out.log" template("$MSG\\n")
                  keep-alive(yes));
        };
        log { source(s_app); destination(d_gate); flags(flow-control); };
        """)
    try push(to: base + "/in.log", through: logger)
    check(lines(of: base + "/out.log", count: Self.count, from: logger), expected: Self.masked)
    logger.stop()
  }

  @Test(
    "syslog-ng: program() source; none lost, reordered or leaked",
    .enabled(if: Logger.isThere(.syslogNG), "syslog-ng is missing: .ci/loggers .build/loggers"))
  func syslogNGSource() throws {
    let folder = try TemporaryFolder()
    let base = folder.path
    _ = try folder.file("in.log", "")
    let logger = try Logger(
      .syslogNG, in: base,
      configuration: """
        @version: 3.38
        source s_gate {
          program("tail -n +1 -f \(base)/in.log | \(Sluice.path) filter" flags(no-parse));
        };
        destination d_file { file("\(base)/out.log" template("$MSG\\n")); };
        log { source(s_gate); destination(d_file); flags(flow-control); };
        """)
    try push(to: base + "/in.log", through: logger, restarts: false)
    check(lines(of: base + "/out.log", count: Self.count, from: logger), expected: Self.masked)
    logger.stop()
  }
}
