package import SluiceVault

/// Why a target did not do what it was asked to.
package enum ConnectorError: Error, Hashable {
  /// Nobody answered; the target is as it was.
  case unreachable(String)
  /// No answer in time; what was asked may have been done.
  case timedOut(String)
  /// The administrator's credential is wrong or may not do it; the target is as it was.
  case adminRefused(String)
  /// The target does not accept the credential that it should accept.
  case credentialRefused(String)
  /// The target said no to what was asked.
  case rejected(String)
  /// The target's description cannot be right.
  case misconfigured(String)
  /// A program or library that is needed is not there.
  case missing(String, remedy: String)
  /// The vault failed, not the target.
  case vault(VaultError)

  package var problem: String {
    switch self {
    case .unreachable(let what): "the target cannot be reached: \(what)"
    case .timedOut(let what): "the target did not answer in time: \(what)"
    case .adminRefused(let what): "the target refused the administrator's credential: \(what)"
    case .credentialRefused(let what): "the target does not accept the credential: \(what)"
    case .rejected(let what): "the target refused: \(what)"
    case .misconfigured(let what): what
    case .missing(let what, _): what
    case .vault(let error): error.problem
    }
  }

  package var remedy: String? {
    switch self {
    case .unreachable, .timedOut: "see that the target is up"
    case .adminRefused: "put the right credential into the vault path that 'admin' names"
    case .credentialRefused, .rejected: "look into the target's log"
    case .misconfigured: "correct the target with 'sluice rotate target put'"
    case .missing(_, let remedy): remedy
    case .vault(let error): error.remedy
    }
  }

  package var failure: Rotation.Failure {
    var failure = Rotation.Failure(problem, remedy: remedy)
    switch self {
    case .unreachable:
      failure.isTransient = true
      failure.isUntouched = true
    case .timedOut, .credentialRefused: failure.isTransient = true
    case .adminRefused, .misconfigured, .missing: failure.isUntouched = true
    case .rejected, .vault: break
    }
    return failure
  }
}
