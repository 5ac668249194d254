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
    // Side by side: whoever commits waits for it.
    async let staged = Self.stagedFiles()
    let filter = try await GitRepository.here().filter(respectsIgnoreFiles: respectsIgnoreFiles)
    let files = try await staged.filter { file in
      !file.path.isEmpty && !file.object.isEmpty && !filter.isIgnored(file.path)
    }
    var totals = try await scanObjects(files)
    totals.finish()
    return totals
  }

  /// Reads objects, all by one `git cat-file`.
  func scanObjects(_ files: [StagedFile]) async throws -> ScanTotals {
    guard !files.isEmpty else { return ScanTotals() }
    var blobs = BlobScan(
      files: files, options: options, scanner: try makeScanner())
    let objects = files.flatMap { $0.object + [UInt8(ascii: "\n")] }
    try await Git.stream(["cat-file", "--batch"], input: objects) { piece in
      try blobs.consume(piece.span)
    }
    guard blobs.isComplete else { throw GitError.unexpectedOutput(command: "cat-file") }
    return blobs.totals
  }

  private static let stagedDiff = [
    "diff", "--cached", "--diff-filter=ACMRT", "--ignore-submodules=all",
  ]

  private static func stagedFiles() async throws -> [StagedFile] {
    var parser = PatchParser()
    var staged = StagedHandler()
    do {
      try await Git.stream(stagedDiff + Git.diffOptions) { piece in
        parser.consume(piece.span, into: &staged)
      }
    } catch is GitError {
      // An object is missing: which one is told when it is asked for, and the others are read as a
      // whole, because nobody can say what is new in them.
      return try await changedFiles()
    }
    parser.finish(into: &staged)
    return staged.files
  }

  /// The files of the index that changed, without a look at their content.
  private static func changedFiles() async throws -> [StagedFile] {
    var output: [UInt8] = []
    try await Git.stream(stagedDiff + ["--raw", "--no-abbrev", "--no-renames", "-z"]) { piece in
      output += piece
    }
    // `:100644 100644 <old> <new> M`, NUL, the name, NUL.
    let fields = output.split(separator: 0)
    return stride(from: 0, to: fields.count - 1, by: 2).compactMap { index in
      let head = fields[index].split(separator: UInt8(ascii: " "))
      guard head.count == 5 else { return nil }
      return StagedFile(path: Array(fields[index + 1]), object: Array(head[3]), isWhole: true)
    }
  }

  var respectsIgnoreFiles: Bool { options.respectsIgnoreFiles }

  func makeScanner() throws -> DocumentScanner {
    DocumentScanner(
      rules: rules, fingerprinter: try makeFingerprinter(), allowances: options.allowances)
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
