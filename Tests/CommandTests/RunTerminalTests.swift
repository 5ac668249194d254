import Foundation
import Testing

/// `sluice run` on a terminal: programs must look and behave as they do without it.
@Suite("sluice run on a terminal", .enabled(if: TmuxSession.isAvailable), .serialized)
struct RunTerminalTests {
  private static let text = (1...200).map { "line \($0) of a text" }.joined(separator: "\n") + "\n"

  /// The screen that a program draws, with and without `sluice run`.
  private func screens(
    _ command: String, keys: [String], last: String, end: [String]
  ) throws -> (with: String, without: String) {
    func screen(_ prefix: String) throws -> String {
      let session = try TmuxSession()
      _ = try session.file("text.py", "#!/usr/bin/python3\nimport os\n\nprint('a')\n" + Self.text)
      try session.run("clear; \(prefix)\(command)")
      try session.wait { $0.contains("import os") }
      for key in keys { try session.press(key) }
      // An escape takes effect when vim has seen that nothing follows it.
      let screen = try session.wait(withColours: true) {
        $0.contains(last) && !$0.contains("INSERT")
      }
      for key in end { try session.press(key) }
      _ = try session.wait { $0.contains("ready>") }
      return screen
    }
    return (try screen("sluice run -- "), try screen(""))
  }

  @Test(
    "vim and less look as without, with colours, through scrolling and searching",
    arguments: [
      (
        "vim -u NONE -N --cmd 'syntax on' --cmd 'set ruler' text.py",
        ["C-f", "G", "g", "g", "/", "9", "9", "Enter", "i", "x", "y", "Escape"], "line xy99 of",
        [":", "q", "!", "Enter"]
      ),
      ("less text.py", ["Space", "b", "/", "1", "4", "2", "Enter"], "line 143 of", ["q"]),
    ])
  func fullScreen(command: String, keys: [String], last: String, end: [String]) throws {
    let (with, without) = try screens(command, keys: keys, last: last, end: end)
    #expect(with == without)
  }

  @Test("top draws its table to the size of the terminal, takes keys, and goes")
  func top() throws {
    let session = try TmuxSession()
    try session.run("clear; sluice run -- top -d 60")
    let screen = try session.wait { $0.contains("PID USER") && $0.hasPrefix("top - ") }
    #expect(screen.split(separator: "\n").count <= 24)
    #expect(screen.split(separator: "\n").allSatisfy { $0.count <= 90 })
    try session.press("h")
    try session.wait { $0.contains("Help for Interactive Commands") }
    try session.press("Escape")
    try session.wait { $0.contains("PID USER") }
    try session.press("q")
    try session.wait { $0.contains("ready>") }
    try session.run("clear; stty -a | tr ' ' '\\n' | grep -c '^-echo$\\|^-icanon$'")
    #expect(try session.wait { $0.contains("\n0\n") || $0.hasPrefix("0\n") }.contains("0"))
  }

  @Test("colours are those that ls prints without")
  func colours() throws {
    let session = try TmuxSession()
    try session.run("mkdir folder; touch plain; ln -s plain link; touch run; chmod +x run")
    func listing(_ prefix: String) throws -> String {
      try session.run("clear; \(prefix)ls --color=auto -1; echo end")
      let screen = try session.wait(withColours: true) { $0.contains("\nend") }
      let end = screen.firstRange(of: "\nend")?.lowerBound ?? screen.endIndex
      return String(screen[..<end])
    }
    let with = try listing("sluice run -- ")
    #expect(with.contains("\u{1B}["))
    #expect(with == (try listing("")))
    let outcome = try Sluice.shell(
      """
      mkdir "$1/d"; touch "$1/f"
      ls --color=always "$1" > "$1/without"; sluice run -- ls --color=always "$1" > "$1/with"
      ls --color=always "$1" > "$1/without"; cmp "$1/with" "$1/without"
      """, [session.path])
    #expect(outcome.status == 0, "\(outcome.text)")
  }

  @Test("^C ends the program, and the shell sees its signal; ^\\ too")
  func interrupted() throws {
    let session = try TmuxSession()
    for (key, status) in [("C-c", "=130="), ("C-\\", "=131=")] {
      try session.run("clear; sluice run -- sh -c 'echo begun; exec sleep 1000'")
      try session.wait { $0.contains("begun\n") }
      try session.press(key)
      try session.wait { $0.contains("ready>") }
      // A command of its own: a shell that sees SIGINT gives up the rest of a list.
      try session.run("echo \"=$?=\"")
      try session.wait { $0.contains(status) }
    }
    // A handler of the program sees the key.
    let script = "trap 'echo caught; exit 9' INT; echo begun; while :; do sleep 0.1; done"
    try session.run("clear; sluice run -- bash -c \"\(script)\"; echo \"=$?=\"")
    try session.wait { $0.contains("begun\n") }
    try session.press("C-c")
    let screen = try session.wait { $0.contains("=9=") }
    #expect(screen.contains("caught"))
  }

