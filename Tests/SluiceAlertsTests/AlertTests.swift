import Foundation
import SluiceAlerts
import Testing

@Suite("Alert")
struct AlertTests {
  private let line = #"""
    {"rule":"github-pat","name":"GitHub token","severity":"critical","confidence":"high",\#
    "path":"a.log","line":3,"column":5,"start":10,"end":50,"fingerprint":\#
    "3f9c21ab00000000000000000000abcd","redacted":"[REDACTED:github-pat:3f9c21ab]",\#
    "excerpt":"k=[REDACTED:github-pat:3f9c21ab]","actions":["mask"]}
    """#

  @Test("is read from a line of findings, and from nothing else")
  func reading() throws {
    let alert = try #require(
      Alert(findingLine: line.utf8, host: "h", at: Date(timeIntervalSince1970: 0)))
    #expect(alert.rule == "github-pat" && alert.line == 3 && alert.host == "h")
    #expect(alert.time == "1970-01-01T00:00:00Z")
    #expect(alert.identity == "3f9c21ab00000000000000000000abcd")
    #expect(
      alert.sentence
        == "sluice masked GitHub token (github-pat, critical) on h in a.log, fingerprint 3f9c21ab")
    #expect(Alert(findingLine: "{}".utf8, host: "h", at: Date()) == nil)
    #expect(Alert(findingLine: "x".utf8, host: "h", at: Date()) == nil)
  }

  @Test("says of what is in a file that it was found, and tells files apart")
  func found() throws {
    let other = line.replacing("mask\"]", with: "report\"]")
      .replacing(#""fingerprint":"3f9c21ab00000000000000000000abcd","#, with: "")
    let alert = try #require(Alert(findingLine: other.utf8, host: "h", at: Date()))
    #expect(alert.sentence == "sluice found GitHub token (github-pat, critical) on h in a.log")
    let elsewhere = try #require(
      Alert(findingLine: other.replacing("a.log", with: "b.log").utf8, host: "h", at: Date()))
    #expect(alert.identity != elsewhere.identity)
  }

  @Test("goes to a command on its standard input, once, and what fails waits on disk")
  func command() throws {
    let folder = try AlertFolder()
    let script = folder.path + "/page"
    let output = folder.path + "/out"
    let plan = AlertPlan(
      destinations: [.command(["/bin/sh", script])], queue: folder.path + "/queue")
    // The command is not there yet: what it should get is kept.
    let first = try AlertDispatcher(plan)
    first.offer(Array((line + "\n" + line + "\n").utf8))
    first.finish(within: .seconds(20))
    #expect(first.counts.delivered == 0)
    #expect(first.counts.failures >= 1)
    #expect(first.counts.repeated == 1)
    #expect(try DurableQueue(directory: plan.queue).count() == 1)
    try "cat >> '\(output)'\n".write(toFile: script, atomically: true, encoding: .utf8)
    let second = try AlertDispatcher(plan)
    second.finish(within: .seconds(20))
    #expect(second.counts.delivered == 1)
    #expect(try DurableQueue(directory: plan.queue).count() == 0)
    let text = try String(contentsOfFile: output, encoding: .utf8)
    #expect(text.split(separator: "\n").count == 1)
    #expect(text.contains("\"rule\":\"github-pat\""))
  }

  @Test("G5: never holds up who offers, and counts what it leaves out")
  func flood() throws {
    let folder = try AlertFolder()
    var plan = AlertPlan(
      destinations: [.command(["/bin/false"])], queue: folder.path + "/queue")
    plan.mostWaiting = 5
    let dispatcher = try AlertDispatcher(plan)
    for number in 0..<20_000 {
      dispatcher.offer(
        Array(line.replacing("3f9c21ab0000", with: "\(100_000_000_000 + number)").utf8) + [0x0A])
    }
    dispatcher.finish(within: .seconds(30))
    let counts = dispatcher.counts
    #expect(try DurableQueue(directory: plan.queue).count() <= 5)
    #expect(counts.suppressed + counts.dropped + plan.perMinute + 10 >= 20_000)
  }
}
