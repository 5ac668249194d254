internal import SluiceAudit

/// One measure of a report, in words and numbers.
package struct Evidence: Sendable, Hashable {
  package enum State: String, Sendable {
    /// There is something to look at.
    case present
    /// Nothing of the kind happened in the period.
    case none
    /// Somebody should look at it.
    case attention
  }

  package let measure: Measure
  package let state: State
  /// The number, or the word, that answers it.
  package let value: String
  package let detail: String
  /// Over the parts of the period; nil where time says nothing.
  package let series: Series?
}

extension EvidenceReport {
  /// A measure's answer for the period.
  package func evidence(_ measure: Measure) -> Evidence {
    let series = statistics[measure]
    func made(
      _ state: Evidence.State, _ value: String, _ detail: String, _ series: Series? = nil
    ) -> Evidence {
      Evidence(measure: measure, state: state, value: value, detail: detail, series: series)
    }
    func counted(_ detail: String, _ series: Series) -> Evidence {
      made(series.total > 0 ? .present : .none, Number.text(series.total), detail, series)
    }
    switch measure {
    case .accesses:
      return counted("\(Number.text(statistics.secrets.count)) different secrets asked for", series)
    case .denials:
      return counted("each with its reason; see the exceptions", series)
    case .identities:
      return counted(
        "now \(Number.text(inventory.agents)) enabled agents, \(Number.text(inventory.tenants)) tenants",
        series)
    case .grants, .tokens, .keys, .destructions:
      return counted(operations(of: measure), series)
    case .policy:
      return counted("each entry holds the policy as it was set", series)
    case .authentications: return counted("by token; refused ones are among the denials", series)
    case .values: return counted("encrypted under a key of their own each", series)
    case .rotations:
      let renewed = statistics.renewals
      let state: Evidence.State =
        !late.isEmpty || !failing.isEmpty ? .attention : renewed.total > 0 ? .present : .none
      return made(
        state, Number.text(renewed.total),
        "\(Number.text(soonDue.count)) due within 30 days, \(Number.text(late.count)) late, "
          + "\(Number.text(failing.count)) failing, of "
          + "\(Number.text(inventory.credentials.count { $0.due != nil })) under a policy",
        renewed)
    case .revocations: return counted("never given out again", series)
    case .leaks:
      return made(
        statistics.openLeaks > 0 ? .attention : series.total > 0 ? .present : .none,
        Number.text(series.total),
        series.total == 0
          ? "none was reported to the vault in the period"
          : "\(Number.text(statistics.openLeaks)) not yet revoked", series)
    case .leakResponse:
      guard let times = statistics.responseQuantiles else {
        return made(.none, "–", "no leak was answered in the period")
      }
      return made(
        .present, Elapsed.text(times.median),
        "median of \(Number.text(statistics.responses.count)); nine of ten within "
          + Elapsed.text(times.ninth))
    case .integrity:
      return made(
        .present, "intact",
        "\(Number.text(Int(verification.size))) entries, from the first on, fit the signed root")
    case .checkpoints:
      return made(
        .present, Number.text(checkpointCount),
        "signed by \(verification.signers.joined(separator: ", ")); all fit the log", series)
    case .reviews: return counted(operations(of: measure), series)
    case .content:
      return made(
        statistics.entries > 0 ? .present : .none, Number.text(statistics.entries),
        "entries with time, actor, operation, decision, request, host and process each")
    case .clock:
      return made(
        series.total > 0 ? .attention : .present, series.total > 0 ? "\(series.total) ×" : "kept",
        series.total > 0
          ? "the clock was set back; entries kept their order and say by how much"
          : "no entry is older than the one in front of it")
    case .retention:
      return made(
        .present, Number.text(Int(verification.size - verification.expired)),
        verification.expired > 0
          ? "kept; the first \(Number.text(Int(verification.expired))) were removed by policy, on "
            + "record, their hashes kept"
          : "kept since the log began; none was removed")
    case .space:
      return made(
        series.total > 0 ? .attention : .present, series.total > 0 ? "\(series.total) ×" : "enough",
        "an alarm comes early; without room no secret is given out", series)
    case .cryptography:
      return made(
        isValidatedModule ? .present : .attention,
        isValidatedModule ? "validated" : "not validated",
        "AES-256-GCM, HKDF and HMAC with SHA-256, Ed25519, by \(cryptoModule)")
    }
  }

  /// What a control's measures say together: attention outweighs, and something outweighs nothing.
  package func state(_ control: ControlFramework.Control) -> Evidence.State {
    let states = Set(control.measures.map { evidence($0).state })
    return states.contains(.attention) ? .attention : states.contains(.present) ? .present : .none
  }

  private func operations(of measure: Measure) -> String {
    let found = statistics.operations.filter { measure.counts($0.key) && $0.value.allowed > 0 }
    guard !found.isEmpty else { return "none in the period" }
    return found.sorted { $0.key < $1.key }.map { "\(Number.text($0.value.allowed)) \($0.key)" }
      .joined(separator: ", ")
  }

  /// What somebody should look at, the gravest first.
  package var exceptions: [String] {
    var found: [String] = []
    if verification.unsigned > 0 {
      found.append(
        "\(verification.unsigned) entries are behind the newest checkpoint: not yet signed")
    }
    for credential in late.prefix(20) {
      found.append(
        "\(credential.name) was due on \(credential.due?.text.prefix(10) ?? "") and is in use since "
          + String(credential.since.text.prefix(10)))
    }
    if late.count > 20 { found.append("… and \(late.count - 20) more credentials are late") }
    for credential in failing.prefix(20) {
      found.append(
        "\(credential.name) was to be rotated, which failed; see 'sluice rotate policy status'")
    }
    if failing.count > 20 { found.append("… and \(failing.count - 20) more rotations fail") }
    if statistics.openLeaks > 0 {
      found.append("leaked and not revoked yet: \(statistics.openLeaks)")
    }
    func entries(_ numbers: [UInt64]) -> String {
      numbers.prefix(8).map(String.init).joined(separator: ", ")
        + (numbers.count > 8 ? " and others" : "")
    }
    if !statistics.clockGuards.isEmpty {
      found.append("the clock was set back: entries \(entries(statistics.clockGuards))")
    }
    if !statistics.spaceAlarms.isEmpty {
      found.append("the disk was running full: entries \(entries(statistics.spaceAlarms))")
    }
    if !statistics.failures.isEmpty {
      found.append("checkpoints did not get outside: entries \(entries(statistics.failures))")
    }
    if !isComplete { found.append("the period is not over: what follows is not in this report") }
    return found
  }
}

/// Numbers for people.
package enum Number {
  /// With thin spaces between groups of three digits.
  package static func text(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "\u{2009}" }
      text.append(digit)
    }
    return (number < 0 ? "−" : "") + text
  }
}

package enum Elapsed {
  /// `0.42 s`, `3 min`, `5 h`, `2 d`.
  package static func text(_ microseconds: Int64) -> String {
    let seconds = microseconds / 1_000_000
    switch seconds {
    case ..<10:
      let hundredths = microseconds / 10_000
      let rest = hundredths % 100
      return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) s"
    case ..<120: return "\(seconds) s"
    case ..<7200: return "\(seconds / 60) min"
    case ..<172_800: return "\(seconds / 3600) h"
    default: return "\(seconds / 86_400) d"
    }
  }
}
