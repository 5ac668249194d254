import Foundation
import SluiceAudit
import SluiceCrypto
import Synchronization
import Testing

@testable import SluiceActions
@testable import SluiceVault

/// `sluice`, built beside the test bundle.
let builtProgram: String = {
  let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
  return bundle.resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "sluice").path
}()

/// A clock that a test sets.
final class TestClock: Sendable {
  private let offset = Mutex(Int64(0))

  var read: @Sendable () -> UTCTime {
    { Vault.systemClock().advanced(bySeconds: self.offset.withLock { $0 }) }
  }

  func jump(_ seconds: Int64) { offset.withLock { $0 += seconds } }
}

/// What was said to people.
final class Said: Sendable {
  private let lines = Mutex<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }

  var all: [String] { lines.withLock { $0 } }
}

/// A vault with one target and one secret that it accepts.
final class ActionsVault {
  let vault: Vault
  let tenant: Name
  let path: SecretPath
  private let home: String

  init(
    target: JSONValue, value: String, admin: String? = nil,
    clock: @escaping @Sendable () -> UTCTime = Vault.systemClock
  ) throws {
    let shared = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    home = "\(shared)/sluice-actions-\(UUID().uuidString)"
    let key = Array("a key".utf8)
    vault = try Vault.create(
      home: home,
      sealer: try SealDescription.keyFile(hint: nil).sealer(SecretBytes(copying: key.span)),
      by: try Requester(.operator("tester")), clock: clock)
    tenant = try Name("default", kind: "tenant")
    path = try SecretPath("app/key")
    if let admin { try put(admin, at: "admin") }
    let record = ActionRecord(.target, "t", of: tenant, body: target)
    _ = try Target(name: "t", target)
    try vault.put(record, as: ActionNote("target.put"), by: Requester(.operator("tester")))
    try put(value, at: path.text, target: "t")
  }

  deinit { try? FileManager.default.removeItem(atPath: home) }

  func put(_ text: String, at path: String, target: String = "", isPending: Bool = false) throws {
    try put(
      text, at: path, attributes: target.isEmpty ? nil : SecretAttributes(target: target),
      isPending: isPending)
  }

  func put(
    _ text: String, at path: String, attributes: SecretAttributes?, isPending: Bool = false
  ) throws {
    let bytes = Array(text.utf8)
    try vault.put(
      SecretBytes(copying: bytes.span), at: try SecretPath(path), of: tenant,
      attributes: attributes, isPending: isPending, by: Requester(.operator("tester")))
  }

  func put(policy: [JSONValue.Member], named name: String = "p") throws {
    _ = try RotationPolicy(name: name, .object(policy))
    try vault.put(
      ActionRecord(.policy, name, of: tenant, body: .object(policy)),
      as: ActionNote("policy.put"), by: Requester(.operator("tester")))
  }

  func rotate(value: String? = nil, attempts: Int = 2) async throws -> Rotation {
    var pace = RotationPace()
    pace.drain = .zero
    pace.attempts = attempts
    let supplied = value.map { text in
      let bytes = Array(text.utf8)
      return SecretValue(SecretBytes(copying: bytes.span), version: 0)
    }
    return try await Rotator(vault: vault, by: Requester(.operator("tester"))).rotate(
      path, of: tenant, reason: "manual", pace: pace, value: supplied)
  }

  func revoke() async throws -> Revocation {
    let revoker = Revoker(vault: vault, by: try Requester(.operator("tester")))
    return try await revoker.revoke(
      revoker.selection(path, of: tenant), of: tenant, reason: "manual")
  }

  func text(_ version: UInt64? = nil) throws -> String {
    let value = try vault.withdraw(
      path, version: version, of: tenant, for: "test", by: Requester(.operator("tester")))
    return SecretText.string(value)
  }

  var stages: [Stage] {
    get throws { try vault.facts(of: path, of: tenant)?.versions.map(\.stage) ?? [] }
  }
}

extension JSONValue {
  /// An object of texts.
  static func texts(_ members: [String: String]) -> JSONValue {
    .object(members.map { .init($0.key, .string($0.value)) })
  }
}
