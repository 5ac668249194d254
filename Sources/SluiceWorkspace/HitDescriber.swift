internal import SluiceCrypto
internal import SluiceScan

/// What is known of the document that a hit lies in, as offsets of the scanner's stream.
struct DocumentExtent {
  /// Where the document begins.
  let base: UInt64
  /// Up to where every hit is known.
  let settled: UInt64
}

/// Makes findings of hits: where they stand, and the masked text around them.
struct HitDescriber: Sendable {
  /// How far from a secret its line matters: for a comment that allows it.
  static let lineReach = 4096
  /// How much of the line an excerpt shows on each side.
  private static let excerptReach: UInt64 = 60
  /// How much of the line makes the identity of a finding, on each side.
  private static let hashReach: UInt64 = 200

  private let ruleIDs: [String]
  private let allowance: InlineAllowance

  init(ruleIDs: [String]) {
    self.ruleIDs = ruleIDs
    allowance = InlineAllowance(knownRules: Set(ruleIDs))
  }

  /// Describes a hit.
  ///
  /// - Parameters:
  ///   - hit: lies in `buffer`, at least its first byte.
  ///   - end: its end, or what is known of it.
  ///   - position: its place in `hits`.
  ///   - hits: all that are known, in order; what they cover is masked (G3).
  ///   - buffer: the bytes around it.
  ///   - extent: where the document begins and how far it is known.
  ///   - lines: counted up to a place before the hit; counts on to it.
  /// - Returns: the finding, without a path.
  func finding(
    of hit: Hit, end: UInt64, position: Int, among hits: [Hit], in buffer: borrowing FileBuffer,
    extent: DocumentExtent, lines: inout LineCounter
  ) -> ScanFinding {
    let secret = hit.finding.start..<end
    lines.count(in: buffer, through: secret.lowerBound)
    let (line, column) = (lines.line, lines.column(of: secret.lowerBound))
    var endLines = lines
    endLines.count(in: buffer, through: end)
    let mask = HitMask(hits: hits, position: position, ruleIDs: ruleIDs)
    let ruleID = ruleIDs[hit.finding.rule.position]
    let context = lineContext(of: secret, in: buffer, extent: extent)
    var finding = ScanFinding(
      ruleID: ruleID, line: line, column: column, endLine: endLines.line,
      endColumn: endLines.column(of: end),
      range: secret.lowerBound - extent.base..<end - extent.base,
      fingerprint: hit.fingerprint?.hex,
      redacted: String(decoding: mask.label(of: hit, hasFingerprint: true), as: UTF8.self),
      excerpt: excerpt(of: secret, in: context, of: buffer, mask: mask),
      locationHash: hash(of: secret, in: context, of: buffer, mask: mask, ruleID: ruleID))
    finding.decoded = hit.finding.decoded?.path.names ?? []
    let first = buffer.index(of: context.lowerBound)
    finding.isAllowed = allowance.allows(
      rule: ruleID, in: buffer.bytes.extracting(first..<buffer.index(of: context.upperBound)))
    finding.isAllowedBySettings = hit.isAllowed
    finding.characterColumn = column
    finding.endCharacterColumn = finding.endColumn
    // A line that begins out of sight has its columns in bytes.
    if endLines.line == line, context.lowerBound + UInt64(column - 1) == secret.lowerBound {
      let start = buffer.index(of: secret.lowerBound)
      finding.characterColumn = 1 + characterCount(in: buffer.bytes.extracting(first..<start))
      finding.endCharacterColumn =
        finding.characterColumn
        + characterCount(in: buffer.bytes.extracting(start..<buffer.index(of: end)))
    }
    return finding
  }

  /// A rule's place in the rule set; findings name rules of the set only.
  func index(of ruleID: String) -> RuleIndex {
    guard let position = ruleIDs.firstIndex(of: ruleID) else {
      preconditionFailure("a finding names a rule that is not there")
    }
    return RuleIndex(position)
  }

  func isKnown(rule: String) -> Bool { allowance.knownRules.contains(rule) }

  /// Whether a comment in `line` lets a finding of `rule` stand.
  func isAllowed(rule: String, in line: Span<UInt8>) -> Bool {
    allowance.allows(rule: rule, in: line)
  }

