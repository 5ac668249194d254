internal import SluiceRegex
package import SluiceRules

/// One rule on one text, step by step: what the prefilter saw, how far the expression got, what
/// each validator said.
///
/// Says where things are and of what kind they are, never what they are: a text that a rule
/// should have found is a secret all the same (G3). Anchors are words of the rule, not of the text.
package struct RuleTrial {
  /// One step, as a heading and its text.
  package struct Step: Sendable, Hashable {
    package let stage: String
    package let text: String
    /// Whether the text got past it.
    package let isPassed: Bool
  }

  package let rule: String
  package private(set) var steps: [Step] = []
  /// The secrets that the rule finds by itself.
  package private(set) var secrets: [Range<Int>] = []
  /// Whether an anchor stands in the text, or the rule has none.
  package private(set) var isTried = false

  /// Places that are explained; a log may hold thousands.
  private static let mostPlaces = 8
  private static let longestAttempt = 128 * 1024

  private let places: TextPlaces

  /// - Parameters:
  ///   - planned: the rule.
  ///   - text: what it is tried on.
  /// - Throws: `PatternError`, which a planned rule does not.
  package init(_ planned: PlannedRule, on text: [UInt8]) throws {
    rule = planned.rule.id
    places = TextPlaces(text)
    let anchors = Self.occurrences(of: planned.plan.anchors, in: text)
    guard planned.plan.anchors.isEmpty || !anchors.isEmpty else {
      add("prefilter", "none of its anchors is in the text: the expression is not tried", false)
      return
    }
    isTried = true
    var matcher = ReferenceMatcher(
      planned, expressions: try ReferenceMatcher.Expressions(of: planned.rule),
      longestAttempt: Self.longestAttempt)
    secrets = matcher.secrets(in: text.span)
    var attempt = try ExpressionTrial(planned)
    if planned.plan.anchors.isEmpty {
      add("prefilter", "has no anchor: tried at every byte that it can start with", true)
      let starts = text.indices.filter { planned.plan.startBytes.contains(text[$0]) }
      explain(&attempt, starts, in: text, planned)
      return
    }
    for anchor in anchors.prefix(Self.mostPlaces) {
      let literal = String(decoding: anchor.literal.bytes, as: UTF8.self)
      add("prefilter", "anchor '\(literal)' at \(places.name(of: anchor.offset))", true)
      let first = max(0, anchor.offset - planned.plan.lead.upperBound)
      let last = anchor.offset - planned.plan.lead.lowerBound
      guard first <= last else {
        add("expression", "a match would begin before the text", false)
        continue
      }
      let starts = (first...last).filter { planned.plan.startBytes.contains(text[$0]) }
      explain(&attempt, starts, in: text, planned)
    }
    if anchors.count > Self.mostPlaces {
      add("prefilter", "\(anchors.count - Self.mostPlaces) more anchors are not shown", true)
    }
  }

  private mutating func add(_ stage: String, _ text: String, _ isPassed: Bool) {
    steps.append(Step(stage: stage, text: text, isPassed: isPassed))
  }

  // MARK: - Expression

  private mutating func explain(
    _ attempt: inout ExpressionTrial, _ starts: [Int], in text: [UInt8], _ planned: PlannedRule
  ) {
    var farthest: (start: Int, end: Int)?
    for start in starts {
      switch attempt.outcome(at: start, in: text) {
      case .match(let match, let secret):
        add("expression", "matches \(places.name(of: match))", true)
        if planned.rule.boundary != .none {
          add("boundary", "\(planned.rule.boundary.rawValue) holds on both sides", true)
        }
        judge(secret, in: text, planned)
        return
      case .beside(let match):
        add("expression", "matches \(places.name(of: match)) without its boundary", true)
        add("boundary", boundaryProblem(of: planned.rule.boundary, around: match, in: text), false)
        return
      case .gaveUp:
        add("expression", "gives up at \(places.name(of: start)): the record is masked", true)
        return
      case .stopped(let end):
        if end > farthest?.end ?? -1 { farthest = (start, end) }
      }
    }
    guard let farthest else {
      add("expression", "no byte near here can begin a match", false)
      return
    }
    add(
      "expression",
      "fits from \(places.name(of: farthest.start)) for \(farthest.end - farthest.start) bytes, "
        + "then \(places.kind(at: farthest.end)) cannot follow", false)
  }

  private func boundaryProblem(
    of boundary: Boundary, around match: Range<Int>, in text: [UInt8]
  ) -> String {
    "\(boundary.rawValue) refuses: before it is \(places.kind(at: match.lowerBound - 1)), "
      + "after it \(places.kind(at: match.upperBound)); one of them could continue the token"
  }

  // MARK: - Validators

  private mutating func judge(_ secret: Range<Int>, in text: [UInt8], _ planned: PlannedRule) {
    let bytes = text.span.extracting(secret)
    for validator in planned.rule.validators {
      let accepts = validator.accepts(bytes)
      let (key, value) = validator.spelling
      add("validator", "\(key): \(value) \(accepts ? "accepts" : "refuses")", accepts)
    }
    if secrets.contains(secret) {
      add("secret", "\(places.name(of: secret)), \(secret.count) bytes", true)
    } else if planned.rule.validators.allSatisfy({ $0.accepts(bytes) }) {
      add("secret", "\(places.name(of: secret)) is inside of one that was found before", false)
    }
  }

  // MARK: - Anchors

  private struct Occurrence {
    let offset: Int
    let literal: RulePlan.Literal
  }

  private static func occurrences(
    of literals: [RulePlan.Literal], in text: [UInt8]
  ) -> [Occurrence] {
    var found: [Occurrence] = []
    for offset in text.indices {
      for literal in literals where offset + literal.bytes.count <= text.count {
        let isHere = literal.bytes.indices.allSatisfy { index in
          let byte = text[offset + index]
          return byte == literal.bytes[index]
            || literal.isCaseless && byte &- 0x41 < 26 && byte | 0x20 == literal.bytes[index]
        }
        if isHere { found.append(Occurrence(offset: offset, literal: literal)) }
      }
    }
    return found
  }
}
