internal import SluiceCrypto
internal import SluiceScan

/// A part of a walk that one worker does.
enum Work: Sendable {
  struct Directory: Sendable {
    let path: WorkspacePath
    /// Counted from the top of the repository, for the ignore rules.
    let components: [[UInt8]]
    let rules: IgnoreRules
  }

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
  /// Files that are handed to a worker at a time.
  private static let batchLength = 32

  private let options: Workspace.Options
  private var scanner: DocumentScanner

  init(
    rules: CompiledRules, options: Workspace.Options,
    makeFingerprinter: @Sendable () throws -> Fingerprinter?
  ) throws {
    self.options = options
    scanner = DocumentScanner(rules: rules, fingerprinter: try makeFingerprinter())
  }

  func perform(_ work: Work) -> WorkResult {
    var result = WorkResult()
    switch work {
    case .directory(let directory): list(directory, into: &result)
    case .files(let paths):
      for path in paths { scan(path, isNamed: false, into: &result) }
    case .named(let path): scan(path, isNamed: true, into: &result)
    case .standardInput:
      var file = OpenFile.standardInput
      scan(&file, includesBinary: true, isNamed: true, into: &result)
    }
    return result
  }

  // MARK: - Directories

  private func list(_ directory: Work.Directory, into result: inout WorkResult) {
    let listing: DirectoryListing
    var rules = directory.rules
    do {
      listing = try DirectoryListing(directory.path)
    } catch {
      return result.totals.fail(error)
    }
    if options.respectsIgnoreFiles {
      for name in IgnoreRules.fileNames where listing.entries.contains(where: { $0.name == name }) {
        do {
          rules = try rules.addingFile(
            directory.path.appending(name), depth: directory.components.count)
        } catch {
          result.totals.fail(error)
        }
      }
    }
    var files: [WorkspacePath] = []
    for entry in listing.entries where entry.name != Array(".git".utf8) {
      let components = directory.components + [entry.name]
      if options.respectsIgnoreFiles,
        rules.isIgnored(components, isDirectory: entry.kind == .directory)
      {
        continue
      }
      let path = directory.path.appending(entry.name)
      switch entry.kind {
      case .directory:
        result.work.append(
          .directory(Work.Directory(path: path, components: components, rules: rules)))
      case .file: files.append(path)
      case .other: result.totals.skip(path, .special)
      }
    }
    // Last, so that they come before the directories: what waits stays few.
    for start in stride(from: 0, to: files.count, by: Self.batchLength) {
      result.work.append(.files(Array(files[start..<min(start + Self.batchLength, files.count)])))
    }
  }

  // MARK: - Files

  private func scan(_ path: WorkspacePath, isNamed: Bool, into result: inout WorkResult) {
    do {
      var file = isNamed ? try OpenFile.named(path) : try OpenFile.found(path)
      if file.kind == .directory {
        return try walk(from: path, into: &result)
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

  private func walk(
    from path: WorkspacePath, into result: inout WorkResult
  ) throws(FileError) {
    guard options.respectsIgnoreFiles else {
      result.work.append(
        .directory(Work.Directory(path: path, components: [], rules: .none)))
      return
    }
    let root = try IgnoreRoot(above: path, environment: options.environment)
    result.work.append(
      .directory(
        Work.Directory(path: path, components: root.components, rules: root.rules)))
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
      if try scanner.scan(&file, includesBinary: includesBinary) == .binary {
        return result.totals.skip(file.path, .binary)
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
    if !scanner.scan(bytes, as: kind) { totals.unparsed += 1 }
    collect(path: file.path, into: &totals)
  }

  /// Takes over what the scanner found in the document at `path`.
  private func collect(path: WorkspacePath, into totals: inout ScanTotals) {
    totals.documents += 1
    totals.bytes += scanner.documentLength
    totals.uncollected += scanner.uncollected
    for var finding in scanner.findings {
      finding.path = path
      totals.findings.append(finding)
    }
  }
}
