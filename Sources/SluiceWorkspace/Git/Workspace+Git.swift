internal import SluiceCrypto
internal import SluiceRules
internal import SluiceScan

extension Workspace {
  /// Scans what would be committed: the content that the index holds, and of it the lines that
  /// are new.
  ///
  /// The whole of each file is read, so that a secret over several lines, of which one is new, is
  /// found and the offsets are those of the file.
  ///
  /// - Returns: the findings in order, and what could not be read.
  /// - Throws: `GitError`, `FileError`, and what making a fingerprinter throws.
  package func scanStaged() async throws -> ScanTotals {
    let filter = try await GitRepository.here().filter(respectsIgnoreFiles: respectsIgnoreFiles)
    var parser = PatchParser()
    var staged = StagedHandler()
    try await Git.stream(
      ["diff", "--cached", "--diff-filter=ACMRT", "--ignore-submodules=all"] + Git.diffOptions
    ) { piece in
      parser.consume(piece.span, into: &staged)
    }
    parser.finish(into: &staged)
    let files = staged.files.filter { file in
      !file.path.isEmpty && !file.object.isEmpty && !filter.isIgnored(file.path)
    }
    guard !files.isEmpty else { return ScanTotals() }
    var blobs = BlobScan(
      files: files, includesBinary: options.includesBinary, scanner: try makeScanner())
    let objects = files.flatMap { $0.object + [UInt8(ascii: "\n")] }
    try await Git.stream(["cat-file", "--batch"], input: objects) { piece in
      try blobs.consume(piece.span)
    }
    guard blobs.isComplete else { throw GitError.unexpectedOutput(command: "cat-file") }
    var totals = blobs.totals
    totals.finish()
    return totals
  }

  /// Scans what commits add, by one `git log`.
  ///
  /// - Parameters:
  ///   - revisions: as `git log` takes them; all branches and tags if empty.
  ///   - since: a date as git takes it; nil: from the first commit on.
  ///   - progress: called now and then.
  /// - Returns: the findings by path; those of a history that git could not read to its end hold a
  ///   problem.
  /// - Throws: `FileError`, and what making a fingerprinter throws.
  package func scanHistory(
    revisions: [String], since: String?, progress: (Progress) -> Void = { _ in }
  ) async throws -> ScanTotals {
    let repository = try await GitRepository.here()
    var handler = HistoryHandler(
      scanner: try makeScanner(),
      filter: try repository.filter(respectsIgnoreFiles: respectsIgnoreFiles))
    var arguments = ["log", HistoryHandler.format, "--diff-merges=remerge", "--no-notes"]
    arguments += Git.diffOptions
    if let since { arguments.append("--since=\(since)") }
    if options.includesBinary { arguments.append("--text") }
    arguments += revisions.isEmpty ? ["--all"] : ["--end-of-options"] + revisions + ["--"]
    var parser = PatchParser()
    var problem: GitError?
    do {
      try await Git.stream(arguments) { piece in
        parser.consume(piece.span, into: &handler)
        progress(
          Progress(
            documents: handler.totals.documents, bytes: handler.totals.bytes,
            findings: handler.totals.findings.count, waiting: 0))
      }
    } catch let error as GitError {
      problem = error
    }
    parser.finish(into: &handler)
    var totals = handler.totals
    if let problem { totals.fail(problem, isNamed: true) }
    if repository.isShallow { totals.fail(GitError.shallowClone) }
    totals.finish()
    return totals
  }

  private var respectsIgnoreFiles: Bool { options.respectsIgnoreFiles }

  private func makeScanner() throws -> DocumentScanner {
    DocumentScanner(rules: rules, fingerprinter: try makeFingerprinter())
  }
}

/// What is asked of a repository before it is scanned.
struct GitRepository {
  let isShallow: Bool
  /// Of the work tree; nil without one.
  let top: WorkspacePath?

  /// The repository of the current directory.
  ///
  /// - Throws: `GitError` if there is none.
  static func here() async throws -> GitRepository {
    var output: [UInt8] = []
    try await Git.stream(
      ["rev-parse", "--is-shallow-repository", "--is-inside-work-tree", "--show-cdup"]
    ) { piece in
      output += piece
    }
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count >= 3 else { throw GitError.unexpectedOutput(command: "rev-parse") }
    return GitRepository(
      isShallow: lines[0].elementsEqual("true".utf8),
      top: lines[1].elementsEqual("true".utf8) ? WorkspacePath(bytes: Array(lines[2])) : nil)
  }

  func filter(respectsIgnoreFiles: Bool) throws(FileError) -> PathFilter {
    try PathFilter(top: respectsIgnoreFiles ? top : nil)
  }
}
