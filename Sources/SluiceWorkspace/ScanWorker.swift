internal import SluiceCrypto
internal import SluiceScan

/// A part of a walk that one worker does.
enum Work: Sendable {
  case directory(Directory)
  /// What a walk came across.
  case files([WorkspacePath])
  /// What the user named.
  case named(WorkspacePath)
  case standardInput

  /// Known files in it.
  var documentCount: Int {
    switch self {
    case .directory: 0
    case .files(let paths): paths.count
    case .named, .standardInput: 1
    }
  }
}

/// What came of it, and what is left to do.
struct WorkResult: Sendable {
  var totals = ScanTotals()
  var work: [Work] = []
}

/// One core's scanner.
actor ScanWorker {
  private let options: Workspace.Options
  private var scanner: DocumentScanner

  init(
    rules: CompiledRules, options: Workspace.Options,
    makeFingerprinter: @Sendable () throws -> Fingerprinter?
  ) throws {
    self.options = options
    scanner = DocumentScanner(
      rules: rules, fingerprinter: try makeFingerprinter(), allowances: options.allowances,
      measures: options.measures)
  }

  /// What the scanner did so far.
  var statistics: ScanStatistics { scanner.statistics }

  func perform(_ work: Work) -> WorkResult {
    var result = WorkResult()
    switch work {
    case .directory(let directory): result = directory.contents(options)
    case .files(let paths):
      for path in paths { scan(path, isNamed: false, into: &result) }
    case .named(let path): scan(path, isNamed: true, into: &result)
    case .standardInput:
      var file = OpenFile.standardInput
      scan(&file, includesBinary: true, isNamed: true, into: &result)
    }
    return result
  }

  // MARK: - Files

  private func scan(_ path: WorkspacePath, isNamed: Bool, into result: inout WorkResult) {
    do {
      var file = isNamed ? try OpenFile.named(path) : try OpenFile.found(path)
      if file.kind == .directory {
        return result.work.append(.directory(try Work.Directory(top: path, options)))
      }
      if file.kind == .other, !isNamed { return result.totals.skip(path, .special) }
      if let limit = options.largestFile, file.size > limit {
        return result.totals.skip(path, .tooLarge)
      }
      scan(
        &file, includesBinary: options.includesBinary, isNamed: isNamed, into: &result)
    } catch {
      result.totals.fail(error, isNamed: isNamed)
    }
  }

  private func scan(
    _ file: inout OpenFile, includesBinary: Bool, isNamed: Bool, into result: inout WorkResult
  ) {
    do {
      if let kind = StructureKind(file.path), file.kind == .regular,
        file.size <= StructureAnalysis.largestDocument
      {
        return try scan(&file, as: kind, into: &result.totals)
      }
      let unpacks = options.archives.depth > 0
      switch try scanner.scan(&file, includesBinary: includesBinary, unpacks: unpacks) {
      case .scanned: break
      case .binary: return result.totals.skip(file.path, .binary)
      case .archive: return unpack(&file, into: &result.totals)
      }
    } catch {
      result.totals.fail(error, isNamed: isNamed)
    }
    collect(path: file.path, into: &result.totals)
  }

  private func scan(
    _ file: inout OpenFile, as kind: StructureKind, into totals: inout ScanTotals
  ) throws(FileError) {
    let bytes = try file.readAll(limit: Int(StructureAnalysis.largestDocument))
    guard options.includesBinary || !bytes.prefix(DocumentScanner.binaryProbe).contains(0) else {
      return totals.skip(file.path, .binary)
    }
    if !scanner.scan(bytes, as: kind, at: file.path) { totals.noteUnparsed(file.path) }
    collect(path: file.path, into: &totals)
  }

  private func unpack(_ file: inout OpenFile, into totals: inout ScanTotals) {
    var archive = ArchiveScan(
      file: file.path, limits: options.archives, includesBinary: options.includesBinary)
    let number = file.number
    if file.kind == .regular {
      totals.add(
        archive.scan(packedBytes: file.size, with: &scanner) {
          (budget) throws(ArchiveFailure) in
          try ArchiveReader(descriptor: number, budget: budget)
        })
    } else {
      let stream = ArchiveStream(first: file.takeUnread(), descriptor: number, path: file.path)
      totals.add(
        archive.scan(packedBytes: nil, with: &scanner) { (budget) throws(ArchiveFailure) in
          try ArchiveReader(budget: budget) { output in try stream.read(into: &output) }
        })
    }
  }

  /// Takes over what the scanner found in the document at `path`.
  private func collect(path: WorkspacePath, into totals: inout ScanTotals) {
    totals.collect(path, from: scanner)
  }
}
