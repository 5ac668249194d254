internal import ArgumentParser
internal import SluiceAudit
internal import SluiceRules
internal import SluiceVault

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Read, prove, export and verify the record of all acts.",
    discussion: """
      Example:
        sluice audit checkpoint > kept-elsewhere.note
        sluice audit verify --checkpoint kept-elsewhere.note
      """,
    subcommands: [
      AuditList.self, AuditVerify.self, AuditCheckpoint.self, AuditSend.self, AuditProve.self,
      AuditExport.self, AuditReport.self, AuditKey.self, AuditPolicyCommand.self, AuditExpire.self,
      AuditErase.self,
    ])
}

/// Which entries are meant.
struct AuditSelection: ParsableArguments {
  @Option(help: ArgumentHelp("From this time on: 2026-11-23 or 2026-11-23T04:00:00Z."))
  var from: String?
  @Option(help: "Up to this time, which is not in it.") var to: String?
  @Option(help: "Only of this tenant.") var tenant: String?

  func filter() throws -> (AuditEntry) -> Bool {
    let (from, to) = (try time(from, "--from"), try time(to, "--to"))
    let tenant = tenant
    return { entry in
      (from.map { entry.time >= $0 } ?? true) && (to.map { entry.time < $0 } ?? true)
        && (tenant == nil || entry.tenant == tenant)
    }
  }

  /// Entries that lie within the times: times never run backwards in the log.
  func range(of vault: Vault) throws -> Range<UInt64> {
    let end = try vault.auditSize()
    let first = try time(from, "--from").map { try vault.firstEntry(since: $0) } ?? 0
    let last = try time(to, "--to").map { try vault.firstEntry(since: $0) } ?? end
    return first..<max(first, last)
  }

  private func time(_ text: String?, _ flag: String) throws -> UTCTime? {
    guard let text else { return nil }
    guard let time = UTCTime(text) else {
      throw ConfigurationError(
        cause: UsageError(
          problem: "\(flag) \(text) is no time",
          remedy: "write a date, or a time such as 2026-11-23T04:00:00Z"))
    }
    return time
  }

  var isEverything: Bool { from == nil && to == nil && tenant == nil }

  /// For the audit entry about it.
  var details: [String: String] {
    var details: [String: String] = [:]
    details["from"] = from
    details["to"] = to
    details["tenant"] = tenant
    return details
  }
}
