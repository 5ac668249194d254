import Foundation
import Glibc
import Testing

@Suite("Stream orders")
struct StreamOrderTests {
  @Test(
    "G1, G3: SIGTERM and SIGINT write what is there and end with status 0",
    arguments: [SIGTERM, SIGINT])
  func drain(signal: Int32) throws {
    let filter = try RunningFilter()
    try filter.write(Array("first\n".utf8))
    #expect(try filter.nextLine() == "first\n")
    // Half a token is held, and goes on as it stands when the stream ends.
    try filter.write(Array("k=\(Fake.token); half=\(Fake.otherToken.prefix(12))".utf8))
    filter.waitUntilIdle()
    filter.send(signal)
    #expect(
      String(decoding: try filter.rest(), as: UTF8.self)
        == "k=\(Fake.label); half=\(Fake.otherToken.prefix(12))")
    #expect(filter.process.terminationReason == .exit)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("G1: a drain takes all that was written before the signal")
  func drainTakesThePipe() throws {
    let filter = try RunningFilter()
    filter.waitUntilIdle()
    kill(filter.process.processIdentifier, SIGSTOP)
    let text = String(repeating: "a line of text, and k=\(Fake.token)\n", count: 500)
    try filter.write(Array(text.utf8))
    filter.send(SIGTERM)
    kill(filter.process.processIdentifier, SIGCONT)
    let output = String(decoding: try filter.rest(), as: UTF8.self)
    #expect(output == text.replacing(Fake.token, with: Fake.label))
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("a second SIGTERM ends a filter whose output is blocked")
  func secondSignal() throws {
    let filter = try RunningFilter()
    filter.waitUntilIdle()
    // More than input pipe, window and output pipe hold, and nobody reads.
    filter.writeAside([UInt8](repeating: 0x61, count: 16 << 20), thenEnding: false)
    filter.waitUntilIdle()
    filter.send(SIGTERM)
    usleep(50_000)
    #expect(filter.process.isRunning)
    filter.send(SIGTERM)
    filter.process.waitUntilExit()
    #expect(filter.process.terminationReason == .uncaughtSignal)
    try filter.input.fileHandleForReading.close()
  }

  @Test("a signal in the middle of a file ends with status 3 and says so")
  func stoppedFile() throws {
    let folder = try TemporaryFolder()
    let input = try folder.file("in", [UInt8](repeating: 0x0A, count: 8 << 20))
    let filter = try RunningFilter(["--in", input])
    _ = try filter.nextLine()
    filter.send(SIGTERM)
    _ = try filter.rest()
    #expect(filter.process.terminationReason == .exit)
    #expect(filter.process.terminationStatus == 3)
    #expect(filter.errors.contains("of the input unread"), "\(filter.errors)")
  }

  @Test("G1, G2: SIGHUP takes up changed rules and loses nothing of what is held")
  func reload() throws {
    let folder = try TemporaryFolder()
    let rules = try folder.file(
      "rules.yaml", "rules:\n  - id: one\n    regex: 'one_[0-9]{8}'\n")
    let filter = try RunningFilter(["--rules", rules, "--verbose"])
    try filter.write(Array("one_12345678 two_12345678 \(Fake.token)\n".utf8))
    #expect(try filter.nextLine() == "[REDACTED:one] two_12345678 \(Fake.label)\n")
    try filter.write(Array("begun \(Fake.token.prefix(9))".utf8))
    filter.waitUntilIdle()
    _ = try folder.file("rules.yaml", "rules:\n  - id: two\n    regex: 'two_[0-9]{8}'\n")
    filter.send(SIGHUP)
    #expect(filter.waitForErrors(containing: "after a reload"))
    try filter.write(Array("\(Fake.token.dropFirst(9)) one_12345678 two_12345678\n".utf8))
    #expect(try filter.nextLine() == "begun \(Fake.label) one_12345678 [REDACTED:two]\n")

    _ = try folder.file("rules.yaml", "rules:\n  - id: two\n    regex: '(('\n")
    filter.send(SIGHUP)
    #expect(filter.waitForErrors(containing: "sluice: error: reload: "))
    try filter.write(Array("two_12345678\n".utf8))
    #expect(try filter.nextLine() == "[REDACTED:two]\n")
    try filter.endInput()
    #expect(try filter.rest().isEmpty)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("SIGUSR1 prints statistics while the stream goes on")
  func statistics() throws {
    let filter = try RunningFilter(["--stats=json"])
    try filter.write(Array("k=\(Fake.token)\n".utf8))
    #expect(try filter.nextLine() == "k=\(Fake.label)\n")
    filter.waitUntilIdle()
    filter.send(SIGUSR1)
    #expect(filter.waitForErrors(containing: "\"findings\":1"), "\(filter.errors)")
    #expect(filter.errors.contains("\"findingsByRule\":{\"github-pat\":1}"))
    try filter.write(Array("more\n".utf8))
    #expect(try filter.nextLine() == "more\n")
    try filter.endInput()
    _ = try filter.rest()
    #expect(filter.errors.contains("\"records\":2"), "\(filter.errors)")
  }

  @Test("G1, G7: descriptors that do not block lose nothing and end nothing")
  func nonBlocking() throws {
    let filter = try RunningFilter(isNonBlocking: true)
    try filter.write(Array("first\n".utf8))
    #expect(try filter.nextLine() == "first\n")
    let text = String(repeating: "0123456789 k=\(Fake.token)\n", count: 20_000)
    filter.writeAside(Array(text.utf8), thenEnding: true)
    filter.waitUntilIdle()
    let output = String(decoding: try filter.rest(), as: UTF8.self)
    #expect(output == text.replacing(Fake.token, with: Fake.label))
    #expect(filter.process.terminationStatus == 0)
  }

  @Test(
    "with --idle-flush the beginning of a record goes on when nothing follows, but for half a secret"
  )
  func idleFlush() throws {
    let filter = try RunningFilter(["--idle-flush", "60000"])
    try filter.write(Array("one\ntwo".utf8))
    #expect(try filter.nextLine() == "one\n")
    filter.waitUntilIdle()
    #expect(!filter.isReadable(within: 50))
    try filter.write(Array(" and a half\n".utf8))
    #expect(try filter.nextLine() == "two and a half\n")
    try filter.endInput()
    #expect(try filter.rest().isEmpty)

    let patient = try RunningFilter(["--idle-flush", "20"])
    try patient.write(Array("Password? \(Fake.token.prefix(10))".utf8))
    #expect(patient.isReadable())
    #expect(try patient.nextLine(within: 0) == "")
    try patient.endInput()
    #expect(
      String(decoding: try patient.rest(), as: UTF8.self) == "Password? \(Fake.token.prefix(10))")
  }

  @Test("findings go to the file of that name, also after it was rotated")
  func rotation() throws {
    let folder = try TemporaryFolder()
    let findings = folder.path + "/findings.jsonl"
    let filter = try RunningFilter(["--findings", findings])
    for number in 1...3 {
      try filter.write(Array("k=\(Fake.token)\n".utf8))
      #expect(try filter.nextLine() == "k=\(Fake.label)\n")
      // The finding is written after the mask, before the next read.
      filter.waitUntilIdle()
      try FileManager.default.moveItem(atPath: findings, toPath: findings + ".\(number)")
    }
    try filter.endInput()
    _ = try filter.rest()
    for number in 1...3 {
      let text = String(
        decoding: try Sluice.bytes(ofFile: findings + ".\(number)"), as: UTF8.self)
      #expect(text.split(separator: "\n").count == 1)
      #expect(text.contains("\"line\":\(number),"))
    }
  }

  @Test("rules that cannot be used stop it, unless it is told to fail open")
  func failure() throws {
    let folder = try TemporaryFolder()
    let rules = try folder.file("rules.yaml", "rules:\n  - id: x\n    regex: '(('\n")
    let input = Array("k=\(Fake.token)\n".utf8)
    let closed = try Sluice.run(["filter", "--rules", rules], input: input)
    #expect(closed.status == 2)
    #expect(closed.output.isEmpty)
    let open = try Sluice.run(["filter", "--rules", rules, "--fail", "open"], input: input)
    #expect(open.status == 0)
    #expect(open.output == input)
    #expect(open.errors.contains("UNMASKED"), "\(open.errors)")
    let findings = try Sluice.run(
      ["filter", "--findings", "/dev/full", "--fail", "open"], input: input)
    #expect(findings.status == 0)
    #expect(findings.text == "k=\(Fake.label)\n")
    #expect(findings.errors.contains("masking goes on"), "\(findings.errors)")
  }
}
