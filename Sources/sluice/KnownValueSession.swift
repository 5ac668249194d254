internal import ArgumentParser
internal import Foundation
internal import SluiceFilter
internal import SluiceRules
internal import SluiceScan
internal import SluiceVault
internal import Synchronization

/// Whether a stream is searched for the vault's own values, and for whose.
struct KnownValueOptions: ParsableArguments {
  @Flag(
    name: .customLong("vault"),
    help: """
      Look for the vault's values, too, whatever they look like, plain or encoded. The vault is \
      opened at the start; the values themselves are never read.
      """)
  var isWanted = false

  @Option(
    name: .customLong("tenant"),
    help: ArgumentHelp(
      "With --vault: this tenant's values only; may be repeated.", valueName: "NAME"))
  var tenants: [String] = []

  func validate() throws {
    guard isWanted || tenants.isEmpty else {
      throw ValidationError("--tenant says whose values --vault looks for: give --vault, too")
    }
  }

  /// - Parameters:
  ///   - vault: open already; nil: opened if it is wanted.
  ///   - options: where it is.
  /// - Returns: nil if nothing is known of the vault.
  /// - Throws: if the vault cannot be opened, or there is no such tenant.
  func session(_ vault: Vault?, _ options: VaultOptions) throws -> KnownValueSession? {
    guard isWanted || vault != nil else { return nil }
    return try KnownValueSession(
      vault: try vault ?? options.openUnsealed(), tenants: tenants.isEmpty ? nil : Set(tenants))
  }
}

/// Keeps what is known of the vault's values up to date while a stream runs.
final class KnownValueSession: Sendable {
  private static let interval: TimeInterval = 0.5

  let vault: Vault
  private let newest: Mutex<KnownValues>
  /// Whether `newest` was not taken yet.
  private let hasNews = Atomic<Bool>(false)
  /// Why the last look at the vault failed.
  private let problem = Mutex<String?>(nil)

  init(vault: Vault, tenants: Set<String>?) throws {
    self.vault = vault
    let present = try vault.tenantNames().map(\.text)
    if let missing = tenants?.first(where: { !present.contains($0) }) {
      throw ConfigurationError(
        cause: UsageError(
          problem: "there is no tenant '\(missing)'", remedy: "sluice tenant list"))
    }
    try vault.completeMarks(by: try .person())
    let reader = KnownVersionReader(vault, tenants: tenants)
    newest = Mutex(try Self.values(try reader.refresh() ?? [], of: vault))
    let follower = Follower(reader: reader)
    Thread.detachNewThread { [weak self] in
      while true {
        Thread.sleep(forTimeInterval: Self.interval)
        guard let self else { return }
        self.follow(follower.reader)
      }
    }
  }

  /// Handed to one thread, and used by no other.
  private struct Follower: @unchecked Sendable {
    let reader: KnownVersionReader
  }

  /// What cannot be read leaves in use what was known before, and is said once.
  private func follow(_ reader: KnownVersionReader) {
    do {
      let versions = try reader.refresh()
      problem.withLock { $0 = nil }
      guard let versions else {
        // The order may have come between the stream's look at it and its read.
        if hasNews.load(ordering: .relaxed) { StreamSignals.interrupt() }
        return
      }
      let values = try Self.values(versions, of: vault)
      newest.withLock { $0 = values }
      hasNews.store(true, ordering: .releasing)
      StreamSignals.interrupt()
    } catch {
      let text = (error as? any ExplainedError)?.problem ?? "the vault cannot be read"
      let isNew = problem.withLock { known in
        defer { known = text }
        return known != text
      }
      guard isNew else { return }
      inform(ErrorText.masked("sluice: warning: the values known from before stay in use: \(text)"))
    }
  }

  private static func values(_ versions: [KnownVersion], of vault: Vault) throws -> KnownValues {
    KnownValues(
      versions.map { version in
        (
          KnownValues.Value(
            tenant: version.tenant, path: version.path, version: version.number,
            state: version.stage.rawValue, fingerprint: version.fingerprint),
          version.marks
        )
      }, key: try vault.matchKey(), fingerprints: try vault.fingerprintKey())
  }

  /// Whether another state of the vault waits to be used.
  var isStale: Bool { hasNews.load(ordering: .acquiring) }

  /// The rules with what is known now.
  ///
  /// - Throws: `CompiledRules.Failure` if a value needs a larger window.
  func rules(besides others: CompiledRules) throws -> CompiledRules {
    hasNews.store(false, ordering: .relaxed)
    return try CompiledRules(others, known: newest.withLock { $0 })
  }
}
