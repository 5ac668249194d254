internal import Foundation
internal import SluiceAudit
internal import SluiceVault
internal import Synchronization

/// Sends checkpoints outside, in order, and remembers how far each place has got.
struct CheckpointSender {
  let vault: Vault
  let destinations: [CheckpointDestination]

  /// Sends what was not sent yet.
  ///
  /// A place that fails does not keep others from theirs.
  ///
  /// - Returns: how many checkpoints arrived, and what did not.
  func send() throws -> (sent: Int, failures: [DeliveryError]) {
    var sent = 0
    var failures: [DeliveryError] = []
    for destination in destinations {
      do throws(DeliveryError) {
        sent += try send(to: destination)
      } catch {
        failures.append(error)
      }
    }
    return (sent, failures)
  }

  private func send(to destination: CheckpointDestination) throws(DeliveryError) -> Int {
    let name = destination.name
    do {
      var count = 0
      for (size, note) in try vault.unsentCheckpoints(to: name) {
        try Self.deliver(note, size: size, to: destination)
        try vault.markSent(size, to: name)
        count += 1
      }
      return count
    } catch let error as DeliveryError {
      throw error
    } catch let error as VaultError {
      throw DeliveryError(destination: name, reason: error.problem)
    } catch {
      throw DeliveryError(destination: name, reason: "\(type(of: error))")
    }
  }

  /// How long a place may take.
  static let patience: TimeInterval = 30

  private static func deliver(
    _ note: SignedNote, size: UInt64, to destination: CheckpointDestination
  ) throws {
    func failure(_ reason: String) -> DeliveryError {
      DeliveryError(destination: destination.name, reason: reason)
    }
    switch destination {
    case .folder(let path):
      try write(note, size: size, into: path, failure)
    case .syslog(let path):
      let line = JSONValue.object([.init("checkpoint", .string(note.formatted))]).canonicalText
      // RFC 3164 as local daemons take it: facility authpriv, severity notice.
      guard SystemLog.send(Array("<85>sluice: \(line)".utf8), to: path) else {
        throw failure("the socket takes no messages")
      }
    case .webhook(let url):
      // What curl is told goes through its standard input: an address may hold a secret (G12).
      let options = [
        "silent", "fail", "globoff", "max-time = \(Int(patience) - 5)", "output = /dev/null",
        "url = \(quoted(url.text))", "header = \"Content-Type: text/plain; charset=utf-8\"",
        "header = \"Expect:\"", "data-raw = \(quoted(note.formatted))",
      ]
      try run(
        ["curl", "--config", "-"], in: nil, input: options.joined(separator: "\n") + "\n", failure)
    case .command(let words, let directory):
      try run(words, in: directory, input: note.formatted, failure)
    }
  }

  /// A text in a configuration file of curl (curl(1), "--config").
  private static func quoted(_ text: String) -> String {
    "\""
      + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n") + "\""
  }

  private static func write(
    _ note: SignedNote, size: UInt64, into folder: String,
    _ failure: (String) -> DeliveryError
  ) throws {
    let digits = String(size)
    let name = "checkpoint-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    let file = URL(filePath: folder).appending(path: name + ".note")
    let bytes = Data(note.formatted.utf8)
    // What is there is not replaced; another note in its place is a fork, and stays to be seen.
    if let existing = try? Data(contentsOf: file) {
      guard existing == bytes else {
        throw failure("'\(name).note' is there already and holds another checkpoint")
      }
      return
    }
    do {
      let partial = URL(filePath: folder).appending(path: ".\(name).partial")
      try bytes.write(to: partial)
      let handle = try FileHandle(forUpdating: partial)
      try handle.synchronize()
      try handle.close()
      try FileManager.default.moveItem(at: partial, to: file)
    } catch {
      throw failure("the folder cannot be written to")
    }
  }

  private static func run(
    _ words: [String], in directory: String?, input: String, _ failure: (String) -> DeliveryError
  ) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    let pipe = Pipe()
    process.standardInput = pipe
    process.standardOutput = FileHandle.nullDevice
    // Whatever it says may hold what it should not (G3).
    process.standardError = FileHandle.nullDevice
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do { try process.run() } catch { throw failure("the command cannot be started") }
    try? pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? pipe.fileHandleForWriting.close()
    guard ended.wait(timeout: .now() + patience) == .success else {
      process.terminate()
      throw failure("the command did not end within \(Int(patience)) s")
    }
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw failure("the command ended with status \(process.terminationStatus)")
    }
  }
}

/// Sends what became due while a command ran, when it ends.
enum DueCheckpoints {
  private static let opened = Mutex<Vault?>(nil)

  /// A command works with this vault.
  ///
  /// - Throws: `ConfigurationError` if `--config` names settings that cannot be used. Those of
  ///   `$SLUICE_CONFIG` must not keep anybody from revoking a secret.
  static func follow(_ vault: Vault) throws {
    if let file = Manner.configFile { _ = try AuditSettings.load(file) }
    opened.withLock { $0 = vault }
  }

  /// Sends, if the settings say where to; what fails is a warning, and is tried again.
  static func send() {
    guard let vault = opened.withLock({ $0 }) else { return }
    do {
      if let warning = try vault.spaceWarning() { inform("sluice: warning: \(warning)") }
      guard let settings = try AuditSettings.load(Manner.configFile), !settings.destinations.isEmpty
      else {
        return
      }
      let sender = CheckpointSender(vault: vault, destinations: settings.destinations)
      for failure in try sender.send().failures {
        inform(ErrorText.masked("sluice: warning: \(failure.problem)"))
      }
    } catch {
      inform("sluice: warning: checkpoints were not sent: the settings or the vault are unreadable")
    }
  }
}
