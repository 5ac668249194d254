internal import SluiceRules
internal import SluiceScan

/// Scans the objects that `git cat-file --batch` prints, in the order in which they were asked for.
struct BlobScan: ~Copyable {
  private enum Place {
    case head
    /// Content, with as many bytes to come.
    case content(UInt64)
    /// The line end behind the content.
    case end
  }

  private(set) var totals = ScanTotals()
  private let files: [StagedFile]
  private let includesBinary: Bool
  private let archives: ArchiveLimits
  private var scanner: DocumentScanner
  private var place = Place.head
  private var head: [UInt8] = []
  private var position = 0
  private var length: UInt64 = 0
  private var isBinary = false
  private var isArchive = false
  /// The content of a structured document or an archive, which is scanned as a whole.
  private var document: [UInt8] = []
  private var kind: StructureKind?

  /// Larger archives in git are not held in memory, and reported.
  private static let largestArchive = 256 << 20

  init(files: [StagedFile], options: Workspace.Options, scanner: consuming DocumentScanner) {
    self.files = files
    includesBinary = options.includesBinary
    archives = options.archives
    self.scanner = scanner
  }

  /// Whether every object that was asked for has come.
  var isComplete: Bool { position == files.count }

  /// Reads the next piece of output.
  ///
  /// - Throws: `GitError` if it is none of `cat-file`.
  mutating func consume(_ bytes: Span<UInt8>) throws(GitError) {
    var rest = bytes
    while rest.count > 0 {
      switch place {
      case .head:
        let lineEnd = rest.firstIndex(of: UInt8(ascii: "\n"))
        for index in 0..<(lineEnd ?? rest.count) { head.append(rest[index]) }
        rest = rest.extracting(min(rest.count, (lineEnd ?? rest.count) + 1)...)
        if lineEnd != nil { try beginObject() }
      case .content(let left):
        let piece = rest.extracting(first: Int(min(left, UInt64(rest.count))))
        rest = rest.extracting(piece.count...)
        take(piece)
        place = left == UInt64(piece.count) ? .end : .content(left - UInt64(piece.count))
      case .end:
        rest = rest.extracting(1...)
        endObject()
      }
    }
  }

  private mutating func beginObject() throws(GitError) {
    let fields = head.split(separator: UInt8(ascii: " "))
      .map { String(decoding: $0, as: UTF8.self) }
    head.removeAll(keepingCapacity: true)
    guard position < files.count, fields.count >= 2 else {
      throw .unexpectedOutput(command: "cat-file")
    }
    if fields[1] == "missing" {
      totals.fail(GitError.missingObject(id: fields[0]))
      position += 1
      return
    }
    guard fields.count == 3, let size = UInt64(fields[2]) else {
      throw .unexpectedOutput(command: "cat-file")
    }
    kind =
      size <= StructureAnalysis.largestDocument
      ? StructureKind(WorkspacePath(bytes: files[position].path)) : nil
    document.removeAll(keepingCapacity: true)
    scanner.begin(at: WorkspacePath(bytes: files[position].path))
    isBinary = false
    isArchive = false
    length = 0
    place = size == 0 ? .end : .content(size)
  }

  private mutating func take(_ piece: Span<UInt8>) {
    if length == 0, archives.depth > 0 { isArchive = ArchiveFormat.begins(piece) }
    if length < UInt64(DocumentScanner.binaryProbe) {
      let probe = piece.extracting(first: DocumentScanner.binaryProbe - Int(length))
      isBinary = isBinary || probe.firstIndex(of: 0) != nil
    }
    length += UInt64(piece.count)
    if isArchive {
      if document.count <= Self.largestArchive {
        for index in piece.indices { document.append(piece[index]) }
      }
      return
    }
    guard !isBinary || includesBinary else { return }
    if kind == nil {
      scanner.feed(piece)
    } else {
      for index in piece.indices { document.append(piece[index]) }
    }
  }

  private mutating func endObject() {
    scanner.finish()
    place = .head
    let file = files[position]
    position += 1
    let path = WorkspacePath(bytes: file.path)
    if isArchive { return unpack(file, at: path) }
    guard !isBinary || includesBinary else { return totals.skip(path, .binary) }
    if let kind, !scanner.scan(document, as: kind, at: path) { totals.noteUnparsed(path) }
    var found = ScanTotals()
    found.collect(path, from: scanner)
    found.findings.removeAll { !file.adds(anyOf: $0.line...$0.endLine) }
    totals.add(found)
  }

  private mutating func unpack(_ file: StagedFile, at path: WorkspacePath) {
    guard document.count <= Self.largestArchive else {
      return totals.skip(path, .tooLarge)
    }
    var archive = ArchiveScan(file: path, limits: archives, includesBinary: includesBinary)
    var rest = BytesAhead(document)
    var found = archive.scan(packedBytes: UInt64(document.count), with: &scanner) {
      (budget) throws(ArchiveFailure) in
      try ArchiveReader(budget: budget) { output in rest.take(into: &output) }
    }
    for index in found.findings.indices { found.findings[index].commit = file.commit }
    totals.add(found)
  }
}
