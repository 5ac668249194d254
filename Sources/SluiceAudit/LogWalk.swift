internal import SluiceCrypto

/// One pass over an export, from left to right.
struct LogWalk {
  private let range: Range<UInt64>
  private let newest: Checkpoint
  private let known: [UInt64: [Checkpoint]]
  private var outside: ArraySlice<Digest>
  /// The leaves so far, as far as the left end of the range allows to know them.
  private var tree: MerkleTree
  private var next: UInt64
  private var lastTime: UTCTime?
  /// So many entries are those of a signed checkpoint.
  private var intact: UInt64 = 0
  private(set) var withheld = 0
  private(set) var confirmed = 0
  private(set) var outOfReach = 0
  private let expired: UInt64
  /// Up to where entries of the export say that retention removed others.
  private var recordedExpiry: UInt64 = 0
  /// Whether an entry that retention did not remove came only as a hash.
  private var isSelection = false

  init(header: LogExport.Header, newest: Checkpoint, known: [Checkpoint]) throws {
    range = header.range
    expired = header.expired
    self.newest = newest
    outside = header.outside[...]
    next = range.lowerBound
    self.known = Dictionary(grouping: known, by: \.size)
    if let split = self.known.values.first(where: { Set($0.map(\.root)).count > 1 })?.first {
      throw LogDamage.splitView(size: split.size)
    }
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

  mutating func run(_ nextRow: () throws -> LogExport.Row?) throws {
    try compare()
    let covered = range.clamped(to: 0..<newest.size)
    let root =
      newest.size == 0 ? MerkleTree().root : try root(0..<newest.size, covered, nextRow)
    guard root == newest.root else {
      throw LogDamage.rewritten(intact: intact, checkpoint: newest.size)
    }
    guard outside.isEmpty else {
      throw LogDamage.unreadable(line: 1, problem: "there are too many hashes")
    }
    while next < range.upperBound { _ = try leaf(nextRow) }
    if let row = try nextRow() {
      throw LogDamage.unreadable(line: row.line, problem: "it is behind the range's end")
    }
    // The entry that says so is behind what it removed; a selection may leave it out.
    let isWhole = !isSelection && range.upperBound >= newest.size
    guard range.lowerBound >= expired || !isWhole || recordedExpiry >= expired else {
      throw LogDamage.removed(from: max(recordedExpiry, range.lowerBound), to: expired)
    }
  }

  private mutating func root(
    _ part: Range<UInt64>, _ covered: Range<UInt64>, _ nextRow: () throws -> LogExport.Row?
  ) throws -> Digest {
    guard part.overlaps(covered) else {
      guard let digest = outside.popFirst() else {
        throw LogDamage.unreadable(line: 1, problem: "hashes are missing")
      }
      return digest
    }
    guard part.count > 1 else { return try leaf(nextRow) }
    let (left, right) = part.halves
    return MerkleTree.node(
      try root(left, covered, nextRow), try root(right, covered, nextRow))
  }

  private mutating func leaf(_ nextRow: () throws -> LogExport.Row?) throws -> Digest {
    guard let row = try nextRow() else {
      throw LogDamage.truncated(expected: max(newest.size, range.upperBound), found: next)
    }
    guard row.index == next else { throw LogDamage.missing(entry: next, found: row.index) }
    if let entry = row.entry {
      guard entry.sequence == next else {
        throw LogDamage.moved(entry: next, says: entry.sequence)
      }
      if let lastTime, entry.time < lastTime { throw LogDamage.backInTime(entry: next) }
      lastTime = entry.time
      if entry.operation == AuditEntry.expiryOperation, entry.decision == .allow {
        recordedExpiry = max(recordedExpiry, entry.details["upTo"].flatMap(UInt64.init) ?? 0)
      }
    } else {
      withheld += 1
      if next >= expired { isSelection = true }
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
