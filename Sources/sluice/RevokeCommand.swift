internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct RevokeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Take leaked values out of service: in the vault at once, then at their targets.",
    discussion: """
      No agent gets a revoked version from its next request on, in every process. Where the secret \
      has a target whose connector can, the value is refused there, too; the result is printed for \
      each. With --undo-window the targets are left alone for a while, so that it can be taken back.

      Examples:
        sluice revoke vault://acme/prod/db/password
        sluice revoke --fingerprint 3f9c21ab
        sluice revoke --agent builder --tenant acme
        sluice revoke --tag pci --undo-window 10m
        sluice revoke --all-of acme --dry-run

      Exit status: 3 if a target could not be told; 'sluice revoke --resume' tries again.
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: ArgumentHelp("A path, or vault://TENANT/PATH#VERSION.", valueName: "secret"))
  var secret: String?
  @Option(help: "The tenant, unless the reference names it.") var tenant = "default"
  @Option(help: ArgumentHelp("What a mask or a finding shows, 8 digits or more.", valueName: "F"))
  var fingerprint: String?
  @Option(
    help: ArgumentHelp(
      "Disable this agent, and revoke every version it was given.", valueName: "NAME"))
  var agent: String?
  @Option(
    help: ArgumentHelp(
      "All secrets of the tenant that carry this word in --policy.", valueName: "WORD"))
  var tag: String?
  @Option(help: ArgumentHelp("Everything of a tenant.", valueName: "TENANT")) var allOf: String?
  @Flag(help: "Say what would be revoked, and do nothing.") var dryRun = false
  @Option(help: ArgumentHelp("How long the targets are left alone.", valueName: "TIME"))
  var undoWindow = "0s"
  @Option(help: ArgumentHelp("Take back a revocation in its window.", valueName: "ID"))
  var undo: String?
  @Flag(help: "End revocations that were interrupted, or whose target was down.")
  var resume = false
  @Flag(help: "Do not ask (with --all-of).") var yes = false

  func validate() throws {
    let given =
      [secret, fingerprint, agent, tag, allOf, undo].compactMap { $0 }.count + (resume ? 1 : 0)
    guard given == 1 else {
      throw ValidationError(
        "name a secret, or give one of --fingerprint, --agent, --tag, --all-of, --undo, --resume")
    }
    guard Duration(text: undoWindow) != nil else {
      throw ValidationError("--undo-window takes a time such as 10m")
    }
  }

  func run() async throws {
    let opened = try vault.openUnsealed()
    let revoker = Revoker(vault: opened, by: try .person())
    if let undo {
      let name = try configuring { try Name(tenant, kind: "tenant") }
      return try show(revoker.undo(undo, of: name))
    }
    if resume {
      var isOpen = false
      for record in try opened.actions(.revocation, openOnly: true) {
        let revocation = try await revoker.finish(record)
        try show(revocation)
        isOpen = isOpen || revocation.hasFailed
      }
      if isOpen { throw ExitCode(ExitStatus.failure) }
      return
    }
    var hasFailed = false
    for (name, items) in try selection(revoker, opened) {
      if dryRun {
        for item in items { print("\(reference(item, name)) \(item.stage.rawValue)") }
        continue
      }
      if allOf != nil {
        try SecretInput.confirm(
          "sluice: this revokes \(items.count) versions of tenant '\(name.text)'.", isGiven: yes)
      }
      if let agent {
        try opened.setEnabled(false, try Name(agent, kind: "agent"), of: name, by: .person())
        inform("sluice: agent '\(agent)' is disabled")
      }
      guard !items.isEmpty else { continue }
      let revocation = try await revoker.revoke(
        items, of: name, reason: reason, undoWindow: Duration(text: undoWindow) ?? .zero)
      try show(revocation)
      hasFailed = hasFailed || revocation.hasFailed
    }
    if hasFailed { throw ExitCode(ExitStatus.failure) }
  }

  private var reason: String {
    if fingerprint != nil { return "fingerprint" }
    if let agent { return "agent \(agent)" }
    if let tag { return "tag \(tag)" }
    return allOf == nil ? "manual" : "all of the tenant"
  }

  private func selection(
    _ revoker: Revoker, _ opened: Vault
  ) throws -> [(Name, [Revocation.Item])] {
    if let secret {
      let reference = try SecretArgument.parse([secret, "--tenant", tenant]).reference()
      return [
        (
          reference.tenant,
          try revoker.selection(
            reference.path, version: reference.version, of: reference.tenant)
        )
      ]
    }
    if let fingerprint {
      let found = try opened.find(fingerprint: fingerprint, by: .person())
      guard !found.isEmpty else {
        throw VaultError.unknown(kind: "value with the fingerprint", name: fingerprint)
      }
      let groups = Dictionary(grouping: found, by: \.tenant)
      return try groups.sorted { $0.key.text < $1.key.text }.map { name, places in
        (
          name,
          try places.flatMap { place in
            try revoker.selection(place.path, version: place.version, of: name)
          }
        )
      }
    }
    let name = try configuring { try Name(allOf ?? tenant, kind: "tenant") }
    if let agent {
      return [(name, try revoker.selection(givenTo: try Name(agent, kind: "agent"), of: name))]
    }
    return [
      (
        name,
        try revoker.selection(of: name) { secret in
          tag.map { RotationPolicy.words(of: secret).contains($0) } ?? true
        }
      )
    ]
  }

  private func reference(_ item: Revocation.Item, _ tenant: Name) -> String {
    SecretReference(tenant: tenant, path: item.path, version: item.version).text
  }

  private func show(_ revocation: Revocation) throws {
    for item in revocation.items {
      print(reference(item, revocation.tenant))
      let detail = item.outcome.detail.isEmpty ? "" : ": \(item.outcome.detail)"
      let text = ErrorText.masked(
        "sluice: \(item.path.text)#\(item.version) at its target: \(item.outcome.word)\(detail)")
      if item.outcome.word == "done" { inform(text) } else { note(text) }
    }
    if !revocation.items.isEmpty, revocation.due > revocation.started, revocation.isOpen {
      inform(
        "sluice: targets are told after \(revocation.due.text); "
          + "until then: sluice revoke --undo \(revocation.id) --tenant \(revocation.tenant.text)")
    }
  }
}

extension Revocation {
  fileprivate var hasFailed: Bool {
    items.contains { if case .failed = $0.outcome { true } else { false } }
  }
}
