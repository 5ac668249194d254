internal import ArgumentParser
internal import SluiceVault

/// An agent and a role of one tenant.
struct MembershipArguments: ParsableArguments {
  @OptionGroup var target: AgentArgument
  @Argument(help: "Which role.") var role: String

  func set(_ isMember: Bool, in vault: Vault) throws {
    let (agent, tenant) = try target.names()
    let role = try configuring { try Name(self.role, kind: "role") }
    try vault.setMember(isMember, agent, of: role, tenant: tenant, by: .person())
  }
}

struct AgentJoin: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "join", abstract: "Give an agent the grants of a role, too.",
    discussion: "Example: sluice agent join deployer deployers --tenant acme")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var membership: MembershipArguments

  func run() throws { try membership.set(true, in: try vault.openUnsealed()) }
}

struct AgentLeave: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leave", abstract: "Take the grants of a role from an agent.",
    discussion: "Example: sluice agent leave deployer deployers --tenant acme")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var membership: MembershipArguments

  func run() throws { try membership.set(false, in: try vault.openUnsealed()) }
}
