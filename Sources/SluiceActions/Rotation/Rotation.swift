package import SluiceAudit
package import SluiceVault

/// One change of a secret, from the first thought to the end of the old value.
///
/// A value without a clock and without a network: the shell (`Rotator`) asks which steps are next,
/// stores the rotation, does the first of them and tells what came of it. What is stored before a
/// step says that the step may have happened, so that every step may be done again after a crash
/// (G9). An event that does not fit the phase, such as one that comes twice, asks for nothing.
///
/// ```
/// drafting ─► provisioning ─► testing ─► promoting ─► draining ─► revoking ─► complete
///    │  ▲          │             │           │
///    ▼  │          └─────────────┴───────────┴──► undoing ─► failed
/// waiting
/// ```
/// Until `promoting` is done, the old version is current; from then on the new one is.
package struct Rotation: Sendable, Hashable {
  package enum Phase: String, Sendable, CaseIterable {
    /// The new value is being thought of; nothing was done at the target.
    case drafting
    /// Somebody has to supply the new value.
    case waiting
    /// The new value is, or is about to be, put in place at the target.
    case provisioning
    case testing
    case promoting
    /// Both values work; who holds the old one gets time to fetch the new one.
    case draining
    /// The old value is being taken away at the target.
    case revoking
    case complete
    /// The new value did not prove itself and is being taken away again.
    case undoing
    case failed

    package var isFinal: Bool { self == .complete || self == .failed }
  }

  package enum Step: Sendable, Hashable {
    case draft, provision, test, promote, drain(until: UTCTime), revoke, undo
    /// Nothing before then.
    case pause(until: UTCTime)
  }

  package enum Event: Sendable, Hashable {
    /// Somebody takes the rotation on, for the first time or after a crash.
    case resumed
    case drafted
    /// The new value has to come from an operator.
    case needsValue
    case provisioned
    case tested
    case promoted
    case drained
    case revoked
    case undone
    case failed(Failure)
    /// The new version was revoked while it was on its way.
    case newVersionRevoked
  }

  /// Why a step did not succeed.
  package struct Failure: Sendable, Hashable {
    package var problem: String
    package var remedy: String?
    /// Whether the same step may succeed a little later.
    package var isTransient: Bool
    /// Whether the target is certainly as it was before the step.
    package var isUntouched: Bool

    package init(
      _ problem: String, remedy: String? = nil, isTransient: Bool = false,
      isUntouched: Bool = false
    ) {
      self.problem = problem
      self.remedy = remedy
      self.isTransient = isTransient
      self.isUntouched = isUntouched
    }
  }

  package let id: String
  package let tenant: Name
  package let path: SecretPath
  /// Who wanted it: `manual`, `policy NAME`, `incident NAME`.
  package let reason: String
  package let started: UTCTime
  package private(set) var pace: RotationPace

  package internal(set) var phase = Phase.drafting
  package internal(set) var oldVersion: UInt64?
  package internal(set) var newVersion: UInt64?
  /// What the connector wants to remember of this version, such as an identifier at the target.
  package internal(set) var notes: [String: String] = [:]
  /// The same for the old version.
  package internal(set) var oldNotes: [String: String] = [:]
  /// Failures of the step that is next, since somebody took it on.
  package internal(set) var attempts = 0
  /// How often it was left lying.
  package internal(set) var stalls = 0
  /// When it is worth trying again.
  package internal(set) var nextAttempt: UTCTime?
  package internal(set) var drainsUntil: UTCTime?
  /// Whether the target may know the new value.
  package internal(set) var isTouched = false
  package internal(set) var problem: String?
  package internal(set) var remedy: String?
  /// When each phase was entered last.
  package internal(set) var entered: [Phase: UTCTime] = [:]

  package init(
    id: String, tenant: Name, path: SecretPath, reason: String, pace: RotationPace,
    oldVersion: UInt64?, oldNotes: [String: String] = [:], at time: UTCTime
  ) {
    self.id = id
    self.tenant = tenant
    self.path = path
    self.reason = reason
    self.pace = pace
    self.oldVersion = oldVersion
    self.oldNotes = oldNotes
    started = time
    entered[.drafting] = time
  }

  /// What an event leads to.
  ///
  /// - Parameters:
  ///   - event: what happened.
  ///   - time: when.
  /// - Returns: the steps that are next, in order; none if nothing is left to do now.
  package mutating func advance(_ event: Event, at time: UTCTime) -> [Step] {
    switch (event, phase) {
    case (.resumed, _): return resume(at: time)
    case (.drafted, .drafting), (.drafted, .waiting): return enter(.provisioning, time)
    case (.needsValue, .drafting): return enter(.waiting, time)
    case (.provisioned, .provisioning): return enter(.testing, time)
    case (.tested, .testing): return enter(.promoting, time)
    case (.promoted, .promoting):
      drainsUntil = time.advanced(by: pace.drain)
      return enter(.draining, time)
    case (.drained, .draining): return enter(.revoking, time)
    case (.revoked, .revoking): return enter(.complete, time)
    case (.undone, .undoing): return enter(.failed, time)
    case (.newVersionRevoked, .drafting), (.newVersionRevoked, .provisioning),
      (.newVersionRevoked, .testing), (.newVersionRevoked, .promoting):
      return giveUp(
        Failure("the new version was revoked while it was on its way"), time)
    case (.failed(let failure), _): return fail(failure, time)
    default: return []
    }
  }

  /// Takes another pace, if nothing was done yet.
  package mutating func adopt(_ pace: RotationPace) {
    if phase == .waiting { self.pace = pace }
  }

  /// Others know the old value by now: no more waiting.
  package mutating func hurry() {
    pace.drain = .zero
    pace.notice = .zero
    pace.isEmergency = true
    if drainsUntil != nil { drainsUntil = started }
  }

  private var nextSteps: [Step] {
    switch phase {
    case .drafting: [.draft]
    case .provisioning: [.provision]
    case .testing: [.test]
    case .promoting: [.promote]
    case .draining: drainsUntil.map { [.drain(until: $0)] } ?? []
    case .revoking: [.revoke]
    case .undoing: [.undo]
    case .waiting, .complete, .failed: []
    }
  }

  private mutating func resume(at time: UTCTime) -> [Step] {
    attempts = 0
    nextAttempt = nil
    // A clock that was set back must not stretch the drain.
    if let until = drainsUntil { drainsUntil = min(until, time.advanced(by: pace.drain)) }
    if phase == .provisioning { isTouched = true }
    return phase == .waiting ? [.draft] : nextSteps
  }

  private mutating func enter(_ phase: Phase, _ time: UTCTime) -> [Step] {
    self.phase = phase
    attempts = 0
    stalls = 0
    nextAttempt = nil
    if phase != .undoing && phase != .failed {
      problem = nil
      remedy = nil
    }
    if phase == .testing { isTouched = true }
    entered[phase] = time
    return nextSteps
  }

  private mutating func fail(_ failure: Failure, _ time: UTCTime) -> [Step] {
    guard !phase.isFinal, phase != .waiting, phase != .draining else { return [] }
    attempts += 1
    if !failure.isUntouched && phase == .provisioning { isTouched = true }
    if failure.isTransient && attempts < pace.attempts {
      problem = failure.problem
      remedy = failure.remedy
      let pause = time.advanced(by: pace.pause(beforeAttempt: attempts))
      return [.pause(until: pause)] + nextSteps
    }
    switch phase {
    case .drafting, .provisioning, .testing, .promoting: return giveUp(failure, time)
    default:
      // The new value is live, or the old one is again: what is left is tidying up, later.
      stalls += 1
      problem = failure.problem
      remedy = failure.remedy
      nextAttempt = time.advanced(by: pace.pause(beforeRound: stalls))
      return []
    }
  }

  private mutating func giveUp(_ failure: Failure, _ time: UTCTime) -> [Step] {
    problem = failure.problem
    remedy = failure.remedy
    return enter(isTouched ? .undoing : .failed, time)
  }
}

extension UTCTime {
  package func advanced(by duration: Duration) -> UTCTime {
    let parts = duration.components
    return UTCTime(
      microseconds: microseconds + parts.seconds * 1_000_000 + parts.attoseconds / 1_000_000_000_000
    )
  }

  /// How long after `other` this is.
  package func since(_ other: UTCTime) -> Duration {
    .microseconds(microseconds - other.microseconds)
  }
}
