internal import ArgumentParser
internal import Dispatch
internal import SluiceActions
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault
internal import SluiceWorkspace

/// What happens about a secret that was found, besides masking it.
struct LeakOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      A list of mask, alert, revoke and rotate: what else happens when a value of the vault is \
      found. Policies of the secret may allow less.
      """, valueName: "LIST"))
  var onLeak: String?

  @Option(
    help: ArgumentHelp(
      "The tenant of incidents with secrets that are not in the vault.", valueName: "NAME"))
  var incidentTenant = "default"

  func validate() throws {
    if let onLeak { _ = try Self.actions(onLeak) }
  }

  static func actions(_ list: String) throws -> LeakActions {
    let words = list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard let actions = LeakActions(words: words) else {
      throw ValidationError("--on-leak takes a list of mask, alert, revoke and rotate")
    }
    return actions
  }

  /// Nil unless something is to be done.
  func session(_ options: VaultOptions, command: String) throws -> LeakSession? {
    guard let onLeak else { return nil }
    let actions = try Self.actions(onLeak)
    guard !actions.isEmpty else { return nil }
    return try LeakSession(
      vault: try options.openUnsealed(), actions: actions,
      home: try configuring { try Name(incidentTenant, kind: "tenant") }, command: command)
  }
}

/// A stream or a scan that is tied to the vault.
struct LeakSession: Sendable {
  let vault: Vault
  let watch: LeakWatch

  init(vault: Vault, actions: LeakActions, home: Name, command: String) throws {
    self.vault = vault
    let responder = LeakResponder(vault: vault, by: try .person(), allowed: actions) { alert in
      note(ErrorText.masked("sluice: alert: \(alert.text)"))
      note(
        "sluice: hint: sluice incidents show \(alert.incident.name) "
          + "--tenant \(alert.incident.tenant.text)")
    }
    watch = try LeakWatch(vault: vault, responder: responder, home: home, command: command) {
      note(ErrorText.masked("sluice: warning: a leak waits to be acted on: \($0)"))
    }
  }

  func fingerprinter() throws -> Fingerprinter { try vault.fingerprinter() }

  /// Acts on what a scan found.
  func act(on findings: [ScanFinding]) async {
    for finding in findings where !finding.isAllowed {
      guard let fingerprint = finding.fingerprint else { continue }
      watch.note(
        LeakNotice(
          fingerprint: fingerprint, rule: finding.ruleID, severity: "", confidence: "",
          source: "scan \(finding.path.text):\(finding.line)", time: vault.time))
    }
    await finish()
  }

  /// Waits until what was found was acted on; what was not stays on disk.
  func finish() async {
    if await !watch.finish() {
      note("sluice: warning: leaks are left in the queue; 'sluice rotate watch' acts on them")
    }
  }

  /// The same for a command that is not asynchronous.
  func finishAndWait() {
    let done = DispatchSemaphore(value: 0)
    // A task of its own, because this thread waits for it.
    Task.detached {
      await finish()
      done.signal()
    }
    done.wait()
  }
}

/// Passes finding lines on, and shows them to whoever acts on leaks.
struct LeakTap<Output: ByteSink & ~Copyable>: ~Copyable, ByteSink {
  private var output: Output?
  private let session: LeakSession?

  init(_ output: consuming Output?, session: LeakSession?) {
    self.output = output
    self.session = session
  }

  mutating func write(_ bytes: Span<UInt8>) throws(IOError) {
    // What is to be done about a leak must not depend on whether its line can be written.
    if let session {
      var start = 0
      for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") {
        session.watch.note(line: bytes.extracting(start..<index))
        start = index + 1
      }
    }
    guard var open = output.take() else { return }
    try open.write(bytes)
    output = consume open
  }
}
