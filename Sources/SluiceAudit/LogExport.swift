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
    /// Entries below it were removed by retention; only their hashes are left.
    package let expired: UInt64
    /// Names that stand behind pseudonyms, as far as whoever exported wanted to give them.
    package let names: AuditNames

    package init(
      range: Range<UInt64>, checkpoint: SignedNote, history: [SignedNote], outside: [Digest],
      expired: UInt64 = 0, names: AuditNames = AuditNames()
    ) {
      self.names = names
      self.expired = expired
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
        .init("expired", .integer(expired)),
        .init("names", LogExport.json(names)),
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
      // Older exports lack it.
      expired = json["expired"]?.count ?? 0
      names = try LogExport.names(json["names"])
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
    // What has the hash of an entry is one, in its only spelling.
    guard MerkleTree.leaf(bytes) != leaf else {
      return Array("{\"entry\":".utf8) + bytes
        + Array(",\"index\":\(index),\"leaf\":\"\(Base64.text(of: leaf.bytes))\"}".utf8)
    }
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

  /// One entry of the range, or its hash.
  package struct Row {
    package let index: UInt64
    let leaf: Digest
    /// Nil if it was withheld.
    let entry: AuditEntry?
    /// Where it stands in the file; 0 if there is none.
    let line: Int

    /// A row whose entry is not there.
    package init(withheld index: UInt64, leaf: Digest) {
      (self.index, self.leaf, entry, line) = (index, leaf, nil, 0)
    }

    /// An entry as a store holds it.
    ///
    /// - Throws: `LogDamage.changed` if it does not fit its hash.
    package init(stored bytes: [UInt8], at index: UInt64, leaf: Digest) throws(LogDamage) {
      guard MerkleTree.leaf(bytes) == leaf else { throw .changed(entry: index) }
      let json = try? JSONValue(parsing: bytes)
      // What is in the log is canonical: an entry that does not give these bytes again is none.
      guard let entry = json.flatMap({ AuditEntry($0, canonical: bytes) }) else {
        throw .unreadable(line: 0, problem: "entry \(index) is no audit entry of version 1")
      }
      (self.index, self.leaf, self.entry, line) = (index, leaf, entry, 0)
    }

    init(parsing text: [UInt8], number: Int) throws(LogDamage) {
      let json = try LogExport.json(text, number: number)
      guard let index = json["index"]?.count, let leaf = json["leaf"]?.text.flatMap(digest) else {
        throw .unreadable(line: number, problem: "index or hash is missing")
      }
      (self.index, self.leaf, line) = (index, leaf, number)
      guard let value = json["entry"] else {
        entry = nil
        return
      }
      // Hashed as it stands: an entry that no longer is one was changed, whatever it says.
      let canonical = value.canonicalBytes
      guard MerkleTree.leaf(canonical) == leaf else { throw .changed(entry: index) }
      guard let entry = AuditEntry(value, canonical: canonical) else {
        throw .unreadable(line: number, problem: "it is no audit entry of version 1")
      }
      self.entry = entry
    }
  }

  private static func json(_ line: [UInt8], number: Int) throws(LogDamage) -> JSONValue {
    do {
      return try JSONValue(parsing: line)
    } catch {
      throw .unreadable(line: number, problem: "\(error.problem) (byte \(error.byteOffset))")
    }
  }

  private static func json(_ names: AuditNames) -> JSONValue {
    .object(
      names.disclosures.map { pseudonym, disclosure in
        JSONValue.Member(
          pseudonym,
          .object([
            .init("key", .string(Base64.text(of: disclosure.key))),
            .init("kind", .string(disclosure.kind)), .init("name", .string(disclosure.name)),
          ]))
      })
  }

  private static func names(_ json: JSONValue?) throws(LogDamage) -> AuditNames {
    var disclosures: [AuditNames.Disclosure] = []
    for member in json?.members ?? [] {
      guard let kind = member.value["kind"]?.text, let name = member.value["name"]?.text,
        let key = member.value["key"]?.text.flatMap({ Base64.bytes(of: $0) })
      else { throw .unreadable(line: 1, problem: "a name is none") }
      let disclosure = AuditNames.Disclosure(kind: kind, name: name, key: key)
      guard disclosure.pseudonym == member.name else { throw .otherName(member.name) }
      disclosures.append(disclosure)
    }
    return AuditNames(disclosures)
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
