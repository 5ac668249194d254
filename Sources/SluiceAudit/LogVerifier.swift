internal import SluiceCrypto

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
    package let signers: [String]
  }

  private let origin: String
  private let keys: [NoteVerifier]
  private let earlier: [SignedNote]

  /// - Parameters:
  ///   - key: the log's; its name is the log's origin.
  ///   - witnesses: more keys whose signatures count; a forged one fails the check.
  ///   - earlier: checkpoints that were kept elsewhere.
  package init(key: NoteVerifier, witnesses: [NoteVerifier] = [], earlier: [SignedNote] = []) {
    origin = key.name
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
    let header = try LogExport.Header(parsing: first)
    let (newest, signers) = try checkpoint(header.checkpoint)
    var known = [newest]
    for note in header.history + earlier { known.append(try checkpoint(note).0) }
    var walk = try LogWalk(header: header, newest: newest, known: known)
    try walk.run(nextLine)
    return Report(
      range: header.range, size: newest.size, withheld: walk.withheld,
      unsigned: max(header.range.upperBound, newest.size) - newest.size,
      confirmed: walk.confirmed, outOfReach: walk.outOfReach, signers: signers)
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

/// One pass over an export, from left to right.
private struct LogWalk {
  private let range: Range<UInt64>
  private let newest: Checkpoint
  private let known: [UInt64: [Checkpoint]]
  private var outside: ArraySlice<Digest>
  /// The leaves so far, as far as the left end of the range allows to know them.
  private var tree: MerkleTree
  private var next: UInt64
  private var lineNumber = 1
  private var lastTime: UTCTime?
  /// So many entries are those of a signed checkpoint.
  private var intact: UInt64 = 0
  private(set) var withheld = 0
  private(set) var confirmed = 0
  private(set) var outOfReach = 0

  init(header: LogExport.Header, newest: Checkpoint, known: [Checkpoint]) throws {
    range = header.range
    self.newest = newest
    outside = header.outside[...]
    next = range.lowerBound
    self.known = Dictionary(grouping: known, by: \.size)
    guard
      let tree = MerkleTree(
        size: range.lowerBound,
        subtrees: Array(header.outside.prefix(range.lowerBound.nonzeroBitCount)))
    else { throw LogDamage.unreadable(line: 1, problem: "hashes are missing") }
    self.tree = tree
    outOfReach = known.count { $0.size > 0 && $0.size < range.lowerBound }
    if let beyond = known.map(\.size).max(), beyond > max(newest.size, range.upperBound) {
      throw LogDamage.rolledBack(size: max(newest.size, range.upperBound), checkpoint: beyond)
    }
  }

  mutating func run(_ nextLine: () throws -> [UInt8]?) throws {
    try compare()
    let covered = range.clamped(to: 0..<newest.size)
    let root =
      newest.size == 0 ? MerkleTree().root : try root(0..<newest.size, covered, nextLine)
    guard root == newest.root else {
      throw LogDamage.rewritten(intact: intact, checkpoint: newest.size)
    }
    guard outside.isEmpty else {
      throw LogDamage.unreadable(line: 1, problem: "there are too many hashes")
    }
    while next < range.upperBound { _ = try leaf(nextLine) }
    if try nextLine() != nil {
      throw LogDamage.unreadable(line: lineNumber + 1, problem: "it is behind the range's end")
    }
  }

  private mutating func root(
    _ part: Range<UInt64>, _ covered: Range<UInt64>, _ nextLine: () throws -> [UInt8]?
  ) throws -> Digest {
    guard part.overlaps(covered) else {
      guard let digest = outside.popFirst() else {
        throw LogDamage.unreadable(line: 1, problem: "hashes are missing")
      }
      return digest
    }
    guard part.count > 1 else { return try leaf(nextLine) }
    let (left, right) = part.halves
    return MerkleTree.node(
      try root(left, covered, nextLine), try root(right, covered, nextLine))
  }

  private mutating func leaf(_ nextLine: () throws -> [UInt8]?) throws -> Digest {
    guard let line = try nextLine() else {
      throw LogDamage.truncated(expected: max(newest.size, range.upperBound), found: next)
    }
    lineNumber += 1
    let row = try LogExport.row(parsing: line, number: lineNumber)
    guard row.index == next else { throw LogDamage.missing(entry: next, found: row.index) }
    if let entry = row.entry {
      guard entry.sequence == next else {
        throw LogDamage.moved(entry: next, says: entry.sequence)
      }
      if let lastTime, entry.time < lastTime { throw LogDamage.backInTime(entry: next) }
      lastTime = entry.time
    } else {
      withheld += 1
    }
    next += 1
    tree.append(row.leaf)
    try compare()
    return row.leaf
  }

  private mutating func compare() throws {
    for checkpoint in known[tree.size] ?? [] where tree.size > 0 {
      guard checkpoint.root == tree.root else {
        throw LogDamage.rewritten(intact: intact, checkpoint: checkpoint.size)
      }
      intact = checkpoint.size
      if checkpoint != newest { confirmed += 1 }
    }
  }
}
