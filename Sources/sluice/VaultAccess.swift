internal import ArgumentParser
internal import Foundation
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

extension VaultError: ExplainedError {}
extension LogDamage: ExplainedError {}

/// Where the vault is, and what opens it.
struct VaultOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The vault's directory. (default: $SLUICE_HOME, else $XDG_DATA_HOME/sluice)",
      valueName: "DIR"))
  var home: String?

  @Option(
    help: ArgumentHelp(
      "The key file that unseals the vault. (default: $SLUICE_KEY_FILE, else the one of init)",
      valueName: "FILE"))
  var keyFile: String?

  @Option(
    help: ArgumentHelp(
      "Read the key file's content or the passphrase from this open descriptor.", valueName: "N"))
  var unsealFd: Int32?

  @Option(
    name: .customLong("share"),
    help: ArgumentHelp("A file with a share of the key; repeat it.", valueName: "FILE"))
  var shareFiles: [String] = []

  var directory: String {
    let environment = ProcessInfo.processInfo.environment
    if let home { return home }
    if let home = environment["SLUICE_HOME"], !home.isEmpty { return home }
    let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return (data ?? NSHomeDirectory() + "/.local/share") + "/sluice"
  }

  /// Where `init` puts a key file: not beside the data, so that a copy of the data lacks it.
  var defaultKeyFile: String {
    let environment = ProcessInfo.processInfo.environment
    if let file = environment["SLUICE_KEY_FILE"], !file.isEmpty { return file }
    let config = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    return (config ?? NSHomeDirectory() + "/.config") + "/sluice/root.key"
  }

  /// Opens the vault without its keys, but with them if a key file is at hand: then what is put on
  /// record is signed at once.
  func openForReading() throws -> Vault {
    let vault = try Vault.open(home: directory)
    try DueCheckpoints.follow(vault)
    if Manner.isVerbose { note("sluice: the vault in '\(directory)'") }
    let seal = try vault.sealDescription()
    guard seal.kind == .keyFile, let file = keyFile ?? existingKeyFile(seal) else { return vault }
    try vault.unseal(with: try seal.sealer(try SecretFile.read(file)))
    return vault
  }

  /// Opens the vault with its keys.
  func openUnsealed() throws -> Vault {
    let vault = try Vault.open(home: directory)
    try DueCheckpoints.follow(vault)
    if Manner.isVerbose { note("sluice: the vault in '\(directory)'") }
    try vault.unseal(with: try sealer(for: vault))
    return vault
  }

  /// The sealer that the vault was sealed with, out of what the user gives.
  func sealer(for vault: Vault) throws -> MaterialSealer {
    let seal = try vault.sealDescription()
    if let unsealFd {
      return try seal.sealer(try SecretFile.read(descriptor: unsealFd))
    }
    switch seal.kind {
    case .keyFile:
      guard let file = keyFile ?? existingKeyFile(seal) else {
        throw UsageError(
          problem: "the key file '\(seal.keyFile ?? "")' of this vault is not there",
          remedy: "say where it is with --key-file FILE or SLUICE_KEY_FILE")
      }
      return try seal.sealer(try SecretFile.read(file))
    case .passphrase:
      return try seal.sealer(try SecretInput.prompt("Passphrase: "))
    case .shares:
      let shares = try shareFiles.map(SecretFile.share)
      guard shares.count >= seal.threshold ?? 2 else {
        throw UsageError(
          problem: "this vault needs \(seal.threshold ?? 2) shares, \(shares.count) were given",
          remedy: "give each with --share FILE")
      }
      return try seal.sealer(try SecretSharing.combine(shares))
    }
  }

  private func existingKeyFile(_ seal: SealDescription) -> String? {
    [ProcessInfo.processInfo.environment["SLUICE_KEY_FILE"], seal.keyFile].compactMap { $0 }
      .first { FileManager.default.fileExists(atPath: $0) }
  }
}

/// Who asks.
struct RequesterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Act with the grants of this agent only.", valueName: "NAME"))
  var agent: String?

  @Option(
    help: ArgumentHelp(
      "Act as the agent whose token this open descriptor holds, or $SLUICE_TOKEN.",
      valueName: "N"))
  var tokenFd: Int32?

  @Option(
    name: .customLong("context"),
    help: ArgumentHelp("What a grant may ask for, such as tool=deploy.", valueName: "NAME=VALUE"))
  var contextPairs: [String] = []

  /// Who asks, after a token was checked.
  ///
  /// - Parameters:
  ///   - vault: knows the tokens.
  ///   - tenant: of an agent that is named.
  ///   - facts: what the request states whatever the user says.
  /// - Returns: an operator, or an agent.
  /// - Throws: `VaultError.tokenRejected`.
  func requester(
    _ vault: Vault, tenant: Name, facts: [String: String] = [:]
  ) throws -> Requester {
    let context = try Pairs.read(contextPairs, flag: "--context").merging(facts) { $1 }
    let person = try Requester.person()
    if let token = try token() {
      return try Requester(vault.principal(token: token, by: person), context: context)
    }
    guard let agent else { return try Requester(person.principal, context: context) }
    return try Requester(.agent(Name(agent, kind: "agent"), tenant: tenant), context: context)
  }

  private func token() throws -> AgentToken? {
    if let tokenFd { return AgentToken(try SecretFile.read(descriptor: tokenFd)) }
    guard let text = ProcessInfo.processInfo.environment["SLUICE_TOKEN"], !text.isEmpty else {
      return nil
    }
    let bytes = Array(text.utf8)
    return AgentToken(SecretBytes(copying: bytes.span))
  }
}

extension Requester {
  /// Whoever runs the program, by the name that the system knows them under.
  static func person() throws -> Requester { try Requester(.operator(NSUserName())) }
}

enum Pairs {
  static func read(_ texts: [String], flag: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
      let halves = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard halves.count == 2 else {
        throw ConfigurationError(
          cause: UsageError(problem: "\(flag) takes NAME=VALUE", remedy: nil))
      }
      pairs[halves[0]] = halves[1]
    }
    return pairs
  }
}

/// Which secret is meant: a path in a tenant, or a whole reference.
struct SecretArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A path, or vault://TENANT/PATH#VERSION.", valueName: "secret"))
  var secret: String

  @Option(help: ArgumentHelp("The tenant, unless the reference names it.", valueName: "NAME"))
  var tenant = "default"

  func reference() throws -> SecretReference {
    try configuring {
      if secret.hasPrefix(SecretReference.scheme) { return try SecretReference(secret) }
      return SecretReference(
        tenant: try Name(tenant, kind: "tenant"), path: try SecretPath(secret))
    }
  }
}
