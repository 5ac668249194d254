import Foundation
import GRDB
import SluiceAudit
import SluiceCrypto
@testable import SluiceVault
import Synchronization
import Testing

/// A vault in a folder of its own, with a clock that the test sets.
final class TestVault: Sendable {
  let home: String
  let vault: Vault
  let sealer: MaterialSealer
  private let time: Time

  final class Time: Sendable {
    let now = Mutex(UTCTime(microseconds: 1_795_392_000_000_000))
  }

  static let tenant = TestVault.name("acme", "tenant")
  static let other = TestVault.name("globex", "tenant")

  init() throws {
    home = Self.newHome()
    sealer = try Self.sealer(.keyFile(hint: nil))
    let time = Time()
    self.time = time
    vault = try Vault.create(
      home: home, sealer: sealer, by: Self.operator(), clock: { time.now.withLock { $0 } })
    try vault.createTenant(Self.tenant, by: Self.operator())
    try vault.createTenant(Self.other, by: Self.operator())
  }

  /// In memory where the system has such a file system: a test waits for no disk.
  static func newHome() -> String {
    let shared = URL(filePath: "/dev/shm")
    let isWritable = FileManager.default.isWritableFile(atPath: shared.path)
    let parent = isWritable ? shared : FileManager.default.temporaryDirectory
    return parent.appending(path: "sluice-vault-\(UUID().uuidString)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  static func sealer(_ description: SealDescription, _ text: String = "a key") throws
    -> MaterialSealer
  {
    let bytes = Array(text.utf8)
    return try description.sealer(SecretBytes(copying: bytes.span))
  }

  /// The same vault as another process would open it.
  func reopened() throws -> Vault {
    let time = time
    let vault = try Vault.open(home: home, clock: { time.now.withLock { $0 } })
    try vault.unseal(with: sealer)
    return vault
  }

  func wait(seconds: Int64) { time.now.withLock { $0 = $0.advanced(bySeconds: seconds) } }

  /// Changes the store behind the vault's back.
  func tamper(_ sql: String) throws {
    try DatabaseQueue(path: home + "/vault.db").write { try $0.execute(sql: sql) }
  }

  static func name(_ text: String, _ kind: String) -> Name {
    do { return try Name(text, kind: kind) } catch { preconditionFailure("\(error)") }
  }

  static func path(_ text: String) -> SecretPath {
    do { return try SecretPath(text) } catch { preconditionFailure("\(error)") }
  }

  static func `operator`() throws -> Requester { try Requester(.operator("alice")) }

  static func agent(
    _ name: String, of tenant: Name = tenant, context: [String: String] = [:]
  ) throws -> Requester {
    try Requester(.agent(Self.name(name, "agent"), tenant: tenant), context: context)
  }

  @discardableResult
  func put(
    _ value: String, at path: String, of tenant: Name = tenant, isPending: Bool = false,
    by requester: Requester? = nil
  ) throws -> UInt64 {
    let bytes = Array(value.utf8)
    return try vault.put(
      SecretBytes(copying: bytes.span), at: Self.path(path), of: tenant, isPending: isPending,
      by: try requester ?? Self.operator())
  }

  func read(
    _ path: String, version: UInt64? = nil, of tenant: Name = tenant,
    as capability: Capability = .read, by requester: Requester? = nil
  ) throws -> String {
    try Self.text(
      vault.read(
        Self.path(path), version: version, of: tenant, as: capability,
        by: try requester ?? Self.operator()))
  }

  static func text(_ value: SecretValue) -> String {
    value.bytes.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
  }

  var entries: [AuditEntry] {
    get throws {
      var entries: [AuditEntry] = []
      try vault.forEachEntry(in: 0..<10_000) {
        entries.append($0)
        return true
      }
      return entries
    }
  }
}
