internal import ArgumentParser
internal import Foundation
internal import Glibc
internal import SluiceAudit
internal import SluiceCrypto
internal import SluiceFilter
internal import SluiceRules
internal import SluiceVault

struct VaultCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vault",
    abstract: "Keep credentials, each act on record.",
    discussion: "Example: sluice vault init && sluice vault put prod/db/password < password.txt",
    subcommands: [
      VaultInit.self, VaultStatus.self, VaultPut.self, VaultGet.self, VaultList.self,
      VaultHistory.self, VaultImport.self, VaultExport.self, VaultDestroy.self, VaultRekey.self,
    ])
}

struct VaultInit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a vault.",
    discussion: """
      The root key is sealed by a key file that is made for it, by a passphrase, or by shares, of \
      which some are needed. Without it the vault cannot be opened: keep a copy elsewhere.

      Examples:
        sluice vault init --key-file /media/stick/sluice.key
        sluice vault init --passphrase
        sluice vault init --shares 5 --threshold 3 --shares-dir shares
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions

  @Flag(help: "Seal with a passphrase, asked for on the terminal or read from --unseal-fd.")
  var passphrase = false

  @Option(help: ArgumentHelp("Seal with shares: how many to make.", valueName: "N"))
  var shares: Int?

  @Option(help: ArgumentHelp("How many shares unseal.", valueName: "K"))
  var threshold = 2

  @Option(help: ArgumentHelp("Where the shares are written, a file each.", valueName: "DIR"))
  var sharesDir: String?

  func validate() throws {
    guard let shares else { return }
    guard !passphrase, vault.keyFile == nil else {
      throw ValidationError("--shares, --passphrase and --key-file exclude each other")
    }
    guard (2...255).contains(shares), (2...shares).contains(threshold) else {
      throw ValidationError("--threshold is at least 2 and at most --shares, which is at most 255")
    }
    guard sharesDir != nil else { throw ValidationError("--shares needs --shares-dir DIR") }
  }

  func run() throws {
    let directory = vault.directory
    if (try? Vault.open(home: directory)) != nil {
      throw VaultError.alreadyInitialised(home: directory)
    }
    let opened = try Vault.create(home: directory, sealer: try sealer(), by: .person())
    inform("sluice: made a vault in '\(directory)'")
    print(try opened.auditKey().text)
    inform("sluice: above is the public key of its audit log; keep a copy elsewhere")
  }

  private func sealer() throws -> MaterialSealer {
    if passphrase {
      let phrase =
        if let number = vault.unsealFd {
          try SecretFile.read(descriptor: number)
        } else {
          try SecretInput.promptTwice("Passphrase: ")
        }
      return try SealDescription.passphrase().sealer(phrase)
    }
    if let shares, let sharesDir {
      let secret = try SecureRandom.secret(32)
      for share in try SecretSharing.split(secret, into: shares, threshold: threshold) {
        try SecretFile.write(share, to: "\(sharesDir)/share-\(share.number).key")
      }
      inform("sluice: wrote \(shares) shares to '\(sharesDir)', give each to another person")
      return try SealDescription.shares(threshold: threshold, of: shares).sealer(secret)
    }
    if let number = vault.unsealFd {
      return try SealDescription.keyFile(hint: nil).sealer(
        try SecretFile.read(descriptor: number))
    }
    let file = URL(filePath: vault.keyFile ?? vault.defaultKeyFile).standardizedFileURL.path
    if !FileManager.default.fileExists(atPath: file) {
      try SecretFile.write(try SecureRandom.secret(32).hexadecimal(), to: file)
      inform("sluice: wrote the key file '\(file)'")
    }
    let material = try SecretFile.read(file)
    guard material.count >= 32 else {
      throw UsageError(
        problem: "the key file '\(file)' has fewer than 32 bytes",
        remedy: "make one: (umask 077; openssl rand -hex 32 > FILE)")
    }
    return try SealDescription.keyFile(hint: file).sealer(material)
  }
}

struct VaultStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Show where the vault is, how it is sealed, what it holds.",
    discussion: "Example: sluice vault status --json")

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    let opened = try vault.openForReading()
    let seal = try opened.sealDescription()
    let tenants = try opened.tenants(by: .person())
    var secrets = 0
    for tenant in tenants {
      secrets += try opened.secrets(of: tenant.name, by: .person()).count
    }
    var members: [(String, JSONValue)] = [
      ("home", .string(opened.home)), ("seal", .string(seal.kind.rawValue)),
      ("tenants", .integer(tenants.count)), ("secrets", .integer(secrets)),
      ("auditEntries", .integer(try opened.auditSize())),
      ("auditKey", .string(try opened.auditKey().text)),
      ("rekeying", .bool(try opened.isRekeying)),
    ]
    if let file = seal.keyFile { members.append(("keyFile", .string(file))) }
    if let threshold = seal.threshold { members.append(("threshold", .integer(threshold))) }
    if let shares = seal.shares { members.append(("shares", .integer(shares))) }
    guard !json else {
      TextTable.print(json: .object(members.map { .init($0.0, $0.1) }))
      return
    }
    for (name, value) in members {
      print(
        name + String(repeating: " ", count: 14 - name.count)
          + (value.text ?? value.canonicalText))
    }
  }
}

struct VaultPut: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put", abstract: "Store a value as the current version of a secret.",
    discussion: """
      The value is read from standard input, from a file, from a descriptor or, without echo, from \
      the terminal; never from the command line. A line end behind it is left out.

      Examples:
        sluice vault put prod/db/password < password.txt
        sluice vault put vault://acme/tls/key --in server.key --exact --type private-key
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: SecretArgument
  @OptionGroup var identity: RequesterOptions
  @Option(name: .customLong("in"), help: ArgumentHelp("Read this file.", valueName: "FILE"))
  var input: String?
  @Option(help: ArgumentHelp("Read this open descriptor.", valueName: "N")) var fd: Int32?
  @Flag(help: "Keep a line end behind the value.") var exact = false
  @Flag(help: "Store it without making it the current version.") var pending = false
  @Option(help: "What kind of credential it is.") var type: String?
  @Option(help: "Who answers for it.") var owner: String?
  @Option(help: "How much depends on it.") var tier: String?
  @Option(name: .customLong("target"), help: "The system that accepts it.")
  var system: String?
  @Option(help: "How it is rotated.") var policy: String?

  func run() throws {
    let reference = try target.reference()
    let opened = try vault.openUnsealed()
    let value = try SecretInput.value(file: input, descriptor: fd, isExact: exact)
    let requester = try identity.requester(opened, tenant: reference.tenant)
    let version = try opened.put(
      value, at: reference.path, of: reference.tenant, attributes: attributes,
      isPending: pending, by: requester)
    print("\(SecretReference.scheme)\(reference.tenant.text)/\(reference.path.text)#\(version)")
    if !Vault.isRecognisable(value) {
      inform(
        "sluice: warning: streams are not searched for this value: it is short or plain enough "
          + "to stand in ordinary text")
    }
  }

  private var attributes: SecretAttributes? {
    guard [type, owner, tier, system, policy].contains(where: { $0 != nil }) else { return nil }
    return SecretAttributes(
      type: type ?? "", owner: owner ?? "", tier: tier ?? "", target: system ?? "",
      policy: policy ?? "")
  }
}

struct VaultGet: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get", abstract: "Write a value to standard output.",
    discussion: """
      Examples:
        sluice vault get prod/db/password | psql-login
        sluice vault get vault://acme/prod/db#2 --reveal
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @OptionGroup var target: SecretArgument
  @OptionGroup var identity: RequesterOptions
  @Flag(help: "Show it even on a terminal.") var reveal = false

  func run() throws {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    guard reveal || !isTerminal else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "a terminal would show the value", remedy: "say --reveal, or use a pipe"))
    }
    let reference = try target.reference()
    let opened = try vault.openUnsealed()
    let value = try opened.read(
      reference.path, version: reference.version, of: reference.tenant,
      by: try identity.requester(opened, tenant: reference.tenant))
    var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
    try value.bytes.withBytes { try output.write($0) }
    let lineEnd: [UInt8] = [0x0A]
    if isTerminal { try output.write(lineEnd.span) }
  }
}
