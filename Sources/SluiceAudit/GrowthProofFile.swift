package import SluiceCrypto

/// That a log only grew from one checkpoint to another, in one file.
///
/// Written like a C2SP tlog-proof: the older note as `old` data, the hashes, an empty line, the newer
/// note.
package struct GrowthProofFile: Sendable {
  package let old: SignedNote
  package let hashes: [Digest]
  package let new: SignedNote

  package init(from old: SignedNote, hashes: [Digest], to new: SignedNote) {
    self.old = old
    self.hashes = hashes
    self.new = new
  }

  private static let format = "sluice/tlog-growth-proof@v1"

  /// Whether a file calls itself one.
  package static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: format.utf8) }

  package var formatted: String {
    let lines =
      [Self.format, "old \(Base64.text(of: Array(old.formatted.utf8)))"]
      + hashes.map { Base64.text(of: $0.bytes) }
    return lines.joined(separator: "\n") + "\n\n" + new.formatted
  }

  /// Reads what `formatted` gives.
  ///
  /// - Throws: `LogDamage.unreadable`, or `untrusted` for a checkpoint.
  package init(parsing bytes: [UInt8]) throws(LogDamage) {
    guard
      let gap = bytes.indices.dropLast().first(where: { bytes[$0] == 10 && bytes[$0 + 1] == 10 })
    else { throw .unreadable(line: 1, problem: "it is no proof") }
    let lines = bytes[..<gap].split(separator: 10, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard lines.first == Self.format else {
      throw .unreadable(line: 1, problem: "it does not begin with '\(Self.format)'")
    }
    guard lines.count > 1, lines[1].hasPrefix("old "),
      let old = Base64.bytes(of: lines[1].dropFirst(4))
    else { throw .unreadable(line: 2, problem: "the older checkpoint is missing") }
    var hashes: [Digest] = []
    for (index, line) in lines.enumerated().dropFirst(2) {
      guard let digest = Base64.bytes(of: line).flatMap({ bytes in Digest(bytes.span) }) else {
        throw .unreadable(line: index + 1, problem: "it is no hash")
      }
      hashes.append(digest)
    }
    do {
      self.old = try SignedNote(parsing: old)
      new = try SignedNote(parsing: Array(bytes[(gap + 2)...]))
    } catch {
      throw .untrusted(error)
    }
    self.hashes = hashes
  }

  /// Checks both signatures, and that the newer log begins with the older one.
  ///
  /// - Returns: the two checkpoints.
  /// - Throws: `LogDamage`; `splitView` for two logs of one size.
  package func verify(
    with verifier: LogVerifier
  ) throws(LogDamage) -> (old: Checkpoint, new: Checkpoint) {
    let (old, _) = try verifier.checkpoint(self.old)
    let (new, _) = try verifier.witnessed(self.new)
    if old.size == new.size, old.root != new.root { throw .splitView(size: old.size) }
    guard
      ConsistencyProof(oldSize: old.size, newSize: new.size, hashes: hashes)
        .isValid(from: old.root, to: new.root)
    else { throw .inconsistent(old: old.size, new: new.size) }
    return (old, new)
  }
}
