internal import ArgumentParser
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct AgentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "agent", abstract: "Manage identities, and what each may use.",
    discussion: """
      Nothing is allowed unless a grant says so. A change holds from the next request on.

      Example:
        sluice agent create deployer
        sluice agent grant deployer 'prod/*' --can read,inject --expires 30d
        sluice agent can deployer read prod/db
      """,
    subcommands: [
      AgentCreate.self, AgentList.self, AgentGrant.self, AgentUngrant.self, AgentTokenCommand.self,
      AgentJoin.self, AgentLeave.self, AgentDisable.self, AgentEnable.self, AgentCan.self,
    ])
}

/// An agent of a tenant.
struct AgentArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("Which agent.", valueName: "agent")) var agent: String
  @Option(help: "Whose agent.") var tenant = "default"

  func names() throws -> (agent: Name, tenant: Name) {
    try configuring { (try Name(agent, kind: "agent"), try Name(tenant, kind: "tenant")) }
  }
}

struct AgentCreate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an agent that may do nothing yet, or a role.",
    discussion: """
      A role has grants, as an agent has; its members have them besides their own. A number of uses \
      is shared by all members.

      Example:
        sluice agent create deployer --tenant acme
        sluice agent create deployers --role --tenant acme
        sluice agent join deployer deployers --tenant acme
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument
  @Flag(help: "Make a role.") var role = false

  func run() throws {
    let (agent, tenant) = try target.names()
    try vault.openUnsealed().createAgent(
      agent, as: role ? .role : .agent, of: tenant, by: .person())
  }
}

struct AgentList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List agents with their grants and tokens.",
    discussion: "Example: sluice agent list --tenant acme")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "Whose agents.") var tenant = "default"
  @Flag(help: "Print one JSON object a line.") var json = false

  func run() throws {
    let tenant = try configuring { try Name(self.tenant, kind: "tenant") }
    let agents = try vault.openForReading().agents(of: tenant, by: .person())
    guard !json else {
      for agent in agents { TextTable.print(json: agent.json(tenant: tenant)) }
      return
    }
    TextTable.print(
      [
        "AGENT", "STATE", "ROLES", "TOKENS", "GRANT", "PATTERN", "CAN", "EXPIRES", "USES",
        "CONTEXT",
      ],
      agents.flatMap { agent in
        let isRole = agent.kind == .role
        let head = [
          agent.name.text, (agent.isEnabled ? "enabled" : "disabled") + (isRole ? " role" : ""),
          agent.roles.map(\.text).joined(separator: ","),
          isRole ? "" : String(agent.tokens.count),
        ]
        guard !agent.grants.isEmpty else { return [head + ["-", "", "", "", "", ""]] }
        return agent.grants.map { grant in
          head + [
            String(grant.number), grant.pattern.text, grant.capabilities.text,
            grant.expires?.text ?? "never", grant.uses.map(String.init) ?? "any",
            grant.context.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ","),
          ]
        }
      })
  }
}

extension AgentRecord {
  func json(tenant: Name) -> JSONValue {
    let grants = grants.map { grant in
      JSONValue.object(
        [
          .init("grant", .integer(grant.number)), .init("pattern", .string(grant.pattern.text)),
          .init("can", .string(grant.capabilities.text)),
          .init("expires", grant.expires.map { .string($0.text) } ?? .null),
          .init("uses", grant.uses.map { .integer($0) } ?? .null),
          .init(
            "context", .object(grant.context.map { .init($0.key, .string($0.value)) })),
        ])
    }
    let tokens = tokens.map { token in
      JSONValue.object([
        .init("token", .integer(token.number)), .init("expires", .string(token.expires.text)),
      ])
    }
    return .object([
      .init("tenant", .string(tenant.text)), .init("agent", .string(name.text)),
      .init("kind", .string(kind.rawValue)), .init("enabled", .bool(isEnabled)),
      .init("roles", .array(roles.map { .string($0.text) })), .init("grants", .array(grants)),
      .init("tokens", .array(tokens)),
    ])
  }
}

struct AgentGrant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Allow an agent to use the secrets that a pattern covers.",
    discussion: """
      * in the pattern stands for anything within a segment, ** for any number of segments.

      Example: sluice agent grant deployer 'prod/**' --can inject --expires 8h --context tool=ci
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument
  @Argument(help: "Which paths.") var pattern: String
  @Option(help: ArgumentHelp("read, inject, rotate, with commas.", valueName: "LIST"))
  var can: String
  @Option(help: ArgumentHelp("For how long: 90s, 15m, 8h, 30d.", valueName: "TIME"))
  var expires: Lifetime?
  @Option(help: ArgumentHelp("How often.", valueName: "N")) var uses: UInt64?
  @Option(
    name: .customLong("context"),
    help: ArgumentHelp("Only for requests that state this.", valueName: "NAME=VALUE"))
  var contextPairs: [String] = []

  func run() throws {
    let (agent, tenant) = try target.names()
    var capabilities: Set<Capability> = []
    for word in can.split(separator: ",") {
      guard let capability = Capability(rawValue: String(word)) else {
        throw ValidationError("--can takes read, inject and rotate, not '\(word)'")
      }
      capabilities.insert(capability)
    }
    var request = GrantRequest(try configuring { try PathPattern(pattern) }, capabilities)
    request.expires = expires.map { Vault.systemClock().advanced(bySeconds: $0.seconds) }
    request.uses = uses
    request.context = try Pairs.read(contextPairs, flag: "--context")
    let number = try vault.openUnsealed().grant(
      request, to: agent, of: tenant, by: .person())
    print(number)
  }
}

