package import SluiceCrypto
internal import SluiceRegex
package import SluiceRules
internal import Synchronization

/// A rule set made ready to scan; shared by all scanners, which may run on several threads.
///
/// Expressions are compiled when the first candidate asks for them: most streams need few of many
/// hundred rules, and compiling all would be most of the time that it takes to start.
package final class CompiledRules: Sendable {
  /// Why a rule set cannot be scanned with the given limits.
  package struct Failure: ExplainedError, Hashable {
    package let problem: String
    package let remedy: String?
  }

  /// What the scanner reads for each candidate, in one flat array.
  struct Hot: BitwiseCopyable {
    let shortestLead: UInt64
    let longestLead: UInt64
    let startBytes: ByteSet
    let continuation: ByteSet
    let rank: UInt8
    let hasValidators: Bool
    /// Whether an attempt of the rule goes on only behind what nothing but a secret begins with.
    let isDistinct: Bool
    let isOutlined: Bool
  }

  package let rules: [PlannedRule]
  let hot: [Hot]
  private let compiled: Compiled
  let outlineUse: OutlineUse
  package let limits: ScanLimits
  let prefilter: Prefilter
  /// Rules without an anchor: tried at every byte they can start with.
  let unanchored: [RuleIndex]
  /// Most bytes a match can start before its anchor, and the bytes that can stand there.
  let longestLead: Int
  let leadBytes: ByteSet
  /// Bytes before the settled mark that must stay in the window.
  package let contextLength: Int
  /// The most that `Scanner.contextLength` will ever be.
  package var longestContext: Int {
    limits.decodingDepth == 0
      ? contextLength : max(contextLength, Decoding.blockLength(for: limits))
  }
  /// Bytes that may be held besides the window: an unfinished anchor and what may stand before it.
  package let holdOverhead: Int
  let largestGroupCount: Int
  /// Values that are looked for besides; each has a rule of its own behind all others.
  let values: ExactValues?
  /// The rule of the first value.
  let firstValueRule: Int
  /// Values that are looked for by what is known of them; their rule is the last of all.
  package let known: KnownValues?

  /// What is compiled when it is first needed, for rule sets that differ in known values only.
  private final class Compiled: Sendable {
    let patterns: Mutex<[Pattern?]>
    /// The second optional says that there is none.
    let outlines: Mutex<[ByteProgram??]>

    init(ruleCount: Int) {
      patterns = Mutex(Array(repeating: nil, count: ruleCount))
      outlines = Mutex(Array(repeating: nil, count: ruleCount))
    }
  }

  /// - Parameters:
  ///   - set: the rules.
  ///   - limits: what bounds memory and time.
  ///   - kernel: how the prefilter is computed.
  ///   - values: are looked for besides.
  ///   - outlineUse: when outlines spare PCRE2 calls; differs only in tests.
  /// - Throws: `Failure` if a rule of bounded length, or a value, needs a larger window.
  package init(
    _ set: RuleSet, limits: ScanLimits = ScanLimits(), kernel: PrefilterKernel = .best,
    values: ExactValues? = nil, outlineUse: OutlineUse = .whenWorthIt
  ) throws(Failure) {
    let allRules = values.map { set.rules + $0.rules } ?? set.rules
    for index in allRules.indices {
      guard let reach = allRules[index].plan.reach, reach > limits.longestAttempt else { continue }
      throw Failure(
        problem: "rule '\(allRules[index].rule.id)' looks at up to \(reach) bytes, the window has "
          + "room for \(limits.longestAttempt)",
        remedy: "use a window of \(2 * reach) bytes or more, or bound the expression")
    }
    rules = allRules
    self.values = values
    firstValueRule = set.rules.count
    self.limits = limits
    self.outlineUse = outlineUse
    known = nil
    compiled = Compiled(ruleCount: allRules.count)
    hot = allRules.map(Hot.init)
    var literals: [Prefilter.Literal] = []
    var unanchored: [RuleIndex] = []
    var (longestLead, leadBytes, contextLength, largestGroupCount) = (0, ByteSet(), 1, 0)
    literals.reserveCapacity(2 * set.rules.count)
    // PERF: a copy of a plan costs more than all that is done with it here.
    for position in set.rules.indices {
      let rule = RuleIndex(position)
      for anchor in set.rules[position].plan.anchors {
        literals.append(Prefilter.Literal(rule: rule, literal: anchor))
      }
      contextLength = max(contextLength, set.rules[position].plan.lookbehind)
      largestGroupCount = max(largestGroupCount, set.rules[position].plan.groupCount)
      guard !set.rules[position].plan.anchors.isEmpty else {
        unanchored.append(rule)
        continue
      }
      let lead = set.rules[position].plan.lead.upperBound
      guard lead > 0 else { continue }
      longestLead = max(longestLead, lead)
      leadBytes = leadBytes.union(set.rules[position].plan.leadBytes)
    }
    prefilter = Prefilter(literals: literals, kernel: kernel)
    holdOverhead = longestLead + prefilter.longestLiteral
    (self.unanchored, self.longestLead, self.leadBytes) = (unanchored, longestLead, leadBytes)
    (self.contextLength, self.largestGroupCount) = (contextLength, largestGroupCount)
  }

  /// The same rules and limits, with other known values besides.
  ///
  /// - Throws: `Failure` if a value needs a larger window.
  package init(_ others: CompiledRules, known: KnownValues) throws(Failure) {
    guard known.reach <= others.limits.longestAttempt else {
      throw Failure(
        problem: "a value of the vault takes up to \(known.reach) bytes, the window has room "
          + "for \(others.limits.longestAttempt)",
        remedy: "use a window of \(2 * known.reach) bytes or more")
    }
    let isKnowing = others.known != nil
    rules = isKnowing ? others.rules : others.rules + [KnownValues.rule]
    hot = isKnowing ? others.hot : others.hot + [Hot(KnownValues.rule)]
    self.known = known
    (compiled, outlineUse, limits) = (others.compiled, others.outlineUse, others.limits)
    (prefilter, unanchored) = (others.prefilter, others.unanchored)
    (longestLead, leadBytes) = (others.longestLead, others.leadBytes)
    (contextLength, holdOverhead) = (others.contextLength, others.holdOverhead)
    largestGroupCount = others.largestGroupCount
    (values, firstValueRule) = (others.values, others.firstValueRule)
  }

  /// Whether values are looked for, which are wiped when this goes.
  package var holdsValues: Bool { values != nil || known != nil }

  /// Whether a finding of the rule is one of the values that are looked for.
  package func isValue(_ rule: RuleIndex) -> Bool { rule.position >= firstValueRule }

  /// Whether the finding is one of the values that are looked for, also if a rule names it.
  package func isValue(_ finding: Finding) -> Bool { finding.known > 0 || isValue(finding.rule) }

  /// What stands for the value that was found; nil if a rule found it.
  package func valueFingerprint(of finding: Finding) -> Fingerprint? {
    if let value = knownValue(of: finding) { return value.fingerprint }
    guard isValue(finding.rule), let values else { return nil }
    return values.values[finding.rule.position - firstValueRule].fingerprint
  }

  /// The version of a secret that was found; nil if it was not known.
  package func knownValue(of finding: Finding) -> KnownValues.Value? {
    guard finding.known > 0 else { return nil }
    return known?.values[Int(finding.known) - 1]
  }

  /// The compiled expression of a rule.
  func pattern(of rule: RuleIndex) -> Pattern {
    compiled.patterns.withLock { patterns in
      if let pattern = patterns[rule.position] { return pattern }
      do {
        let pattern = try Pattern(
          rules[rule.position].rule.boundedExpression, start: .anchored)
        patterns[rule.position] = pattern
        return pattern
      } catch {
        // `PlannedRule` compiled it once before.
        preconditionFailure("an expression that compiled does not compile any more")
      }
    }
  }

  /// The outline of a rule; nil if it is not worth having.
  func outline(of rule: RuleIndex) -> ByteProgram? {
    compiled.outlines.withLock { outlines in
      if let outline = outlines[rule.position] { return outline }
      let outline = RegexNode.outline(of: rules[rule.position].rule.boundedExpression)
      outlines[rule.position] = .some(outline)
      return outline
    }
  }

  /// Chooses where the prefilter looks for each anchor; for the built-in rules this is done when
  /// they are built.
  package static func placingAnchors(of rules: [PlannedRule]) -> [PlannedRule] {
    let literals = rules.enumerated().flatMap { position, planned in
      planned.plan.anchors.map { Prefilter.Literal(rule: RuleIndex(position), literal: $0) }
    }
    var placements = PrefilterPlan(literals: literals).placements[...]
    return rules.map { planned in
      var planned = planned
      for index in planned.plan.anchors.indices {
        planned.plan.anchors[index].placement = placements.popFirst()
      }
      return planned
    }
  }
}

extension CompiledRules.Hot {
  init(_ planned: PlannedRule) {
    let plan = planned.plan
    self.init(
      shortestLead: UInt64(plan.lead.lowerBound), longestLead: UInt64(plan.lead.upperBound),
      startBytes: plan.startBytes, continuation: plan.continuation,
      rank: UInt8(planned.confidence.rank), hasValidators: planned.isValidated,
      isDistinct: !plan.publicPrefixes.isEmpty, isOutlined: plan.isOutlined)
  }
}
