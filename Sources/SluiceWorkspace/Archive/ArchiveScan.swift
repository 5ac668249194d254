internal import SluiceScan

/// Scans what is in an archive, and in the archives in it.
///
/// A member is called like the file, `!/` and its own name: `logs.zip!/app/main.log`.
struct ArchiveScan {
  /// The file that everything lies in.
  let file: WorkspacePath
  let limits: ArchiveLimits
  let includesBinary: Bool
  private var totals = ScanTotals()
  private var block: [UInt8] = []

  init(file: WorkspacePath, limits: ArchiveLimits, includesBinary: Bool) {
    self.file = file
    self.limits = limits
    self.includesBinary = includesBinary
  }

  /// Scans everything that comes out of an archive.
  ///
  /// - Parameters:
  ///   - packedBytes: its size; nil if that is not known.
  ///   - scanner: scans each member.
  ///   - open: opens it with what may come out of it.
  /// - Returns: what was found, and what could not be read.
  mutating func scan(
    packedBytes: UInt64?, with scanner: inout DocumentScanner,
    opening open: (ArchiveBudget) throws(ArchiveFailure) -> ArchiveReader
  ) -> ScanTotals {
    let budget = ArchiveBudget(limits, packedBytes: packedBytes)
    do {
      try scan(try open(budget), at: file, depth: 1, budget: budget, with: &scanner)
    } catch {
      totals.fail(ArchiveProblem(path: file, failure: error))
    }
    return totals
  }

  private mutating func scan(
    _ reader: ArchiveReader, at path: WorkspacePath, depth: Int, budget: ArchiveBudget,
    with scanner: inout DocumentScanner
  ) throws(ArchiveFailure) {
    var isEmpty = true
    while let member = try reader.nextMember() {
      isEmpty = false
      guard member.isFile else { continue }
      let place = path.appending(member: member.name)
      do throws(ArchiveFailure) {
        if member.isEncrypted { throw .encrypted }
        try scan(reader, member: place, depth: depth, budget: budget, with: &scanner)
      } catch {
        // What ends the archive is reported once, by whoever opened it.
        if error.endsArchive { throw error }
        totals.fail(ArchiveProblem(path: place, failure: error))
      }
    }
    if isEmpty, reader.isTar { totals.skip(path, .binary) }
  }

  private mutating func scan(
    _ reader: ArchiveReader, member path: WorkspacePath, depth: Int, budget: ArchiveBudget,
    with scanner: inout DocumentScanner
  ) throws(ArchiveFailure) {
    var isAtEnd = try fill(from: reader)
    if ArchiveFormat.begins(block.span) {
      return try unpack(reader, member: path, depth: depth, budget: budget, with: &scanner)
    }
    let probe = block.prefix(DocumentScanner.binaryProbe)
    if !includesBinary, probe.contains(0) {
      totals.skip(path, .binary)
      if !isAtEnd { try reader.skip() }
      return
    }
    if let kind = StructureKind(path) {
      var document = block
      while !isAtEnd, document.count <= StructureAnalysis.largestDocument {
        isAtEnd = try fill(from: reader)
        document += block
      }
      if isAtEnd {
        if !scanner.scan(document, as: kind, at: path) { totals.noteUnparsed(path) }
        return collect(path, from: scanner)
      }
      block = document
    }
    scanner.begin(at: path)
    scanner.feed(block.span)
    do {
      while !isAtEnd {
        isAtEnd = try fill(from: reader)
        scanner.feed(block.span)
      }
    } catch {
      scanner.finish()
      collect(path, from: scanner)
      throw error
    }
    scanner.finish()
    collect(path, from: scanner)
  }

  /// Scans an archive that is a member of one.
  private mutating func unpack(
    _ reader: ArchiveReader, member path: WorkspacePath, depth: Int, budget: ArchiveBudget,
    with scanner: inout DocumentScanner
  ) throws(ArchiveFailure) {
    guard depth < limits.depth else {
      try reader.skip()
      throw .tooMuch(.depth)
    }
    var first = BytesAhead(block)
    let inner = try ArchiveReader(budget: budget) { output in
      first.isEmpty ? try reader.read(into: &output) : first.take(into: &output)
    }
    do {
      try scan(inner, at: path, depth: depth + 1, budget: budget, with: &scanner)
    } catch {
      // The outer archive may be sound, unless the limit of both was met.
      if case .tooMuch = error { throw error }
      totals.fail(ArchiveProblem(path: path, failure: error))
    }
    try reader.skip()
  }

  /// Reads the next block of the member.
  ///
  /// - Returns: whether it is the last one.
  private mutating func fill(from reader: ArchiveReader) throws(ArchiveFailure) -> Bool {
    block.removeAll(keepingCapacity: true)
    while block.count < DocumentScanner.blockLength {
      var count = 0
      try block.append(addingCapacity: DocumentScanner.blockLength - block.count) {
        (free: inout OutputSpan<UInt8>) throws(ArchiveFailure) in
        count = try reader.read(into: &free)
      }
      if count == 0 { return true }
    }
    return false
  }

  private mutating func collect(_ path: WorkspacePath, from scanner: borrowing DocumentScanner) {
    totals.collect(path, from: scanner, archive: file)
  }
}

extension WorkspacePath {
  /// What stands between the name of an archive and that of a member.
  static let memberMark = "!/"
  private static let compressed = [".gz", ".bz2", ".xz", ".zst"]

  /// The path of a member.
  ///
  /// - Parameter name: as the archive has it; nil: the content of a compressed file, which is
  ///   called like the file without its ending.
  /// - Returns: `a.zip!/b`.
  func appending(member name: [UInt8]?) -> WorkspacePath {
    var inner = name ?? Array(self.name)
    if name == nil {
      for ending in Self.compressed where inner.count > ending.utf8.count {
        if inner.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
          inner.removeLast(ending.utf8.count)
          break
        }
      }
    }
    return WorkspacePath(bytes: bytes + Array(Self.memberMark.utf8) + inner)
  }
}
