package import SluiceAudit
internal import SluiceCrypto

/// What the vault holds now, as far as reports say so.
package struct Inventory: Sendable {
  /// A credential in use, and how it should be kept fresh.
  package struct Credential: Sendable {
    package let name: String
    package let since: UTCTime
    /// When it is to be replaced; nil if no policy says so.
    package let due: UTCTime?
    /// Whether the last attempt to replace it came to nothing.
    package let isFailing: Bool

    package init(name: String, since: UTCTime, due: UTCTime?, isFailing: Bool = false) {
      self.name = name
      self.since = since
      self.due = due
      self.isFailing = isFailing
    }

    /// One whose policy is words, as `90d`; see `days(of:)`.
    package init(name: String, since: UTCTime, policy: String) {
      self.init(
        name: name, since: since,
        due: Self.days(of: policy).map { since.advanced(bySeconds: $0 * 86_400) })
    }

    /// How many days a policy in words allows: `90d`, `12w`, `30 days`, `daily`; nil for others.
    package static func days(of policy: String) -> Int64? {
      switch policy.lowercased() {
      case "daily": return 1
      case "weekly": return 7
      case "monthly": return 31
      case "quarterly": return 92
      case "yearly": return 366
      default: break
      }
      let digits = policy.prefix { $0.isASCII && $0.isNumber }
      guard let number = Int64(digits), (1...36_500).contains(number) else { return nil }
      switch policy.dropFirst(digits.count).filter({ $0 != " " }).lowercased() {
      case "d", "day", "days": return number
      case "w", "week", "weeks": return number * 7
      case "m", "month", "months": return number * 31
      default: return nil
      }
    }
  }

  package var credentials: [Credential] = []
  package var agents = 0
  package var tenants = 0

  package init() {}
}

/// The record of a period, as evidence for the controls of a framework.
///
/// Evidence only: that a control is met is for an assessor to say.
package struct EvidenceReport: Sendable {
  package let framework: ControlFramework
  package let period: ReportPeriod
  package let statistics: PeriodStatistics
  package let inventory: Inventory
  /// What was checked of the log before any of this was counted.
  package let verification: LogVerifier.Report
  package let made: UTCTime
  /// Names the program and its cryptographic library.
  package let generator: String
  package let cryptoModule: String
  package let isValidatedModule: Bool

  package init(
    framework: ControlFramework, statistics: PeriodStatistics, inventory: Inventory,
    verification: LogVerifier.Report, made: UTCTime, generator: String, cryptoModule: String,
    isValidatedModule: Bool
  ) {
    self.framework = framework
    period = statistics.period
    self.statistics = statistics
    self.inventory = inventory
    self.verification = verification
    self.made = made
    self.generator = generator
    self.cryptoModule = cryptoModule
    self.isValidatedModule = isValidatedModule
  }

  /// Whether the period was over when the report was made.
  package var isComplete: Bool { period.end <= made }

  package var checkpoint: SignedNote { verification.checkpoint }

  package var rootText: String { Base64.text(of: verification.root.bytes) }

  /// Credentials whose time is over, and those whose time ends within 30 days.
  package var late: [Inventory.Credential] {
    inventory.credentials.filter { $0.due.map { $0 < made } ?? false }
  }

  package var soonDue: [Inventory.Credential] {
    let limit = made.advanced(bySeconds: 30 * 86_400)
    return inventory.credentials.filter { $0.due.map { $0 >= made && $0 < limit } ?? false }
  }

  /// Credentials that were to be replaced, which failed.
  package var failing: [Inventory.Credential] { inventory.credentials.filter(\.isFailing) }

  /// How many checkpoints count as evidence of regular signing.
  package var checkpointCount: Int { verification.confirmed + 1 }
}
