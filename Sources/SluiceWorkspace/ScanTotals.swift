package import SluiceRules
package import SluiceScan

/// What a scan has found and seen so far; totals of parts add up.
package struct ScanTotals: Sendable {
  /// Why something was not scanned, although nothing failed.
  package enum SkipReason: String, Sendable, CaseIterable {
    case binary
    case tooLarge = "larger than the limit"
    case special = "link, device, pipe or socket"
  }

  package struct Skip: Sendable, Hashable {
    package let path: WorkspacePath
    package let reason: SkipReason
  }

  /// Most findings, skips and problems that are kept; more are only counted (G5).
  package static let mostKept = 100_000

  package var findings: [ScanFinding] = []
  /// Findings that were counted and not kept.
  package var uncollected = 0
  /// Files and other documents that were read.
  package var documents = 0
  package var bytes: UInt64 = 0
  package var skips: [Skip] = []
  package var skipCounts: [SkipReason: Int] = [:]
  /// What could not be read.
  package var problems: [any ExplainedError] = []
  package var problemCount = 0
  /// How many of them are paths that the user named.
  package var namedProblems = 0
  /// Documents that are not what their names say; their text was scanned all the same.
  package var unparsed: [WorkspacePath] = []
  package var unparsedCount = 0
  /// Findings that a comment on their line allows.
  package var allowed = 0
  /// Findings that the settings allow.
  package var allowedBySettings = 0
  /// Findings that the baseline knows.
  package var baselined = 0
  /// What the scanners did, of a scan that measures.
  package var statistics: ScanStatistics?

  package init() {}

  mutating func take(_ finding: ScanFinding) {
    if findings.count < Self.mostKept {
      findings.append(finding)
    } else {
      uncollected += 1
    }
  }

  /// Takes over what a scanner found in a document.
  ///
  /// - Parameters:
  ///   - path: the document's.
  ///   - scanner: has scanned it.
  ///   - archive: the file that it is a member of; nil: it is a file.
  mutating func collect(
    _ path: WorkspacePath, from scanner: borrowing DocumentScanner, archive: WorkspacePath? = nil
  ) {
    documents += 1
    bytes += scanner.documentLength
    uncollected += scanner.uncollected
    guard !scanner.findings.isEmpty else { return }
    let definition = AgentDefinition(named: path)
    for var finding in scanner.findings {
      finding.path = path
      finding.archive = archive
      finding.definition = finding.definition ?? definition
      take(finding)
    }
  }

  mutating func skip(_ path: WorkspacePath, _ reason: SkipReason) {
    skipCounts[reason, default: 0] += 1
    if skips.count < Self.mostKept { skips.append(Skip(path: path, reason: reason)) }
  }

  mutating func noteUnparsed(_ path: WorkspacePath) {
    unparsedCount += 1
    if unparsed.count < Self.mostKept { unparsed.append(path) }
  }

  mutating func fail(_ problem: any ExplainedError, isNamed: Bool = false) {
    problemCount += 1
    if isNamed { namedProblems += 1 }
    if problems.count < Self.mostKept { problems.append(problem) }
  }

  mutating func add(_ other: ScanTotals) {
    let room = max(0, Self.mostKept - findings.count)
    findings += other.findings.prefix(room)
    uncollected += other.uncollected + max(0, other.findings.count - room)
    documents += other.documents
    bytes += other.bytes
    skips += other.skips.prefix(max(0, Self.mostKept - skips.count))
    skipCounts.merge(other.skipCounts, uniquingKeysWith: +)
    problems += other.problems.prefix(max(0, Self.mostKept - problems.count))
    problemCount += other.problemCount
    namedProblems += other.namedProblems
    unparsed += other.unparsed.prefix(max(0, Self.mostKept - unparsed.count))
    unparsedCount += other.unparsedCount
    allowed += other.allowed
    allowedBySettings += other.allowedBySettings
    baselined += other.baselined
    if let more = other.statistics { measure(more) }
  }

  /// Adds what a scanner did.
  mutating func measure(_ work: ScanStatistics) {
    var sum = statistics ?? ScanStatistics(ruleCount: work.findingsByRule.count)
    sum.add(work)
    sum.records += work.records
    statistics = sum
  }

  /// Puts the findings in order, numbers those that look alike, and takes out those that a comment
  /// allows.
  package mutating func finish() {
    findings.sort(by: ScanFinding.inOrder)
    unparsed.sort()
    var counts: [LookAlike: Int] = [:]
    for index in findings.indices {
      let finding = findings[index]
      let key = LookAlike(
        path: finding.path, hash: finding.locationHash, commit: finding.commit?.id)
      counts[key, default: 0] += 1
      findings[index].occurrence = counts[key, default: 0]
    }
    let count = findings.count
    findings.removeAll(where: \.isAllowed)
    let left = findings.count
    findings.removeAll(where: \.isAllowedBySettings)
    allowed += count - left
    allowedBySettings += left - findings.count
  }

  private struct LookAlike: Hashable {
    let path: WorkspacePath
    let hash: UInt64
    let commit: String?
  }
}