  /// Unicode scalars, if it is UTF-8.
  private func characterCount(in bytes: Span<UInt8>) -> Int {
    bytes.indices.count { bytes[$0] & 0xC0 != 0x80 }
  }

  /// The lines that a secret touches, as far as they are known and near it.
  private func lineContext(
    of secret: Range<UInt64>, in buffer: borrowing FileBuffer, extent: DocumentExtent
  ) -> Range<UInt64> {
    let bytes = buffer.bytes
    var first = buffer.index(of: secret.lowerBound)
    let earliest = max(
      first - Self.lineReach, buffer.index(of: max(extent.base, buffer.origin)))
    while first > earliest, bytes[first - 1] != UInt8(ascii: "\n") { first -= 1 }
    let from = buffer.index(of: secret.upperBound)
    let to = min(from + Self.lineReach, buffer.index(of: extent.settled))
    let rest = bytes.extracting(from..<max(from, to))
    let last = from + (rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count)
    return buffer.origin + UInt64(first)..<buffer.origin + UInt64(last)
  }

  private func excerpt(
    of secret: Range<UInt64>, in context: Range<UInt64>, of buffer: borrowing FileBuffer,
    mask: HitMask
  ) -> String {
    var from = near(secret.lowerBound, reach: Self.excerptReach, from: context.lowerBound)
    let to = min(context.upperBound, secret.upperBound + Self.excerptReach)
    // Not in the middle of a character.
    let bytes = buffer.bytes
    while from < secret.lowerBound, bytes[buffer.index(of: from)] & 0xC0 == 0x80 { from += 1 }
    return String(
      decoding: mask.applied(to: from..<to, of: buffer, hasFingerprint: true), as: UTF8.self)
  }

  private func hash(
    of secret: Range<UInt64>, in context: Range<UInt64>, of buffer: borrowing FileBuffer,
    mask: HitMask, ruleID: String
  ) -> UInt64 {
    let from = near(secret.lowerBound, reach: Self.hashReach, from: context.lowerBound)
    let to = min(context.upperBound, secret.upperBound + Self.hashReach)
    var hash = StableHash()
    hash.combine(ruleID.utf8)
    hash.combine(0)
    // Without fingerprints: the hash must not depend on the key.
    for byte in mask.applied(to: from..<to, of: buffer, hasFingerprint: false)
    where byte > UInt8(ascii: " ") {
      hash.combine(byte)
    }
    return hash.value
  }

  private func near(_ offset: UInt64, reach: UInt64, from earliest: UInt64) -> UInt64 {
    max(earliest, offset - min(offset, reach))
  }
}

/// Puts a label in place of each hit.
struct HitMask {
  let hits: [Hit]
  /// A hit near the text to mask.
  let position: Int
  let ruleIDs: [String]

  /// A part of the buffer with every secret in it masked (G3).
  func applied(
    to range: Range<UInt64>, of buffer: borrowing FileBuffer, hasFingerprint: Bool
  ) -> [UInt8] {
    let bytes = buffer.bytes
    var output: [UInt8] = []
    func copy(_ range: Range<UInt64>) {
      for offset in range { output.append(bytes[buffer.index(of: offset)]) }
    }
    var next = range.lowerBound
    var current = position
    while current > 0, hits[current - 1].finding.end > range.lowerBound { current -= 1 }
    while current < hits.count, next < range.upperBound {
      let hit = hits[current]
      guard hit.finding.start < range.upperBound else { break }
      if hit.isOpen || hit.finding.end > next {
        copy(next..<max(next, hit.finding.start))
        output += label(of: hit, hasFingerprint: hasFingerprint)
        next = hit.isOpen ? range.upperBound : hit.finding.end
      }
      current += 1
    }
    if next < range.upperBound { copy(next..<range.upperBound) }
    return output
  }

  /// `[REDACTED:rule]`, with the start of the fingerprint if there is one.
  func label(of hit: Hit, hasFingerprint: Bool) -> [UInt8] {
    var label = Array("[REDACTED:\(ruleIDs[hit.finding.rule.position])".utf8)
    if hasFingerprint, let fingerprint = hit.fingerprint {
      label.append(UInt8(ascii: ":"))
      for index in 0..<8 { label.append(fingerprint.hexDigit(at: index)) }
    }
    return label + [UInt8(ascii: "]")]
  }
}
