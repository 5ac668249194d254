internal import SluiceRules
internal import SluiceScan

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
    /// Whether all files were scanned again, also those that are not named here.
    package var isEverything = false
  }

  /// How long a change may go on before what came is scanned, in milliseconds.
  private static let gathering = 50
  private static let mostGatherings = 10

  private let workspace: Workspace
  private let top: [WorkspacePath]
  private let events: FileEvents
  private let worker: ScanWorker
  private var directories: [WorkspacePath: Work.Directory] = [:]
  /// Files that were named: in their directories nothing else counts.
  private var named: Set<WorkspacePath> = []
  private var problems = ScanTotals()

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
    guard !seen.isEmpty else { return nil }
    // An editor writes a file in several steps.
    for _ in 0..<Self.mostGatherings {
      let more = events.next(timeout: Self.gathering)
      if more.isEmpty { break }
      seen += more
    }
    problems = ScanTotals()
    var change = Change()
    var files: Set<WorkspacePath> = []
    for event in seen {
      switch event {
      case .lost: return try await everything()
      case .changed(let path):
        if IgnoreRules.fileNames.contains(Array(path.name)) { return try await everything() }
        if counts(path) { files.insert(path) }
      case .directory(let path):
        if let parent = directories[path.folder],
          !parent.ignores(Array(path.name), isDirectory: true, workspace.options)
        {
          files.formUnion(
            watch(
              Work.Directory(
                path: path, components: parent.components + [Array(path.name)],
                rules: parent.rules)))
        }
      case .gone(let path):
        files.remove(path)
        change.files.insert(path)
      }
    }
    let result = await worker.perform(.files(files.sorted()))
    change.files.formUnion(files)
    change.totals = result.totals
    change.totals.add(problems)
    change.totals.finish()
    return change
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
