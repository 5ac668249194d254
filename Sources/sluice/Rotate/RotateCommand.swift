internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

extension RotationError: ExplainedError {}
extension ActionSettingsError: ExplainedError {}
extension ConnectorError: ExplainedError {}

struct RotateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replace credentials in stages: provision, test, switch, drain, revoke the old one.",
    discussion: """
      Each step is on record before it is taken, so that a rotation that was interrupted goes on \
      where it stopped: 'sluice rotate resume'. Until the new value has proved itself at the \
      target, the old one stays current.

      Examples:
        sluice rotate target put app-db < target.yaml
        sluice vault put app/db --target app-db < value.json
        sluice rotate app/db
        sluice rotate status
      """,
    subcommands: [
      RotateSecret.self, RotateStatus.self, RotateResume.self, RotateTarget.self,
      RotatePolicy.self, RotateWatch.self,
    ], defaultSubcommand: RotateSecret.self)
}

struct RotateSecret: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secret", abstract: "Rotate one secret (the default of 'sluice rotate').",
    discussion: """
      Prints the new version. Exit status 3 if the old value is not refused yet, and says why.

      Examples:
        sluice rotate app/db --drain 5m
        sluice rotate vault://acme/app/db --emergency
        sluice rotate legal/fax-pin --in new-pin.txt
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var secret: SecretArgument
  @OptionGroup var identity: RequesterOptions
  @Option(
    help: ArgumentHelp(
      "How long old and new both work: 30s, 5m, 12h. (default: the target's, else 60s)",
      valueName: "TIME"))
  var drain: String?
  @Option(
    help: ArgumentHelp(
      "How long filters get to learn the new value before it is used.", valueName: "TIME"))
  var notice = "0s"
  @Flag(help: "Others know the old value: no drain, and its sessions are cut.")
  var emergency = false
  @Option(
    name: .customLong("in"),
    help: ArgumentHelp("For a target that asks an operator: the new value.", valueName: "FILE"))
  var input: String?
  @Option(help: ArgumentHelp("The same, from this open descriptor.", valueName: "N"))
  var fd: Int32?
  @Flag(help: "Print one JSON object: the state of the rotation.") var json = false

  func validate() throws {
    for (name, text) in [("--drain", drain), ("--notice", notice)] {
      if let text, Duration(text: text) == nil {
        throw ValidationError("\(name) takes a time such as 500ms, 30s, 15m or 12h")
      }
    }
  }

  func run() async throws {
    let reference = try secret.reference()
    let opened = try vault.openUnsealed()
    let requester = try identity.requester(opened, tenant: reference.tenant)
    let rotator = Rotator(vault: opened, by: requester) { rotation in
      guard rotation.phase == .draining, rotation.pace.drain > .seconds(2) else { return }
      inform(
        "sluice: the new value is current; the old one works for another "
          + "\(rotation.pace.drain.text)")
    }
    let target = try rotator.target(of: reference.path, reference.tenant)
    let value =
      try input == nil && fd == nil
      ? nil
      : SecretValue(
        SecretInput.value(file: input, descriptor: fd, isExact: false), version: 0)
    let rotation = try await rotator.rotate(
      reference.path, of: reference.tenant, reason: "manual", pace: pace(target), value: value)
    try RotationText.finish(rotation, json: json)
  }

  private func pace(_ target: Target) -> RotationPace {
    var pace = emergency ? RotationPace.emergency : RotationPace()
    if !emergency, let drain = drain.flatMap({ Duration(text: $0) }) ?? target.drain {
      pace.drain = drain
    }
    pace.notice = Duration(text: notice) ?? .zero
    return pace
  }
}

struct RotateResume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Take on rotations that were interrupted.",
    discussion: """
      Examples:
        sluice rotate resume app/db
        sluice rotate resume --all
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: ArgumentHelp("A path, or vault://TENANT/PATH.", valueName: "secret"))
  var secret: String?
  @Option(help: "The tenant, unless the reference names it.") var tenant = "default"
  @Flag(help: "All that are under way, of all tenants.") var all = false
  @Flag(help: "You have made the target refuse the old value, because the connector cannot.")
  var revokedByHand = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (secret == nil) == all else { throw ValidationError("name a secret, or say --all") }
    if all && revokedByHand { throw ValidationError("--revoked-by-hand needs a secret") }
  }

  func run() async throws {
    let opened = try vault.openUnsealed()
    let rotator = Rotator(vault: opened, by: try .person())
    guard all else {
      let reference = try SecretArgument.parse([secret ?? "", "--tenant", tenant]).reference()
      let rotation = try await rotator.resume(
        reference.path, of: reference.tenant, isRevokedByHand: revokedByHand)
      return try RotationText.finish(rotation, json: json)
    }
    var isUnfinished = false
    for record in try opened.actions(.rotation, openOnly: true) {
      guard let open = Rotator.rotation(record), open.phase != .waiting else { continue }
      do {
        let rotation = try await rotator.resume(open.path, of: open.tenant)
        try RotationText.finish(rotation, json: json)
      } catch is ExitCode {
        isUnfinished = true
      } catch RotationError.busy {
        inform("sluice: '\(open.path.text)' is being rotated by another process")
      }
    }
    if isUnfinished { throw ExitCode(ExitStatus.failure) }
  }
}

