package import SluiceCrypto

/// How a log, or a range of it, is written so that anyone can check it.
///
/// JSON lines. The first line is the header: the range, the newest signed checkpoint, the signed
/// checkpoints before it, and the hashes that stand for what lies outside of the range. Then one
/// line for each entry of the range, without a gap: the entry, or for one that was not selected
/// only its hash. So a selection proves that it leaves out nothing silently.
package enum LogExport {
  static let format = "sluice-audit-export-v1"

  package struct Header: Sendable {
    package let range: Range<UInt64>
    package let checkpoint: SignedNote
    /// Older checkpoints, by which damage is narrowed down.
    package let history: [SignedNote]
    /// As `MerkleProver.outside` gives them.
    package let outside: [Digest]

    package init(
      range: Range<UInt64>, checkpoint: SignedNote, history: [SignedNote], outside: [Digest]
    ) {
      self.range = range
      self.checkpoint = checkpoint
      self.history = history
      self.outside = outside
    }

    package var line: [UInt8] {
      JSONValue.object([
        .init("format", .string(format)), .init("from", .integer(range.lowerBound)),
        .init("to", .integer(range.upperBound)),
        .init("checkpoint", .string(checkpoint.formatted)),
        .init("history", .array(history.map { .string($0.formatted) })),
        .init("outside", .array(outside.map { .string(Base64.text(of: $0.bytes)) })),
      ]).canonicalBytes
    }

    init(parsing line: [UInt8]) throws(LogDamage) {
      let json = try LogExport.json(line, number: 1)
      guard json["format"]?.text == format, let from = json["from"]?.count,
        let to = json["to"]?.count, from <= to,
        let checkpoint = json["checkpoint"]?.text,
        let history = json["history"]?.elements, let outside = json["outside"]?.elements
      else { throw .unreadable(line: 1, problem: "it is no header of an export") }
      range = from..<to
      self.checkpoint = try LogExport.note(checkpoint)
      var notes: [SignedNote] = []
      for element in history { notes.append(try LogExport.note(element.text ?? "")) }
      self.history = notes
      self.outside = outside.compactMap { $0.text.flatMap(LogExport.digest) }
      guard self.outside.count == outside.count else {
        throw .unreadable(line: 1, problem: "a hash is none")
      }
    }
  }

  /// The line for an entry as a store holds it, whatever became of it.
  package static func line(stored bytes: [UInt8], at index: UInt64, leaf: Digest) -> [UInt8] {
    let entry: JSONValue
    do { entry = try JSONValue(parsing: bytes) } catch {
      entry = .string(String(decoding: bytes, as: UTF8.self))
    }
    return JSONValue.object([
      .init("entry", entry), .init("index", .integer(index)),
      .init("leaf", .string(Base64.text(of: leaf.bytes))),
    ]).canonicalBytes
  }

  package static func line(_ entry: AuditEntry) -> [UInt8] {
    JSONValue.object([
      .init("entry", entry.json), .init("index", .integer(entry.sequence)),
      .init("leaf", .string(Base64.text(of: entry.leaf.bytes))),
    ]).canonicalBytes
  }

  /// The line for an entry whose content stays out.
  package static func line(withheld index: UInt64, leaf: Digest) -> [UInt8] {
    JSONValue.object([
      .init("index", .integer(index)), .init("leaf", .string(Base64.text(of: leaf.bytes))),
    ]).canonicalBytes
  }

  struct Row {
    let index: UInt64
    let leaf: Digest
    /// Nil if it was withheld.
    let entry: AuditEntry?
  }

  static func row(parsing line: [UInt8], number: Int) throws(LogDamage) -> Row {
    let json = try json(line, number: number)
    guard let index = json["index"]?.count, let leaf = json["leaf"]?.text.flatMap(digest) else {
      throw .unreadable(line: number, problem: "index or hash is missing")
    }
    guard let value = json["entry"] else { return Row(index: index, leaf: leaf, entry: nil) }
    // Hashed as it stands: an entry that no longer is one was changed, whatever it says.
    guard MerkleTree.leaf(value.canonicalBytes) == leaf else { throw .changed(entry: index) }
    guard let entry = AuditEntry(value) else {
      throw .unreadable(line: number, problem: "it is no audit entry of version 1")
    }
    return Row(index: index, leaf: leaf, entry: entry)
  }

  private static func json(_ line: [UInt8], number: Int) throws(LogDamage) -> JSONValue {
    do {
      return try JSONValue(parsing: line)
    } catch {
      throw .unreadable(line: number, problem: "\(error.problem) (byte \(error.byteOffset))")
    }
  }

  private static func digest(_ text: String) -> Digest? {
    Base64.bytes(of: text).flatMap { bytes in Digest(bytes.span) }
  }

  private static func note(_ text: String) throws(LogDamage) -> SignedNote {
    do {
      return try SignedNote(parsing: Array(text.utf8))
    } catch {
      throw .untrusted(error)
    }
  }
}
