internal import Foundation
internal import SluiceRules

/// Findings that are known and accepted, so that only new ones count.
///
/// Holds no value, and nothing that guesses could be tested with: a finding is known by its keyed
/// fingerprint if there is a key, else by its masked line. Without a key, a secret that took the
/// place of a known one on the same line is therefore not noticed.
package struct Baseline: Sendable {
  /// Why a baseline cannot be used.
  package struct Failure: ExplainedError, Hashable {
    package let problem: String
    package let remedy: String?
  }

  struct Entry: Codable, Hashable, Comparable {
    let rule: String
    let path: String
    /// A keyed fingerprint, or a location's.
    let identity: String

    static func < (left: Entry, right: Entry) -> Bool {
      (left.path, left.rule, left.identity) < (right.path, right.rule, right.identity)
    }
  }

  private struct Document: Codable {
    let version: Int
    /// Tells the key that fingerprints were made with; nil if there was none.
    let key: String?
    let entries: [Entry]
  }

  private static let version = 1

  private let key: String?
  private let entries: Set<Entry>

  /// Everything that was found.
  ///
  /// - Parameters:
  ///   - findings: in order and numbered.
  ///   - key: tells the key of their fingerprints; nil if they have none.
  package init(of findings: [ScanFinding], key: String?) {
    self.key = key
    entries = Set(findings.map { Self.entry($0, hasKey: key != nil) })
  }

  /// Reads a baseline.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - path: its name in messages.
  ///   - key: tells the key of this scan's fingerprints; nil if it makes none.
  /// - Throws: `Failure`.
  package init(_ bytes: [UInt8], path: String, key: String?) throws(Failure) {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
      document.version == Self.version
    else {
      throw Failure(
        problem: "'\(path)' is no baseline",
        remedy: "write one: sluice scan --baseline FILE --write-baseline")
    }
    guard document.key == key else {
      throw Failure(
        problem: document.key == nil
          ? "the baseline '\(path)' was made without a fingerprint key"
          : "the baseline '\(path)' was made with \(key == nil ? "a" : "another") fingerprint key",
        remedy: document.key == nil
          ? "leave --fingerprint-key out, or write the baseline anew"
          : "pass that key with --fingerprint-key")
    }
    self.key = key
    entries = Set(document.entries)
  }

  /// The file's content: JSON in a stable order, for a repository.
  package func encoded() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    let document = Document(version: Self.version, key: key, entries: entries.sorted())
    return Array(try encoder.encode(document)) + [UInt8(ascii: "\n")]
  }

  package var count: Int { entries.count }

  /// Takes the known findings out of `totals`.
  ///
  /// - Returns: how many entries of the baseline were not found any more.
  package func apply(to totals: inout ScanTotals) -> Int {
    var found: Set<Entry> = []
    let count = totals.findings.count
    totals.findings.removeAll { finding in
      let entry = Self.entry(finding, hasKey: key != nil)
      guard entries.contains(entry) else { return false }
      found.insert(entry)
      return true
    }
    totals.baselined += count - totals.findings.count
    return entries.count - found.count
  }

  private static func entry(_ finding: ScanFinding, hasKey: Bool) -> Entry {
    Entry(
      rule: finding.ruleID, path: finding.path.text,
      identity: hasKey ? finding.fingerprint ?? "" : finding.locationFingerprint)
  }
}