struct RotateStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where each rotation stands, and what is in its way.",
    discussion: """
      Examples:
        sluice rotate status
        sluice rotate status --open --json
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Of this tenant only.") var tenant: String?
  @Flag(help: "Only rotations that have not ended.") var open = false
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let name = try configuring { try tenant.map { try Name($0, kind: "tenant") } }
    let opened = try vault.openUnsealed()
    let rotations = try opened.actions(.rotation, of: name, openOnly: open)
      .compactMap(Rotator.rotation)
    guard !json else {
      for rotation in rotations { TextTable.print(json: RotationText.json(rotation)) }
      return
    }
    TextTable.print(
      ["SECRET", "PHASE", "OLD", "NEW", "SINCE", "REASON", "PROBLEM"],
      rotations.map { rotation in
        func version(_ number: UInt64?) -> String { number.map { "#\($0)" } ?? "-" }
        return [
          "\(rotation.tenant.text)/\(rotation.path.text)", rotation.phase.rawValue,
          version(rotation.oldVersion), version(rotation.newVersion),
          String(rotation.entered[rotation.phase]?.text.prefix(19) ?? "") + "Z", rotation.reason,
          rotation.problem ?? "",
        ]
      })
  }
}

/// What a rotation came to, for people and scripts.
enum RotationText {
  /// Prints the new version, or says what is left to do.
  ///
  /// - Throws: `ExitCode(3)` unless the rotation is complete or waits for somebody.
  static func finish(_ rotation: Rotation, json: Bool) throws {
    if json { TextTable.print(json: self.json(rotation)) }
    let reference = SecretReference(
      tenant: rotation.tenant, path: rotation.path, version: rotation.newVersion)
    switch rotation.phase {
    case .complete:
      if !json { print(reference.text) }
      return
    case .waiting:
      note("sluice: '\(rotation.path.text)' waits for a new value")
      note("sluice: hint: change it at its target, then: sluice rotate PATH --in FILE")
      return
    default: break
    }
    note(ErrorText.masked("sluice: error: \(state(rotation))\(rotation.problem ?? "")"))
    note(ErrorText.masked("sluice: hint: \(nextStep(rotation))"))
    throw ExitCode(ExitStatus.failure)
  }

  /// What helps, and how to go on: a rotation that failed is over, any other one is taken on.
  private static func nextStep(_ rotation: Rotation) -> String {
    let secret = SecretReference(tenant: rotation.tenant, path: rotation.path, version: nil).text
    let command = rotation.phase == .failed ? "sluice rotate" : "sluice rotate resume"
    return (rotation.remedy.map { "\($0), then: " } ?? "") + "\(command) \(secret)"
  }

  private static func state(_ rotation: Rotation) -> String {
    let name = "'\(rotation.path.text)'"
    return switch rotation.phase {
    case .failed: "\(name) was not rotated, the old value is current: "
    case .undoing: "\(name) was not rotated, and the new value is not taken away yet: "
    case .revoking: "\(name) has a new value, but the old one still works: "
    default: "the rotation of \(name) stopped while \(rotation.phase.rawValue): "
    }
  }

  static func json(_ rotation: Rotation) -> JSONValue {
    .object([.init("tenant", .string(rotation.tenant.text))] + (rotation.json.members ?? []))
  }
}
