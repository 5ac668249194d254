package import SluiceCrypto

/// Checks an exported log: nothing was edited, removed, added, moved or cut off (G11).
///
/// Needs the export and the log's public key, no vault and no secret. Whoever keeps a checkpoint
/// from earlier also sees a log that was replaced as a whole by an older one, and two logs shown
/// to two people.
package struct LogVerifier: Sendable {
  /// What was checked.
  package struct Report: Sendable, Hashable {
    package let range: Range<UInt64>
    /// Entries that the newest checkpoint covers.
    package let size: UInt64
    /// Entries of the range that came only as a hash.
    package let withheld: Int
    /// Entries behind the newest checkpoint: in order, but not yet signed for.
    package let unsigned: UInt64
    /// Older checkpoints whose root fits.
    package let confirmed: Int
    /// Older checkpoints that lie in front of the range.
    package let outOfReach: Int
    /// The log's name, and the witnesses that signed the newest checkpoint.
    package let signers: [String]
    /// Entries below it were removed by retention.
    package let expired: UInt64
    /// The newest checkpoint's.
    package let root: Digest
    package let checkpoint: SignedNote
  }

  private let origin: String
  private let keys: [NoteVerifier]
  private let earlier: [SignedNote]
  private let quorum: Int

  /// - Parameters:
  ///   - key: the log's; its name is the log's origin.
  ///   - witnesses: more keys whose signatures count; a forged one fails the check.
  ///   - earlier: checkpoints that were kept elsewhere.
  ///   - quorum: so many of the witnesses must have signed the newest checkpoint.
  package init(
    key: NoteVerifier, witnesses: [NoteVerifier] = [], earlier: [SignedNote] = [],
    quorum: Int = 0
  ) {
    origin = key.name
    self.quorum = quorum
    keys = [key] + witnesses
    self.earlier = earlier
  }

  /// Reads an export line by line, in memory that grows with the logarithm of its length.
  ///
  /// - Parameter nextLine: gives the lines without their end, then nil.
  /// - Returns: what was checked.
  /// - Throws: `LogDamage` for the first damage, or what `nextLine` throws.
  package func verify(nextLine: () throws -> [UInt8]?) throws -> Report {
    guard let first = try nextLine() else {
      throw LogDamage.unreadable(line: 1, problem: "the file is empty")
    }
    var number = 1
    return try verify(LogExport.Header(parsing: first)) {
      guard let line = try nextLine() else { return nil }
      number += 1
      return try LogExport.Row(parsing: line, number: number)
    }
  }

  /// Checks a log row by row, as a store holds it.
  ///
  /// - Throws: `LogDamage` for the first damage, or what `nextRow` throws.
  package func verify(
    _ header: LogExport.Header, nextRow: () throws -> LogExport.Row?
  ) throws -> Report {
    let (newest, signers) = try witnessed(header.checkpoint)
    var known = [newest]
    for note in header.history + earlier { known.append(try checkpoint(note).0) }
    var walk = try LogWalk(header: header, newest: newest, known: known)
    try walk.run(nextRow)
    return Report(
      range: header.range, size: newest.size, withheld: walk.withheld,
      unsigned: max(header.range.upperBound, newest.size) - newest.size,
      confirmed: walk.confirmed, outOfReach: walk.outOfReach, signers: signers,
      expired: header.expired, root: newest.root, checkpoint: header.checkpoint)
  }

  /// The checkpoint in a note that this log signed, and enough of the witnesses too.
  ///
  /// - Throws: `LogDamage`.
  package func witnessed(_ note: SignedNote) throws(LogDamage) -> (Checkpoint, [String]) {
    let (checkpoint, signers) = try checkpoint(note)
    let found = Set(signers).subtracting([origin]).count
    guard found >= quorum else { throw .fewWitnesses(found: found, needed: quorum) }
    return (checkpoint, signers)
  }

  /// The checkpoint in a note that this log signed.
  ///
  /// - Returns: the checkpoint, and the names of the known keys that signed it.
  /// - Throws: `LogDamage` if the log's own key did not.
  package func checkpoint(_ note: SignedNote) throws(LogDamage) -> (Checkpoint, [String]) {
    let signers: [NoteVerifier]
    let checkpoint: Checkpoint
    do {
      signers = try note.verify(keys)
      checkpoint = try Checkpoint(note)
    } catch {
      throw .untrusted(error)
    }
    guard signers.contains(keys[0]) else { throw .untrusted(.unsigned(by: [origin])) }
    guard checkpoint.origin == origin else {
      throw .otherLog(expected: origin, found: checkpoint.origin)
    }
    return (checkpoint, signers.map(\.name))
  }
}
