internal import SluiceRules

/// Scans what each commit adds, hunk by hunk.
struct HistoryHandler: ~Copyable, PatchHandler {
  /// The `--format` whose lines `beginCommit` reads.
  static let format = "--format=%x01%H%x02%aN <%aE>%x02%aI"
  private static let separator: UInt8 = 0x02

  private(set) var totals = ScanTotals()
  private(set) var commits = 0
  /// Archives that commits add, to be read afterwards; each object once.
  private(set) var archives: [StagedFile] = []
  private let opensArchives: Bool
  private var object: [UInt8] = []
  private var seenArchives: Set<[UInt8]> = []
  private let filter: PathFilter
  private var scanner: DocumentScanner
  private var commit: ScanFinding.Commit?
  private var path = WorkspacePath("")
  private var isFiltered = false
  private var firstLine = 1

  /// More archives in a history are only counted.
  private static let mostArchives = 10_000
  private static let archiveEndings = [
    ".zip", ".jar", ".war", ".ear", ".whl", ".egg", ".apk", ".nupkg", ".vsix", ".xpi", ".tar",
    ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".zst",
  ]

  init(scanner: consuming DocumentScanner, filter: PathFilter, opensArchives: Bool) {
    self.opensArchives = opensArchives
    self.scanner = scanner
    self.filter = filter
  }

  mutating func beginCommit(_ line: ArraySlice<UInt8>) {
    let fields = line.split(separator: Self.separator, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard fields.count == 3 else { return }
    commits += 1
    commit = ScanFinding.Commit(id: fields[0], author: fields[1], date: fields[2])
  }

  mutating func beginFile() { path = WorkspacePath("") }

  mutating func object(_ id: ArraySlice<UInt8>) { object = Array(id) }

  mutating func path(_ path: [UInt8]) {
    self.path = WorkspacePath(bytes: path)
    isFiltered = filter.isIgnored(path)
    if !isFiltered { totals.documents += 1 }
  }

  mutating func binaryFile() {
    guard !isFiltered else { return }
    totals.documents -= 1
    let name = path.text.lowercased()
    guard opensArchives, archives.count < Self.mostArchives,
      Self.archiveEndings.contains(where: name.hasSuffix)
    else { return totals.skip(path, .binary) }
    guard seenArchives.insert(object).inserted else { return }
    archives.append(
      StagedFile(path: path.bytes, object: object, isWhole: true, commit: commit))
  }

  mutating func beginHunk(line: Int, count: Int) {
    firstLine = line
    scanner.begin(at: path)
  }

  mutating func added(_ text: Span<UInt8>) {
    if !isFiltered { scanner.feed(text) }
  }

  mutating func endHunk() {
    scanner.finish()
    totals.bytes += scanner.documentLength
    totals.uncollected += scanner.uncollected
    guard !scanner.findings.isEmpty else { return }
    let definition = AgentDefinition(named: path)
    for var finding in scanner.findings {
      finding.path = path
      finding.commit = commit
      finding.definition = definition
      finding.line += firstLine - 1
      finding.endLine += firstLine - 1
      // Only the added lines were seen.
      finding.range = nil
      totals.take(finding)
    }
  }
}
