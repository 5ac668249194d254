package import SluiceCrypto
package import SluiceScan

/// Finds secrets where people keep them, in files, directories and git: the façade of
/// `SluiceWorkspace`.
///
/// A walk is a stack of work: a directory answers with what is in it, a batch of files with what
/// was found in them. One worker a core takes from the stack; the findings are put in order at the
/// end, so the answer does not depend on who was faster.
package struct Workspace: Sendable {
  /// What is scanned.
  package struct Options: Sendable {
    /// Whether `.gitignore` and `.sluiceignore` count.
    package var respectsIgnoreFiles = true
    /// Whether files that look like no text are scanned too.
    package var includesBinary = false
    /// How archives and compressed files are unpacked; a depth of 0: not at all.
    package var archives = ArchiveLimits()
    /// What the settings let stand.
    package var allowances: [Allowlist.Entry] = []
    /// In bytes; larger files are skipped and counted.
    package var largestFile: UInt64?
    /// Scanners at work at the same time.
    package var workers = 1
    /// Whether `ScanTotals.statistics` are kept; costs little.
    package var measures = false
    /// The process's environment, for what git reads from it.
    package var environment: [String: String] = [:]

    package init() {}
  }

  /// How far a scan is.
  package struct Progress: Sendable {
    package var documents: Int
    package var bytes: UInt64
    package var findings: Int
    /// Files that are known and not scanned yet; grows while directories are read.
    package var waiting: Int
  }

  let rules: CompiledRules
  let options: Options
  let makeFingerprinter: @Sendable () throws -> Fingerprinter?

  /// - Parameters:
  ///   - rules: what to look for.
  ///   - options: where.
  ///   - makeFingerprinter: makes each worker's fingerprinter; nil: findings carry none.
  package init(
    rules: CompiledRules, options: Options,
    makeFingerprinter: @escaping @Sendable () throws -> Fingerprinter?
  ) {
    self.rules = rules
    self.options = options
    self.makeFingerprinter = makeFingerprinter
  }

  /// Scans files and directories.
  ///
  /// - Parameters:
  ///   - paths: what the user named; `-` is standard input.
  ///   - progress: called now and then.
  /// - Returns: the findings in order, and what could not be read.
  /// - Throws: what making a fingerprinter throws.
  package func scan(
    _ paths: [WorkspacePath], progress: (Progress) -> Void = { _ in }
  ) async throws -> ScanTotals {
    let workers = try (0..<max(1, options.workers)).map { _ in
      try ScanWorker(rules: rules, options: options, makeFingerprinter: makeFingerprinter)
    }
    var stack: [Work] = paths.reversed().map { path in
      path == .standardInput ? .standardInput : .named(path)
    }
    var totals = ScanTotals()
    var waiting = stack.reduce(0) { $0 + $1.documentCount }
    await withTaskGroup(of: (worker: Int, result: WorkResult).self) { group in
      var idle = Array(workers.indices)
      while true {
        while let position = idle.last, let work = stack.popLast() {
          idle.removeLast()
          waiting -= work.documentCount
          let worker = workers[position]
          group.addTask { (position, await worker.perform(work)) }
        }
        guard let (position, result) = await group.next() else { break }
        idle.append(position)
        stack += result.work
        waiting = result.work.reduce(waiting) { $0 + $1.documentCount }
        totals.add(result.totals)
        progress(
          Progress(
            documents: totals.documents, bytes: totals.bytes, findings: totals.findings.count,
            waiting: waiting))
      }
    }
    if options.measures {
      for worker in workers { totals.measure(await worker.statistics) }
    }
    totals.finish()
    return totals
  }
}
