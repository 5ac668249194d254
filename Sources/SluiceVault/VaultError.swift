/// Why the vault did not do what it was asked to.
package enum VaultError: Error, Hashable {
  case notInitialised(home: String)
  case alreadyInitialised(home: String)
  /// The home or the key file could be read by others.
  case openToOthers(path: String)
  case wrongName(kind: String, name: String, rule: String)
  /// The vault is sealed and the operation needs its keys.
  case isSealed
  /// What was given does not open the root key.
  case cannotUnseal(kind: String)
  case unknown(kind: String, name: String)
  case exists(kind: String, name: String)
  /// Another process was faster: nothing was changed.
  case changedMeanwhile(what: String)
  /// Policy says no; the reason is on record.
  case denied(reason: String)
  case tokenRejected(reason: String)
  /// A record does not open, or does not fit its authenticator: somebody changed the store.
  case damaged(what: String)
  case invalid(problem: String)
  /// The store failed: nothing was changed, and nothing was released.
  case store(problem: String)
  case cryptography(problem: String)
  /// Policy keeps what space is left for the log.
  case noSpace(freeMegabytes: UInt64)

  package var problem: String {
    switch self {
    case .notInitialised(let home): "there is no vault in '\(home)'"
    case .alreadyInitialised(let home): "there is a vault in '\(home)' already"
    case .openToOthers(let path): "'\(path)' can be read by others"
    case .wrongName(let kind, let name, let rule): "'\(name)' is no \(kind): \(rule)"
    case .isSealed: "the vault is sealed"
    case .cannotUnseal(let kind): "the \(kind) given does not unseal this vault"
    case .unknown(let kind, let name): "there is no \(kind) '\(name)'"
    case .exists(let kind, let name): "there is a \(kind) '\(name)' already"
    case .changedMeanwhile(let what): "\(what) was changed by another process meanwhile"
    case .denied(let reason): "denied: \(reason)"
    case .tokenRejected(let reason): "the token was rejected: \(reason)"
    case .damaged(let what): "\(what) was changed from outside: it does not fit its seal"
    case .invalid(let problem): problem
    case .store(let problem): "the store failed, nothing was changed: \(problem)"
    case .cryptography(let problem): "OpenSSL failed: \(problem)"
    case .noSpace(let megabytes):
      "the disk has \(megabytes) MB left: no secret is given out or taken in"
    }
  }

  package var remedy: String? {
    switch self {
    case .notInitialised: "run 'sluice vault init', or set SLUICE_HOME to where it is"
    case .openToOthers(let path): "chmod go= '\(path)'"
    case .isSealed: "give the key file, the passphrase or the shares that it was sealed with"
    case .cannotUnseal: "check that it belongs to this vault; see 'sluice vault status'"
    case .changedMeanwhile: "look at it again, and repeat"
    case .denied: "'sluice agent can' explains; 'sluice agent grant' allows"
    case .tokenRejected: "make a new one with 'sluice agent token'"
    case .damaged: "run 'sluice audit verify', restore from a backup, rotate what was in it"
    case .store: "check free space and permissions of the vault's directory"
    case .noSpace: "free space, or remove old entries: 'sluice audit expire'"
    default: nil
    }
  }

  /// Whether policy, and not a fault or a mistake, is the reason.
  package var isDenial: Bool {
    switch self {
    case .denied, .tokenRejected: true
    default: false
    }
  }
}