struct AgentUngrant: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ungrant", abstract: "Take a grant back.",
    discussion: "Example: sluice agent ungrant deployer 2")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument
  @Argument(help: "The number that 'sluice agent list' shows.") var number: UInt64

  func run() throws {
    let (agent, tenant) = try target.names()
    try vault.openUnsealed().ungrant(number, from: agent, of: tenant, by: .person())
  }
}

struct AgentTokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make a token for an agent, or take one back.",
    discussion: """
      The token is written to standard output, once; the vault keeps its hash.

      Example: sluice agent token deployer --expires 8h > deployer.token
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument
  @Option(help: ArgumentHelp("For how long: 90s, 15m, 8h, 30d.", valueName: "TIME"))
  var expires = Lifetime(seconds: Vault.tokenSeconds)
  @Option(help: ArgumentHelp("Take back the token with this number.", valueName: "N"))
  var revoke: UInt64?

  func run() throws {
    let (agent, tenant) = try target.names()
    let opened = try vault.openUnsealed()
    if let revoke {
      try opened.revokeToken(revoke, of: agent, of: tenant, by: .person())
      return
    }
    let token = try opened.makeToken(
      for: agent, of: tenant, seconds: expires.seconds, by: .person())
    var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    try token.bytes.withBytes { try output.write($0) }
    let lineEnd: [UInt8] = [0x0A]
    try output.write(lineEnd.span)
  }
}

struct AgentDisable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Switch an agent off and forget its tokens.",
    discussion: "Example: sluice agent disable deployer")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument

  func run() throws {
    let (agent, tenant) = try target.names()
    try vault.openUnsealed().setEnabled(false, agent, of: tenant, by: .person())
  }
}

struct AgentEnable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Switch an agent on again.",
    discussion: "Example: sluice agent enable deployer")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument

  func run() throws {
    let (agent, tenant) = try target.names()
    try vault.openUnsealed().setEnabled(true, agent, of: tenant, by: .person())
  }
}

struct AgentCan: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "can", abstract: "Say whether an agent may do something, and why.",
    discussion: "Example: sluice agent can deployer inject prod/db   (status 4 if not)")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: AgentArgument
  @Argument(help: "read, inject or rotate.") var capability: Capability
  @Argument(help: "Which secret.") var path: String
  @Option(
    name: .customLong("context"),
    help: ArgumentHelp("What the request would state.", valueName: "NAME=VALUE"))
  var contextPairs: [String] = []

  func run() throws {
    let (agent, tenant) = try target.names()
    let path = try configuring { try SecretPath(self.path) }
    let requester = try Requester(
      Requester.person().principal, context: try Pairs.read(contextPairs, flag: "--context"))
    let decision = try vault.openUnsealed().canAgent(
      agent, capability, path, of: tenant, by: requester)
    switch decision {
    case .allowed(let grant, let role):
      print("yes: grant \(grant)" + (role.map { " of role '\($0.text)'" } ?? ""))
    case .denied(let reason):
      print("no: \(reason)")
      throw ExitCode(ExitStatus.denied)
    }
  }
}

extension Capability: ExpressibleByArgument {}

/// A length of time as people write it: `90s`, `15m`, `8h`, `30d`.
struct Lifetime: ExpressibleByArgument {
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    guard let last = argument.last, let unit = units[last],
      let count = Int64(argument.dropLast()), (1...1_000_000_000).contains(count),
      count * unit <= 4_000_000_000
    else { return nil }
    seconds = count * unit
  }

  var defaultValueDescription: String {
    seconds.isMultiple(of: 86400) ? "\(seconds / 86400)d" : "\(seconds)s"
  }
}
