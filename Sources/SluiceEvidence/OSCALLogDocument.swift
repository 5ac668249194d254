package import SluiceAudit
internal import SluiceCrypto

/// Entries of the log as OSCAL assessment results, in their assessment log: written entry by entry,
/// so that a log of any length needs no memory, and with the same identifiers each time.
package struct OSCALLogDocument: Sendable {
  /// All in front of the first entry.
  package let head: String
  private let end: String
  private let seed: [UInt8]

  /// - Parameters:
  ///   - title: what was selected.
  ///   - checkpoint: the newest.
  ///   - made: now.
  /// - Throws: `CryptoError`.
  package init(title: String, checkpoint: SignedNote, made: UTCTime) throws {
    seed = try SecureRandom.bytes(16)
    let uuids = UUIDText()
    let (plan, proof) = (try uuids.make(), try uuids.make())
    let result: [JSONValue.Member] = [
      .init("uuid", .string(try uuids.make())), .init("title", .string(title)),
      .init("description", .string("Entries of the audit log, as they were signed for.")),
      .init("start", .string(made.text)),
      .init("reviewed-controls", OSCAL.reviewed(["au-2", "au-3", "au-9", "au-12"])),
    ]
    let whole = JSONValue.object([
      .init("uuid", .string(try uuids.make())),
      .init("metadata", OSCAL.metadata(title: title, made: made)),
      .init("import-ap", .object([.init("href", .string("#\(plan)"))])),
      .init("back-matter", OSCAL.backMatter(plan: plan, proof: proof, checkpoint)),
    ]).canonicalText
    head =
      "{\"assessment-results\":" + whole.dropLast() + ",\"results\":["
      + JSONValue.object(result).canonicalText.dropLast()
    end = "}]}}"
  }

  /// What stands in front of the first entry, and between two.
  package func separator(isFirst: Bool) -> String {
    isFirst ? ",\"assessment-log\":{\"entries\":[" : ","
  }

  /// All behind the last entry.
  package func tail(isEmpty: Bool) -> String { (isEmpty ? "" : "]}") + end }

  /// One entry; its canonical JSON stands in `remarks`.
  package func line(_ entry: AuditEntry) -> String {
    let digest = SHA256.digest(of: seed + Array(String(entry.sequence).utf8)).bytes
    return JSONValue.object([
      .init("uuid", .string(UUIDText.text(of: Array(digest.prefix(16))))),
      .init("title", .string("\(entry.operation): \(entry.decision.rawValue)")),
      .init("start", .string(entry.time.text)),
      .init(
        "props",
        .array([
          OSCAL.property("sequence", String(entry.sequence)),
          OSCAL.property("leaf", Base64.text(of: entry.leaf.bytes)),
        ])),
      .init("remarks", .string(entry.json.canonicalText)),
    ]).canonicalText
  }
}
