import Foundation
import Testing

/// A terminal with a shell in it, as a person would have, in a tmux server of its own.
final class TmuxSession {
  private let folder: TemporaryFolder
  private let socket: String

  /// Whether the programs that tests of terminals need are there; in CI they must be.
  static let isAvailable: Bool =
    ProcessInfo.processInfo.environment["CI"] != nil
    || ["tmux", "vim", "less", "top", "bash"].allSatisfy { program in
      FileManager.default.isExecutableFile(atPath: "/usr/bin/\(program)")
        || FileManager.default.isExecutableFile(atPath: "/bin/\(program)")
    }

  /// Starts it.
  ///
  /// - Parameter environment: assignments for the shell.
  /// - Throws: if tmux cannot be started.
  init(_ environment: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    socket = folder.path + "/tmux"
    let settings = environment.map { "export \($0.key)='\($0.value)'\n" }.joined()
    let start = try folder.file(
      "rc",
      "PS1='ready> '\nPS2=\nunset SLUICE_CONFIG\nalias sluice='\(Sluice.path)'\n\(settings)cd '\(folder.path)'\n"
    )
    _ = try tmux([
      "-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "24",
      "exec env TERM=screen-256color LANG=C.UTF-8 bash --noprofile --rcfile '\(start)' -i",
    ])
    _ = try wait { $0.contains("ready>") }
  }

  deinit { _ = try? tmux(["kill-server"]) }

  var path: String { folder.path }

  func file(_ name: String, _ content: String) throws -> String { try folder.file(name, content) }

  @discardableResult
  private func tmux(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/perl")
    // `Process` knows by a descriptor of its own that the program has ended, and the server, which
    // the first call starts, would keep that one open for ever. So with a pipe for the output. And
    // with the signals that are blocked in this thread it would never see its children end.
    process.arguments =
      [
        "-MPOSIX=:signal_h", "-e",
        "sigprocmask(SIG_SETMASK, POSIX::SigSet->new); POSIX::close($_) for 3..255; exec @ARGV",
        "tmux", "-S", socket,
      ] + arguments
    let output = try folder.file("tmux.out", "")
    process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return try String(contentsOfFile: output, encoding: .utf8)
  }

  /// Types text as it is.
  func type(_ text: String) throws { try tmux(["send-keys", "-l", text]) }

  /// Presses keys by tmux's names: `Enter`, `C-c`.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  func run(_ command: String) throws {
    try type(command)
    try press("Enter")
  }

  /// The screen as it is.
  func screen(withColours: Bool = false) throws -> String {
    try tmux(["capture-pane", "-p"] + (withColours ? ["-e"] : []))
  }

  func resize(width: Int, height: Int) throws {
    try tmux(["resize-window", "-x", String(width), "-y", String(height)])
  }

  /// Waits until the screen fits and has come to rest.
  ///
  /// - Returns: the screen; what it was last if it never fits, which is an issue then.
  @discardableResult
  func wait(
    withColours: Bool = false, sourceLocation: SourceLocation = #_sourceLocation,
    until fits: (String) -> Bool
  ) throws -> String {
    var last = ""
    for _ in 0..<600 {
      let now = try screen(withColours: withColours)
      if now == last, fits(now) { return now }
      last = now
      usleep(50_000)
    }
    Issue.record("the screen never fits:\n\(last)", sourceLocation: sourceLocation)
    return last
  }

  /// Runs a command to its end.
  ///
  /// - Returns: what it printed, and its status.
  func finish(
    _ command: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (output: String, status: String) {
    try run("clear; \(command); echo \"=$?=\"")
    let text = try wait(sourceLocation: sourceLocation) { text in
      text.contains(/\n=\d+=\n/) || text.hasPrefix("=") && text.contains(/^=\d+=/)
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let end = lines.firstIndex(where: { $0.contains(/^=\d+=/) }) else { return (text, "") }
    return (
      lines[..<end].joined(separator: "\n"), String(lines[end].dropFirst().prefix { $0 != "=" })
    )
  }
}
