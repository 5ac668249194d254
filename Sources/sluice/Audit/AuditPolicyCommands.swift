internal import ArgumentParser
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct AuditPolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show how the log is kept, or change it.",
    discussion: """
      --set puts the section 'audit' of the settings into force for every process that opens this \
      vault, until it is set anew. The change is on record.

      Example: sluice audit policy --set --config sluice.yaml
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Flag(help: "Put the policy of the settings into force.") var set = false

  func run() throws {
    let opened = try vault.openForReading()
    if set {
      guard let settings = try AuditSettings.load(common.configFile) else {
        throw ConfigurationError(
          cause: UsageError(
            problem: "the settings say nothing about the log",
            remedy: "write a section 'audit' and name the file with --config"))
      }
      try opened.setAuditPolicy(settings.policy, by: .person())
    }
    TextTable.print(json: try opened.auditPolicy().json)
  }
}

struct AuditExpire: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expire", abstract: "Remove entries that are older than the policy asks for.",
    discussion: """
      Whole segments go, the oldest first; their hashes stay, so that the log still verifies from \
      its first entry on. With --archive they are written out first, in a file that verifies.

      Example: sluice audit expire --archive /mnt/archive
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: ArgumentHelp("Keep what is removed in a file in this folder.", valueName: "DIR"))
  var archive: String?
  @Flag(help: "Only say what would be removed.") var dryRun = false

  func run() throws {
    let opened = try vault.openUnsealed()
    let range = try opened.expirable()
    guard !range.isEmpty else {
      common.tell("nothing is old enough")
      return try writeResult("removed 0 entries\n")
    }
    guard !dryRun else {
      return try writeResult(
        "would remove entries \(range.lowerBound) to \(range.upperBound - 1)\n")
    }
    if let archive {
      let name = "audit-\(range.lowerBound)-\(range.upperBound).jsonl"
      try ArchiveFile.write(to: archive + "/" + name) { write in
        try opened.export(range) { try write($0 + [0x0A]) }
      }
      common.tell("archived as \(name)")
    }
    let removed = try opened.expire(upTo: range.upperBound, by: .person())
    try writeResult(
      "removed entries \(removed.lowerBound) to \(removed.upperBound - 1), their hashes stay\n")
  }
}

struct AuditErase: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Forget whose name stands behind a pseudonym.",
    discussion: """
      With 'names: pseudonym' in the policy, entries hold a pseudonym of a person or a machine. \
      This destroys the key that connects the two. The entries stay, and still verify.

      Example: sluice audit erase alice
      """)

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Argument(help: "The login name or the host name.") var name: String

  func run() throws {
    let opened = try vault.openUnsealed()
    let pseudonyms = try opened.eraseName(name, by: .person())
    try writeResult("nobody knows any more who is \(pseudonyms.joined(separator: ", "))\n")
  }
}
