package import SluiceCrypto

/// That one entry is in the log, in one file (C2SP tlog-proof, with the entry as `extra` data).
package struct ProofFile: Sendable {
  package let entry: AuditEntry
  package let hashes: [Digest]
  package let checkpoint: SignedNote

  package init(entry: AuditEntry, hashes: [Digest], checkpoint: SignedNote) {
    self.entry = entry
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  private static let format = "c2sp.org/tlog-proof@v1"

  package var formatted: String {
    let lines =
      [
        Self.format, "extra \(Base64.text(of: entry.canonicalBytes))", "index \(entry.sequence)",
      ] + hashes.map { Base64.text(of: $0.bytes) }
    return lines.joined(separator: "\n") + "\n\n" + checkpoint.formatted
  }

  /// Reads what `formatted` gives.
  ///
  /// - Throws: `LogDamage.unreadable`, or `untrusted` for the checkpoint.
  package init(parsing bytes: [UInt8]) throws(LogDamage) {
    guard let text = String(validating: bytes, as: UTF8.self),
      let gap = bytes.indices.dropLast().first(where: { bytes[$0] == 10 && bytes[$0 + 1] == 10 })
    else { throw .unreadable(line: 1, problem: "it is no proof") }
    let lines = text.utf8.prefix(gap).split(separator: 10).map { String(Substring($0)) }
    guard lines.first == Self.format else {
      throw .unreadable(line: 1, problem: "it does not begin with '\(Self.format)'")
    }
    guard lines.count > 2, lines[1].hasPrefix("extra "),
      let extra = Base64.bytes(of: lines[1].dropFirst(6))
    else { throw .unreadable(line: 2, problem: "the entry is missing") }
    let json: JSONValue?
    do { json = try JSONValue(parsing: extra) } catch { json = nil }
    guard let entry = json.flatMap(AuditEntry.init), entry.canonicalBytes == extra else {
      throw .unreadable(line: 2, problem: "it is no audit entry of version 1")
    }
    guard lines[2] == "index \(entry.sequence)" else {
      throw .unreadable(line: 3, problem: "it does not name the entry's place")
    }
    var hashes: [Digest] = []
    for (index, line) in lines.enumerated().dropFirst(3) {
      guard let digest = Base64.bytes(of: line).flatMap({ bytes in Digest(bytes.span) }) else {
        throw .unreadable(line: index + 1, problem: "it is no hash")
      }
      hashes.append(digest)
    }
    do {
      checkpoint = try SignedNote(parsing: Array(bytes[(gap + 2)...]))
    } catch {
      throw .untrusted(error)
    }
    self.entry = entry
    self.hashes = hashes
  }

  /// Checks signature and path.
  ///
  /// - Returns: the checkpoint that the entry is proved to be in.
  /// - Throws: `LogDamage`.
  package func verify(with verifier: LogVerifier) throws(LogDamage) -> Checkpoint {
    let (checkpoint, _) = try verifier.witnessed(self.checkpoint)
    let proof = InclusionProof(index: entry.sequence, size: checkpoint.size, hashes: hashes)
    guard proof.root(of: entry.leaf) == checkpoint.root else {
      throw .notIncluded(entry: entry.sequence)
    }
    return checkpoint
  }
}
