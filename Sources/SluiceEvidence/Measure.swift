/// Something that a log can be asked for as evidence.
///
/// Controls name measures; each is computed in exactly one place.
package enum Measure: String, Sendable, CaseIterable {
  case accesses, denials, identities, grants, tokens, authentications
  case values, rotations, revocations
  case leaks
  case leakResponse = "leak-response"
  case keys, destructions
  case integrity, checkpoints, reviews, content, clock, retention, space, policy, cryptography

  package var title: String {
    switch self {
    case .accesses: "Secrets given out"
    case .denials: "Requests denied"
    case .identities: "Agents and tenants made, disabled, removed"
    case .grants: "Rights granted and withdrawn"
    case .tokens: "Tokens made and withdrawn"
    case .authentications: "Agents that proved who they are"
    case .values: "Values stored"
    case .rotations: "Credentials rotated"
    case .revocations: "Credentials revoked"
    case .leaks: "Leaks found"
    case .leakResponse: "Time from leak to revocation"
    case .keys: "Encryption keys changed"
    case .destructions: "Values and tenants destroyed"
    case .integrity: "The log verified"
    case .checkpoints: "Checkpoints signed"
    case .reviews: "The log read, proved, exported"
    case .content: "What each entry says"
    case .clock: "Order of time"
    case .retention: "Entries kept and removed"
    case .space: "Room on disk"
    case .policy: "Audit policy changed"
    case .cryptography: "Cryptography in use"
    }
  }

  /// Which operations count, for measures that count operations.
  func counts(_ operation: String) -> Bool {
    let family = operation.prefix { $0 != "." }
    return switch self {
    case .accesses: ["secret.read", "secret.inject"].contains(operation)
    case .identities:
      [
        "agent.create", "agent.disable", "agent.enable", "tenant.create", "tenant.destroy",
        "vault.init",
      ].contains(operation) || family == "role"
    case .grants: ["agent.grant", "agent.ungrant"].contains(operation)
    case .tokens: ["agent.token", "agent.revoke-token"].contains(operation)
    case .authentications: operation == "agent.authenticate"
    case .values: ["secret.put", "rotation.store"].contains(operation)
    case .rotations: operation == "rotation.promote"
    case .revocations: operation == "secret.revoke"
    case .keys: operation == "vault.rekey-end" || operation == "tenant.rekey"
    case .destructions:
      ["secret.destroy", "tenant.destroy", "audit.erase", "audit.expire"].contains(operation)
    case .checkpoints: operation == "audit.checkpoint" || operation == "audit.cosign"
    case .reviews:
      ["audit.list", "audit.prove", "audit.export", "audit.report", "secret.find"]
        .contains(operation)
    case .policy: operation == "audit.policy" || family == "policy" || family == "target"
    case .space: operation == "audit.space-alarm"
    case .leaks: LeakOperation.finds(operation)
    case .denials, .leakResponse, .integrity, .content, .clock, .retention, .cryptography: false
    }
  }
}

/// Operations by which a leak enters the log, and by which it ends.
enum LeakOperation {
  static func finds(_ operation: String) -> Bool {
    operation == "incident.open"
  }

  static func ends(_ operation: String) -> Bool {
    ["secret.revoke", "rotation.settle", "secret.destroy", "incident.close"].contains(operation)
  }
}
