internal import ArgumentParser
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct TenantCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tenant", abstract: "Manage partitions of the vault with keys of their own.",
    discussion: "Example: sluice tenant create acme",
    subcommands: [TenantCreate.self, TenantList.self, TenantDestroy.self])
}

struct TenantCreate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make a tenant.",
    discussion: "Example: sluice tenant create acme")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "1 to 63 of a-z, 0-9 and -.") var name: String

  func run() throws {
    let name = try configuring { try Name(self.name, kind: "tenant") }
    try vault.openUnsealed().createTenant(name, by: .person())
  }
}

struct TenantList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List tenants.", discussion: "Example: sluice tenant list")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let tenants = try vault.openForReading().tenants(by: .person())
    guard !json else {
      for tenant in tenants {
        TextTable.print(
          json: .object([
            .init("tenant", .string(tenant.name.text)),
            .init("created", .string(tenant.created.text)),
          ]))
      }
      return
    }
    TextTable.print(["TENANT", "CREATED"], tenants.map { [$0.name.text, $0.created.text] })
  }
}

struct TenantDestroy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy", abstract: "Destroy a tenant's keys, and with them all its values.",
    discussion: "Example: sluice tenant destroy acme --yes")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "Which tenant.") var name: String
  @Flag(help: "Do not ask.") var yes = false

  func run() throws {
    let name = try configuring { try Name(self.name, kind: "tenant") }
    try SecretInput.confirm("sluice: this destroys all values of '\(name.text)'.", isGiven: yes)
    try vault.openForReading().destroyTenant(name, by: .person())
  }
}
