internal import SluiceRules
internal import SluiceScan

extension Workspace {
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
    var arguments = since.map { ["--since=\($0)"] } ?? []
    arguments += revisions.isEmpty ? ["--all"] : ["--end-of-options"] + revisions + ["--"]
    return try await scanLog(arguments, progress: progress)
  }

  /// Scans the commits that a push would give away.
  ///
  /// - Parameters:
  ///   - remote: its name; what is known to be there is not scanned again.
  ///   - lines: what git tells a `pre-push` hook: a line for each reference, with what it will be
  ///     here and what it is there.
  ///   - progress: called now and then.
  /// - Returns: as `scanHistory`.
  /// - Throws: `GitError.unexpectedOutput` for other lines, and as `scanHistory`.
  package func scanPush(
    to remote: String, reading lines: String, progress: (Progress) -> Void = { _ in }
  ) async throws -> ScanTotals {
    let push = try PushedCommits(lines)
    guard !push.new.isEmpty else { return ScanTotals() }
    let known = push.known.map { "^\($0)" }
    return try await scanLog(
      ["--ignore-missing"] + push.new + known + ["--not", "--remotes=\(remote)", "--"],
      progress: progress)
  }

  private func scanLog(
    _ selection: [String], progress: (Progress) -> Void
  ) async throws -> ScanTotals {
    let repository = try await GitRepository.here()
    var handler = HistoryHandler(
      scanner: try makeScanner(),
      filter: try repository.filter(respectsIgnoreFiles: respectsIgnoreFiles),
      opensArchives: options.archives.depth > 0)
    var problems: [GitError] = []
    var (rest, input) = (selection, [UInt8]())
    var done = -1
    while true {
      do {
        try await readLog(rest, input: input, into: &handler, progress: progress)
        break
      } catch let error as GitError {
        problems.append(error)
        // A commit whose objects are missing ends git: it goes on behind that commit.
        guard handler.commits > done, handler.commits > 0,
          problems.count < Self.mostBrokenCommits,
          let ids = try? await commits(selection, from: handler.commits), !ids.isEmpty
        else { break }
        done = handler.commits
        (rest, input) = (["--no-walk=unsorted", "--stdin"], ids)
      }
    }
    var totals = handler.totals
    for problem in problems { totals.fail(problem, isNamed: handler.commits == 0) }
    totals.add(try await scanObjects(handler.archives))
    if repository.isShallow { totals.fail(GitError.shallowClone) }
    totals.finish()
    return totals
  }

  /// Commits that cannot be read before the rest of history is given up.
  private static var mostBrokenCommits: Int { 100 }

  private func readLog(
    _ selection: [String], input: [UInt8], into handler: inout HistoryHandler,
    progress: (Progress) -> Void
  ) async throws {
    var arguments = ["log", HistoryHandler.format, "--diff-merges=remerge", "--no-notes"]
    arguments += Git.diffOptions
    if options.includesBinary { arguments.append("--text") }
    var parser = PatchParser()
    defer { parser.finish(into: &handler) }
    try await Git.stream(arguments + selection, input: input) { piece in
      parser.consume(piece.span, into: &handler)
      progress(
        Progress(
          documents: handler.totals.documents, bytes: handler.totals.bytes,
          findings: handler.totals.findings.count, waiting: 0))
    }
  }

  /// The commits of a selection in the order of the log, a line each, without the first ones.
  private func commits(_ selection: [String], from first: Int) async throws -> [UInt8] {
    var skipped = 0
    var lines: [UInt8] = []
    try await Git.stream(["rev-list"] + selection) { piece in
      var rest = piece[...]
      while skipped < first, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        skipped += 1
        rest = rest[(end + 1)...]
      }
      if skipped == first { lines += rest }
    }
    return lines
  }
}
