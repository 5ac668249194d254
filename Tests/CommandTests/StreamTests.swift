import Foundation
import Testing

@Suite("Stream")
struct StreamTests {
  @Test("G7: a line comes out before the next one is written")
  func latency() throws {
    let filter = try RunningFilter()
    for number in 0..<5 {
      try filter.write(Array("\(number) k=\(Fake.token) end\n".utf8))
      #expect(try filter.nextLine() == "\(number) k=\(Fake.label) end\n")
      try filter.write(Array("\(number) clean\n".utf8))
      #expect(try filter.nextLine() == "\(number) clean\n")
    }
    try filter.endInput()
    #expect(try filter.rest().isEmpty)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("G3: what could be the start of a secret is held until it is decided")
  func heldStart() throws {
    let filter = try RunningFilter()
    try filter.write(Array("ok\nk=\(Fake.token.dropLast(3))".utf8))
    #expect(try filter.nextLine() == "ok\n")
    try filter.write(Array("\(Fake.token.suffix(3))\n".utf8))
    #expect(try filter.nextLine() == "k=\(Fake.label)\n")
    try filter.endInput()
    #expect(try filter.rest().isEmpty)
  }

  @Test("G2: byte by byte gives what one read gives")
  func singleBytes() throws {
    let text = """
      plain line\r
      {"GITHUB_TOKEN":"\(Fake.token)","n":1}
      https://x:\(Fake.otherToken)@github.com/acme/app?x=1
      ghp_short ghp_ \(Fake.token.dropLast())
      -----BEGIN nothing-----
      password=\(Fake.token) end without a line end \(Fake.otherToken)
      """
    let whole = try Sluice.run(["filter"], input: Array(text.utf8))
    #expect(!Fake.leaks(into: whole.text.replacing(Fake.token.dropLast(), with: "")))
    let filter = try RunningFilter()
    for byte in text.utf8 {
      try filter.write([byte])
      // Lets the filter read it alone.
      usleep(100)
    }
    try filter.endInput()
    #expect(try filter.rest() == whole.output)
    #expect(filter.process.terminationStatus == 0)
  }

  @Test("G5: a line of 300 MB takes no more memory than a short one")
  func longLine() throws {
    let filter = try RunningFilter(discardingOutput: true)
    let block = [UInt8](repeating: 0x61, count: 1 << 20)
    for _ in 0..<300 { try filter.write(block) }
    // At most a pipe's worth is unread, so the peak is behind us.
    let peak = try filter.kilobytes("VmHWM")
    try filter.endInput()
    filter.process.waitUntilExit()
    #expect(filter.process.terminationStatus == 0)
    #expect(peak < 60 * 1024, "\(peak) KiB")
  }

  @Test("G5: a secret of 50 MB takes no more memory than a short one")
  func longSecret() throws {
    let folder = try TemporaryFolder()
    let rules = try folder.file(
      "rules.yaml", "rules:\n  - id: endless\n    regex: 'endless_[a-z]{8,}'\n")
    let filter = try RunningFilter(["--rules", rules])
    try filter.write(Array("x endless_".utf8))
    let block = [UInt8](repeating: 0x61, count: 1 << 20)
    for _ in 0..<50 { try filter.write(block) }
    let peak = try filter.kilobytes("VmHWM")
    try filter.write(Array(" y\n".utf8))
    try filter.endInput()
    #expect(try filter.rest() == Array("x [REDACTED:endless] y\n".utf8))
    #expect(peak < 60 * 1024, "\(peak) KiB")
  }

  @Test("G5: hundreds of thousands of findings take no more memory than a few")
  func manyFindings() throws {
    let folder = try TemporaryFolder()
    let rules = try folder.file("rules.yaml", "rules:\n  - id: k\n    regex: 'k[0-9]{8}'\n")
    let filter = try RunningFilter(
      ["--rules", rules, "--findings", "/dev/null"], discardingOutput: true)
    let block = Array(String(repeating: "k12345678,", count: 10_000).utf8)
    // More than the pipe and one read hold, so that every buffer has had its largest block.
    for _ in 0..<25 { try filter.write(block) }
    let early = try filter.kilobytes("VmHWM")
    for _ in 0..<40 { try filter.write(block) }
    let late = try filter.kilobytes("VmHWM")
    try filter.endInput()
    filter.process.waitUntilExit()
    #expect(filter.process.terminationStatus == 0)
    #expect(late < early + 4 * 1024, "\(early) KiB, then \(late) KiB")
    #expect(late < 60 * 1024, "\(late) KiB")
  }
}
