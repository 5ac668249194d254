internal import SluiceRules
package import SluiceScan

/// Compares the scanner with PCRE2 run rule by rule over the whole text (G4).
package struct Oracle: Sendable {
  let rules: CompiledRules
  private let expressions: [ReferenceMatcher.Expressions]

  /// Where the two disagree.
  package struct Difference: Sendable, CustomStringConvertible {
    package let onlyReference: [Finding]
    package let onlyScanner: [Finding]
    package let ruleIDs: [String]

    /// Names rules and offsets, never bytes of the text.
    package var description: String {
      func list(_ findings: [Finding]) -> String {
        findings.prefix(8).map { "\(ruleIDs[$0.rule.position]) \($0.start)..<\($0.end)" }
          .joined(separator: ", ")
      }
      return "only PCRE2: [\(list(onlyReference))] only the scanner: [\(list(onlyScanner))]"
    }
  }

  package init(rules: CompiledRules) {
    self.rules = rules
    expressions = rules.rules.map { planned in
      do {
        return try ReferenceMatcher.Expressions(of: planned.rule)
      } catch {
        preconditionFailure("rule '\(planned.rule.id)' does not compile any more")
      }
    }
  }

  /// - Returns: nil if both find the same.
  package func difference(in text: [UInt8], piece: Int? = nil) -> Difference? {
    let expected = reference(text)
    let found = scan(text, pieces: [piece ?? max(text.count, 1)])
    guard expected != found else { return nil }
    let (left, right) = (Set(expected), Set(found))
    return Difference(
      onlyReference: expected.filter { !right.contains($0) },
      onlyScanner: found.filter { !left.contains($0) }, ruleIDs: rules.rules.map(\.rule.id))
  }

  private struct Hit {
    let rule: Int
    var range: Range<Int>
    let rank: Int
    let length: Int
  }

  /// What PCRE2 finds, in the text and in what is encoded in it, with overlaps resolved as
  /// `Overlaps` states it, written down once more.
  package func reference(_ text: [UInt8]) -> [Finding] {
    let decoded = decodedHits(in: text).map { hit in
      Hit(
        rule: hit.rule.position, range: hit.range,
        rank: rules.rules[hit.rule.position].rule.confidence.rank,
        length: min(hit.range.count, rules.limits.longestAttempt))
    }
    return resolved(plainHits(in: text) + decoded)
  }

  /// What PCRE2 finds in the text as it stands.
  func plainFindings(in text: [UInt8]) -> [Finding] { resolved(plainHits(in: text)) }

  private func plainHits(in text: [UInt8]) -> [Hit] {
    let reach = rules.limits.longestAttempt
    var hits: [Hit] = []
    for (index, planned) in rules.rules.enumerated() {
      var matcher = ReferenceMatcher(
        planned, expressions: expressions[index], longestAttempt: reach,
        matchLimit: rules.limits.matchLimit)
      for secret in matcher.secrets(in: text.span) {
        hits.append(
          Hit(
            rule: index, range: secret, rank: planned.rule.confidence.rank,
            length: min(secret.count, reach)))
      }
    }
    return hits
  }

  private func resolved(_ found: [Hit]) -> [Finding] {
    let reach = rules.limits.longestAttempt
    var hits = found
    hits.sort { ($0.range.lowerBound, $0.rule) < ($1.range.lowerBound, $1.rule) }
    var findings: [Finding] = []
    var floor = 0
    while !hits.isEmpty {
      for index in hits.indices where hits[index].range.lowerBound < floor {
        hits[index].range = floor..<max(floor, hits[index].range.upperBound)
      }
      hits.removeAll { $0.range.isEmpty }
      guard let first = hits.first else { break }
      var joined = [first]
      var end = first.range.upperBound
      for hit in hits.dropFirst() {
        guard hit.range.lowerBound < min(end, first.range.lowerBound + reach) else { break }
        joined.append(hit)
        end = max(end, hit.range.upperBound)
      }
      hits.removeFirst(joined.count)
      let order = joined.sorted {
        ($1.rank, $1.length, $0.range.lowerBound, $0.rule)
          < ($0.rank, $0.length, $1.range.lowerBound, $1.rule)
      }
      findings.append(
        Finding(
          rule: RuleIndex(order[0].rule), start: UInt64(first.range.lowerBound), end: UInt64(end)))
      floor = end
    }
    return findings
  }

  /// The first way to cut the text in two that changes what the scanner finds (G2).
  ///
  /// - Returns: the length of the first part; nil if no cut changes anything.
  package func harmfulCut(of text: [UInt8]) -> Int? {
    var scanner = Scanner(rules: rules)
    let whole = scan(text, pieces: [max(text.count, 1)], with: &scanner)
    for length in 1..<max(text.count, 1)
    where scan(text, pieces: [length, text.count], with: &scanner) != whole {
      return length
    }
    return nil
  }

  /// The text in slices of whole lines, for `harmfulCut`, which takes the square of its length.
  package static func slices(of text: [UInt8], ofAtLeast length: Int) -> [[UInt8]] {
    var slices: [[UInt8]] = []
    var slice: [UInt8] = []
    for line in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      slice += line + [UInt8(ascii: "\n")]
      guard slice.count >= length else { continue }
      slices.append(slice)
      slice = []
    }
    return slices + (slice.isEmpty ? [] : [slice])
  }

  /// What the scanner finds when the text comes in pieces; the last length repeats.
  package func scan(_ text: [UInt8], pieces: [Int]) -> [Finding] {
    var scanner = Scanner(rules: rules)
    return scan(text, pieces: pieces, with: &scanner)
  }

  private func scan(
    _ text: [UInt8], pieces: [Int], with scanner: inout Scanner
  ) -> [Finding] {
    scanner.restart()
    var sink = Collector()
    var origin = 0
    var end = 0
    var number = 0
    var mark: UInt64 = 0
    repeat {
      let length = pieces[min(number, pieces.count - 1)]
      number += 1
      end = min(text.count, end + max(length, 1))
      let window = text.span.extracting(origin..<end)
      mark = scanner.scan(
        window, at: UInt64(origin), isFinal: end == text.count, into: &sink)
      origin = max(origin, Int(mark) - scanner.contextLength)
    } while end < text.count
    return sink.findings
  }

  private struct Collector: FindingSink {
    typealias Failure = Never

    var findings: [Finding] = []

    mutating func receive(_ finding: Finding, secret: Span<UInt8>) {
      // How it was hidden is not what the reference says.
      findings.append(Finding(rule: finding.rule, start: finding.start, end: finding.end))
    }

    mutating func open(_ finding: Finding, secret: Span<UInt8>) {}

    mutating func close(_ finding: Finding) { findings.append(finding) }
  }
}
