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

  /// What is to be done besides masking; nil for nothing.
  private func wanted() throws -> LeakActions? {
    guard let actions = try onLeak.map(Self.actions), !actions.isEmpty else { return nil }
    return actions
  }

  /// Whether a vault is needed.
  func needsVault() throws -> Bool { try wanted() != nil }

  /// Nil unless something is to be done.
  func session(_ options: VaultOptions, command: String) throws -> LeakSession? {
    guard try needsVault() else { return nil }
    return try session(in: try options.openUnsealed(), command: command)
  }

  /// Ties a stream to a vault that is open.
  ///
  /// - Parameters:
  ///   - opened: the vault; stays open as long as the session is used.
  ///   - command: what sources are called.
  ///   - say: tells people of alerts.
  /// - Returns: nil unless something is to be done.
  /// - Throws: `RotationError` if there can be no queue.
  func session(
    in opened: Vault, command: String, say: @escaping @Sendable (String) -> Void = { note($0) }
  ) throws -> LeakSession? {
    guard let actions = try wanted() else { return nil }
    return try LeakSession(
      vault: opened, actions: actions,
      home: try configuring { try Name(incidentTenant, kind: "tenant") }, command: command,
      say: say)
  }
}

/// A stream or a scan that is tied to the vault.
struct LeakSession: Sendable {
  let vault: Vault
  let watch: LeakWatch

  init(
    vault: Vault, actions: LeakActions, home: Name, command: String,
    say: @escaping @Sendable (String) -> Void
  ) throws {
    self.vault = vault
    let responder = LeakResponder(vault: vault, by: try .person(), allowed: actions) { alert in
      say(ErrorText.masked("sluice: alert: \(alert.text)"))
      say(
        "sluice: hint: sluice incidents show \(alert.incident.name) "
          + "--tenant \(alert.incident.tenant.text)")
    }
    watch = try LeakWatch(vault: vault, responder: responder, home: home, command: command) {
      say(ErrorText.masked("sluice: warning: a leak waits to be acted on: \($0)"))
    }
  }

  /// Takes lines of findings.
  var observer: FindingObserver { { [watch] in watch.note(line: $0) } }

  func fingerprinter() throws -> Fingerprinter { try vault.fingerprinter() }

  /// Acts on what a scan found.
  ///
  /// - Parameters:
  ///   - findings: of the scan.
  ///   - rules: that found them.
  func act(on findings: [ScanFinding], rules: [Rule]) async {
    let known = Dictionary(rules.map { ($0.id, $0) }) { first, _ in first }
    for finding in findings where !finding.isAllowed {
      guard let fingerprint = finding.fingerprint else { continue }
      watch.note(
        LeakNotice(
          fingerprint: fingerprint, rule: finding.ruleID,
          severity: known[finding.ruleID]?.severity.rawValue ?? "",
          confidence: known[finding.ruleID]?.confidence.rawValue ?? "",
          source: "scan \(finding.path.text):\(finding.line)", time: vault.time))
    }
    await finish()
  }

  /// Waits until what was found was acted on; what was not stays on disk.
  func finish() async {
    if await !watch.finish() {
      inform("sluice: warning: leaks are left in the queue; 'sluice rotate watch' acts on them")
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
