extension Work {
  /// A directory that a walk came to.
  struct Directory: Sendable {
    /// Files that are handed to a worker at a time.
    private static let batchLength = 32

    let path: WorkspacePath
    /// Counted from the top of the repository, for the ignore rules.
    let components: [[UInt8]]
    /// Those from above it.
    let rules: IgnoreRules

    init(path: WorkspacePath, components: [[UInt8]], rules: IgnoreRules) {
      self.path = path
      self.components = components
      self.rules = rules
    }

    /// The directory that a walk begins with.
    ///
    /// - Throws: `FileError` if an ignore file above it cannot be read.
    init(top path: WorkspacePath, _ options: Workspace.Options) throws(FileError) {
      guard options.respectsIgnoreFiles else {
        self.init(path: path, components: [], rules: .none)
        return
      }
      let root = try IgnoreRoot(above: path, environment: options.environment)
      self.init(path: path, components: root.components, rules: root.rules)
    }

    /// What is in it and not ignored: more work, and what cannot be read.
    func contents(_ options: Workspace.Options) -> WorkResult {
      var result = WorkResult()
      do {
        let listing = try DirectoryListing(path)
        let rules = innerRules(listing, options, into: &result)
        list(listing, rules, options, into: &result)
      } catch {
        result.totals.fail(error)
      }
      return result
    }

    /// Whether an entry is ignored, as this directory's own ignore files have it.
    func ignores(_ name: [UInt8], isDirectory: Bool, _ options: Workspace.Options) -> Bool {
      guard name != Array(".git".utf8) else { return true }
      guard options.respectsIgnoreFiles, let listing = try? DirectoryListing(path) else {
        return false
      }
      var unused = WorkResult()
      return innerRules(listing, options, into: &unused)
        .isIgnored(components + [name], isDirectory: isDirectory)
    }

    private func innerRules(
      _ listing: DirectoryListing, _ options: Workspace.Options, into result: inout WorkResult
    ) -> IgnoreRules {
      guard options.respectsIgnoreFiles else { return rules }
      var inner = rules
      for name in IgnoreRules.fileNames where listing.entries.contains(where: { $0.name == name }) {
        do {
          inner = try inner.addingFile(path.appending(name), depth: components.count)
        } catch {
          result.totals.fail(error)
        }
      }
      return inner
    }

    private func list(
      _ listing: DirectoryListing, _ rules: IgnoreRules, _ options: Workspace.Options,
      into result: inout WorkResult
    ) {
      var files: [WorkspacePath] = []
      for entry in listing.entries where entry.name != Array(".git".utf8) {
        let inner = components + [entry.name]
        if options.respectsIgnoreFiles,
          rules.isIgnored(inner, isDirectory: entry.kind == .directory)
        {
          continue
        }
        let place = path.appending(entry.name)
        switch entry.kind {
        case .directory:
          result.work.append(
            .directory(Directory(path: place, components: inner, rules: rules)))
        case .file: files.append(place)
        case .other: result.totals.skip(place, .special)
        }
      }
      // Last, so that they come before the directories: what waits stays few.
      for start in stride(from: 0, to: files.count, by: Self.batchLength) {
        result.work.append(
          .files(Array(files[start..<min(start + Self.batchLength, files.count)])))
      }
    }
  }
}
