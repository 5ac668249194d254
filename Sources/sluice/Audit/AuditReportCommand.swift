internal import ArgumentParser
internal import SluiceActions
internal import SluiceAudit
internal import SluiceControls
internal import SluiceCrypto
internal import SluiceEvidence
internal import SluiceRules
internal import SluiceVault

struct AuditReport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write the log of a period as evidence for the controls of a framework.",
    discussion: """
      The log is verified first; a damaged one gives no report. html is one page that needs nothing \
      else, json is the same for programs, oscal is OSCAL assessment results with observations.

      Example: sluice audit report --framework fedramp --period 2026-Q4 > report.html
      """)

  enum Framework: String, ExpressibleByArgument, CaseIterable {
    case hipaa, sox, fedramp, iso27001
    case nist = "nist800-53"
  }
  enum Format: String, ExpressibleByArgument, CaseIterable { case html, json, oscal }

  @OptionGroup var vault: VaultOptions
  @OptionGroup var common: CommonOptions
  @Option(help: "hipaa, sox, fedramp, iso27001 or nist800-53.") var framework: Framework
  @Option(help: "2026, 2026-Q4, 2026-11, 2026-11-23, or 2026-11-01..2026-11-15, in UTC.")
  var period: String
  @Option(help: "html, json or oscal.") var format = Format.html

  func run() throws {
    guard let period = ReportPeriod(period) else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "--period \(period) is no period",
          remedy: "write 2026, 2026-Q4, 2026-11, 2026-11-23 or 2026-11-01..2026-11-15"))
    }
    guard let catalogue = BuiltinControls.framework(framework.rawValue) else {
      preconditionFailure("every framework has its file in Controls/")
    }
    let opened = try vault.openForReading()
    let verification = try opened.verifyLog()
    var statistics = PeriodStatistics(period)
    try opened.forEachEntry(in: 0..<verification.size) { entry in
      statistics.follow(entry)
      return true
    }
    let report = EvidenceReport(
      framework: catalogue, statistics: statistics, inventory: try Self.inventory(of: opened),
      verification: verification, made: Vault.systemClock(), generator: "sluice \(Version.text)",
      cryptoModule: CryptoModule.name, isValidatedModule: CryptoModule.isValidated)
    try opened.recordAudit(
      "report",
      details: [
        "framework": framework.rawValue, "period": self.period, "format": format.rawValue,
        "size": String(verification.size), "root": report.rootText,
      ], by: .person())
    switch format {
    case .html: try writeResult(HTMLReport(report).html)
    case .json: try writeResult(report.json.canonicalText + "\n")
    case .oscal: try writeResult(try report.oscal().canonicalText + "\n")
    }
  }

  private static func inventory(of vault: Vault) throws -> Inventory {
    var inventory = Inventory()
    (inventory.tenants, inventory.agents) = try vault.population()
    // What `rotate policy` set is asked first; a word given to `vault put` counts without one.
    let planned = Dictionary(
      try DueList(vault).entries.map { ("\($0.tenant.text)/\($0.path.text)", $0) },
      uniquingKeysWith: { first, _ in first })
    inventory.credentials = try vault.credentialsInUse().map { credential in
      guard let entry = planned[credential.name] else {
        return Inventory.Credential(
          name: credential.name, since: credential.since, policy: credential.policy)
      }
      return Inventory.Credential(
        name: credential.name, since: credential.since, due: entry.due,
        isFailing: entry.state == .failing)
    }
    return inventory
  }
}
