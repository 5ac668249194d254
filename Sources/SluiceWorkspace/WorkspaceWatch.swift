internal import SluiceRules
package import SluiceScan

/// Scans files again whenever they change.
///
/// A directory is watched before it is read, so that nothing that happens meanwhile is missed; what
/// happens twice is scanned twice. When the kernel could not keep up, everything is scanned again.
package final class WorkspaceWatch {
  /// What came of a moment's changes.
  package struct Change: Sendable {
    /// The findings of the files that changed; the files that are gone have none.
    package var totals = ScanTotals()
    package var files: Set<WorkspacePath> = []
    /// Those of them that are not there any more.
    var gone: Set<WorkspacePath> = []
    /// Files that may be written on, counting or not.
    var written: Set<WorkspacePath> = []
    /// Whether all files were scanned again, also those that are not named here.
    package var isEverything = false
  }

  /// How long a change may go on before what came is scanned, in milliseconds.
  private static let gathering = 50
  private static let mostGatherings = 10
  /// How long files that are still written are left alone after a look at them: at least so long,
  /// and so many times as long as the look took, because each reads them from their beginning.
  private static let leastRest = Duration.seconds(1)
  private static let restFactor = 10

  private let workspace: Workspace
  private let top: [WorkspacePath]
  private let events: FileEvents
  private let worker: ScanWorker
  private var directories: [WorkspacePath: Work.Directory] = [:]
  /// Files that were named: in their directories nothing else counts.
  private var named: Set<WorkspacePath> = []
  /// Files that somebody has written and not closed since the last look at them.
  private var growing: Set<WorkspacePath> = []
  private var nextLook = ContinuousClock.now
  private var problems = ScanTotals()
  private var scanned: ScanStatistics

  /// - Parameters:
  ///   - workspace: what is looked for.
  ///   - paths: files and directories.
  /// - Throws: `FileError`, and what making a fingerprinter throws.
  package init(_ workspace: Workspace, paths: [WorkspacePath]) throws {
    self.workspace = workspace
    top = paths
    events = try FileEvents()
    worker = try ScanWorker(
      rules: workspace.rules, options: workspace.options,
      makeFingerprinter: workspace.makeFingerprinter)
    scanned = ScanStatistics(ruleCount: workspace.rules.rules.count)
  }

  /// What was read so far and what that took, as far as `Workspace.Options.measures` says.
  ///
  /// It counts what the rules found, whether it is new or not: what is told is the caller's.
  package func statistics() async -> ScanStatistics {
    var statistics = await worker.statistics
    let (bytes, records) = (scanned.settledBytes, scanned.records + statistics.records)
    statistics.add(scanned)
    statistics.settledBytes = bytes
    statistics.records = records
    return statistics
  }

  /// How many directories are watched.
  package var watched: Int { directories.count + named.count }

  /// Begins to watch, and scans everything.
  ///
  /// - Parameter progress: called now and then.
  /// - Returns: what is there now.
  /// - Throws: as `Workspace.scan`.
  package func start(
    progress: (Workspace.Progress) -> Void = { _ in }
  ) async throws -> ScanTotals {
    directories = [:]
    named = []
    growing = []
    problems = ScanTotals()
    for path in top {
      do {
        let file = try OpenFile.named(path)
        if file.kind == .directory {
          watch(try Work.Directory(top: path, workspace.options))
        } else {
          named.insert(path)
          try events.watch(path.folder)
        }
      } catch {
        problems.fail(error, isNamed: true)
      }
    }
    var totals = try await workspace.scan(top, progress: progress)
    scanned.settledBytes += totals.bytes
    if let work = totals.statistics {
      scanned.add(work)
      scanned.records += work.records
    }
    // What could not be watched is told even if it could be read.
    totals.add(problems)
    return totals
  }

  /// Waits for changes, and scans what changed.
  ///
  /// - Parameter timeout: in milliseconds.
  /// - Returns: nil if nothing happened in that time.
  /// - Throws: as `Workspace.scan`.
  package func next(timeout: Int) async throws -> Change? {
    var seen = events.next(timeout: timeout)
    // An editor writes a file in several steps.
    for _ in 0..<Self.mostGatherings where !seen.isEmpty {
      let more = events.next(timeout: Self.gathering)
      if more.isEmpty { break }
      seen += more
    }
    problems = ScanTotals()
    var change = Change()
    for event in seen {
      guard follow(event, into: &change) else { return try await everything() }
    }
    growing.formUnion(change.written.filter(counts))
    let isLook = !growing.isEmpty && ContinuousClock.now >= nextLook
    if isLook {
      change.files.formUnion(growing)
      growing = []
    }
    guard !change.files.isEmpty || problems.problemCount > 0 else { return nil }
    let start = ContinuousClock.now
    let files = change.files.subtracting(change.gone)
    change.totals = await worker.perform(.files(files.sorted())).totals
    scanned.settledBytes += change.totals.bytes
    change.totals.add(problems)
    change.totals.finish()
    if isLook {
      let now = ContinuousClock.now
      nextLook = now + max(Self.leastRest, (now - start) * Self.restFactor)
    }
    return change
  }

  /// Takes over what an event says.
  ///
  /// - Returns: whether that is enough; if not, everything has to be scanned again.
  private func follow(_ event: FileEvents.Event, into change: inout Change) -> Bool {
    var files: Set<WorkspacePath> = []
    switch event {
    case .lost: return false
    case .changed(let path):
      if IgnoreRules.fileNames.contains(Array(path.name)) { return false }
      if counts(path) { files = [path] }
    case .growing(let path):
      change.written.insert(path)
    case .directory(let path):
      if let parent = directories[path.folder],
        !parent.ignores(Array(path.name), isDirectory: true, workspace.options)
      {
        files = Set(
          watch(
            Work.Directory(
              path: path, components: parent.components + [Array(path.name)],
              rules: parent.rules)))
      }
    case .gone(let path):
      growing.remove(path)
      change.written.remove(path)
      change.files.insert(path)
      change.gone.insert(path)
    }
    growing.subtract(files)
    change.written.subtract(files)
    change.files.formUnion(files)
    change.gone.subtract(files)
    return true
  }

  private func everything() async throws -> Change {
    var change = Change()
    change.isEverything = true
    change.totals = try await start()
    change.files = Set(change.totals.findings.map(\.file))
    return change
  }

  private func counts(_ path: WorkspacePath) -> Bool {
    if named.contains(path) { return true }
    guard let folder = directories[path.folder] else { return false }
    return !folder.ignores(Array(path.name), isDirectory: false, workspace.options)
  }

  /// Watches a directory and those in it.
  ///
  /// - Returns: the files that are there.
  @discardableResult
  private func watch(_ directory: Work.Directory) -> [WorkspacePath] {
    var files: [WorkspacePath] = []
    var stack = [directory]
    while let next = stack.popLast() {
      do {
        try events.watch(next.path)
      } catch {
        problems.fail(error)
        continue
      }
      directories[next.path] = next
      for work in next.contents(workspace.options).work {
        switch work {
        case .directory(let inner): stack.append(inner)
        case .files(let paths): files += paths
        case .named, .standardInput: break
        }
      }
    }
    return files
  }
}

extension WorkspacePath {
  /// The directory it lies in.
  var folder: WorkspacePath {
    let folder = bytes.dropLast(name.count)
    if folder.isEmpty { return WorkspacePath(".") }
    return WorkspacePath(bytes: Array(folder.count > 1 ? folder.dropLast() : folder))
  }
}
