@testable import sluice
import Testing

@Suite("TextStyle")
struct TextStyleTests {
  @Test(
    "there is colour on a terminal only, and none with NO_COLOR or on a dumb one",
    arguments: [
      (true, ["TERM": "xterm"], true), (true, [:], true), (true, ["NO_COLOR": ""], true),
      (true, ["NO_COLOR": "1"], false), (true, ["TERM": "dumb"], false),
      (false, ["TERM": "xterm"], false),
    ] as [(Bool, [String: String], Bool)])
  func colour(onTerminal: Bool, environment: [String: String], expected: Bool) {
    #expect(
      TextStyle.isColoured(onTerminal: onTerminal, environment: { environment[$0] }) == expected)
  }

  @Test("what is styled is as it was without colour")
  func plain() {
    let style = TextStyle(isColoured: false)
    #expect(style.severity("critical  ") == "critical  ")
    #expect(style.bold("rule") == "rule")
    #expect(TextStyle(isColoured: true).severity("critical  ").hasPrefix("\u{1B}[1;31m"))
  }
}

@Suite("UsageMessage")
struct UsageMessageTests {
  @Test(
    "G3, G12: what stood on the command line is named by its place",
    arguments: [
      ("Unexpected argument 'hunter2'", ["filter", "hunter2"], "Unexpected argument (argument 2,"),
      (
        "2 unexpected arguments: 'hunter2', 'hunter22'", ["hunter2", "hunter22"],
        "2 unexpected arguments: (argument 1, not shown), (argument 2, not shown)"
      ),
      ("Unknown option '-hunter2'", ["-hunter2"], "Unknown option (argument 1,"),
      ("Unknown option '--Hunter2'", ["--Hunter2=x"], "Unknown option (argument 1,"),
      ("Unknown option '--hunter'", ["--hunter"], "Unknown option '--hunter'"),
      ("The value 'hunter2' is invalid for '--mask <mask>'", ["--mask=hunter2"], "(argument 1,"),
      ("something about correct-horse", ["correct-horse"], "something about argument 1"),
    ] as [(String, [String], String)])
  func values(message: String, arguments: [String], expected: String) {
    let text = UsageMessage.withoutValues(message + "\nUsage: x", arguments: arguments)
    #expect(text.contains(expected), "\(text)")
    #expect(!text.lowercased().contains("hunter2"))
    #expect(text.hasSuffix("\nUsage: x"))
  }
}