  @Test("^Z stops the program as one job of the shell, which gets its terminal back; fg goes on")
  func stopped() throws {
    let session = try TmuxSession()
    _ = try session.file("text.py", Self.text)
    try session.run("clear; sluice run -- vim -u NONE -N text.py")
    try session.wait { $0.contains("line 20 of") }
    try session.press("C-z")
    try session.wait { $0.contains("Stopped") && $0.contains("ready>") }
    try session.run("clear; jobs; echo 'cooked terminal'")
    let screen = try session.wait { $0.contains("\ncooked terminal\n") }
    #expect(screen.contains("Stopped"))
    try session.run("fg")
    try session.wait { $0.contains("line 20 of") && !$0.contains("cooked") }
    try session.press("G", "o")
    try session.type("typed behind")
    try session.press("Escape", "C-z")
    try session.wait { $0.contains("ready>") }
    try session.run("clear; kill %1; fg; clear; echo; stty -a | grep -o '[-]*icanon'")
    try session.wait { $0.contains("\nicanon\n") }
  }

  @Test("a shell in it has job control of its own")
  func shell() throws {
    let session = try TmuxSession()
    try session.run("clear; sluice run -- env PS1='inner> ' bash --noprofile --norc -i")
    try session.wait { $0.contains("inner>") }
    try session.run("sleep 1000")
    usleep(300_000)
    try session.press("C-z")
    try session.wait { $0.contains("Stopped") }
    try session.run("bg; jobs; kill %1; wait; echo 'all done'")
    try session.wait { $0.contains("\nall done") }
    try session.run("exit 3")
    try session.wait { $0.contains("ready>") }
    try session.run("echo \"=$?=\"")
    try session.wait { $0.contains("=3=") }
  }

  @Test("a change of the window's size reaches the program")
  func size() throws {
    let session = try TmuxSession()
    let script = "trap 'stty size' WINCH; stty size; while :; do sleep 0.1; done"
    try session.run("clear; sluice run -- bash -c \"\(script)\"")
    try session.wait { $0.contains("24 90") }
    try session.resize(width: 70, height: 15)
    try session.wait { $0.contains("15 70") }
    try session.press("C-c")
    try session.wait { $0.contains("ready>") }
  }

  @Test("a prompt and typed keys are seen at once; a secret that is printed is not")
  func prompt() throws {
    let session = try TmuxSession()
    let script = "printf 'Your token: '; read x; echo \\\"got \\$x\\\"; cat secret"
    _ = try session.file("secret", "key \(Fake.token) end\n")
    try session.run("clear; sluice run -- bash -c \"\(script)\"")
    try session.wait { $0.contains("Your token:") }
    try session.type("gh")
    try session.wait { $0.contains("Your token: gh") }
    try session.press("Enter")
    let screen = try session.wait { $0.contains("key \(Fake.label) end") }
    #expect(screen.contains("got gh"))
    #expect(!Fake.leaks(into: screen))
  }

  @Test(
    "the terminal is as before after every end", arguments: ["TERM", "HUP", "INT", "KILL child"])
  func restored(signal: String) throws {
    let session = try TmuxSession()
    try session.run("clear; stty -a > before; sluice run -- sh -c 'echo $$ > pid; exec sleep 1000'")
    var seen = ""
    for _ in 0..<400 where seen.isEmpty {
      usleep(50_000)
      seen = (try? String(contentsOfFile: session.path + "/pid", encoding: .utf8)) ?? ""
    }
    let child = try #require(Int32(seen.trimmingCharacters(in: .whitespacesAndNewlines)))
    let outer = try Sluice.shell(
      "ppid=$(ps -o ppid= -p \(child)); ps -o ppid= -p $ppid | tr -d ' \\n'"
    ).text
    let target = signal.hasPrefix("KILL") ? child : try #require(Int32(outer))
    let numbers = ["TERM": SIGTERM, "HUP": SIGHUP, "INT": SIGINT]
    kill(target, numbers[signal] ?? SIGKILL)
    try session.wait { $0.contains("ready>") && $0.split(separator: "\n").count >= 1 }
    try session.run("clear; stty -a > after; cmp before after && echo same\\ settings")
    try session.wait { $0.contains("same settings") }
  }

  @Test("where standard output is no terminal, pagers and pipes work as without")
  func pipelines() throws {
    let session = try TmuxSession()
    _ = try session.file("text.py", Self.text)
    try session.run("clear; sluice run -- cat text.py | less")
    try session.wait { $0.contains("line 20 of") }
    try session.press("q")
    try session.wait { $0.contains("ready>") }
    try session.run("clear; cat text.py | sluice run -- less")
    try session.wait { $0.contains("line 20 of") }
    try session.press("Space")
    try session.wait { $0.contains("line 40 of") }
    try session.press("q")
    try session.wait { $0.contains("ready>") }
    try session.run("clear; sluice run -- sh -c 'seq 1 100000' | tail -n 1")
    try session.wait { $0.contains("\n100000\n") || $0.hasPrefix("100000\n") }
  }
}
