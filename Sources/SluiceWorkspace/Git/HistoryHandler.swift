internal import SluiceRules

/// Scans what each commit adds, hunk by hunk.
struct HistoryHandler: ~Copyable, PatchHandler {
  /// The `--format` whose lines `beginCommit` reads.
  static let format = "--format=%x01%H%x02%aN <%aE>%x02%aI"
  private static let separator: UInt8 = 0x02

  private(set) var totals = ScanTotals()
  private(set) var commits = 0
  private let filter: PathFilter
  private var scanner: DocumentScanner
  private var commit: ScanFinding.Commit?
  private var path = WorkspacePath("")
  private var isFiltered = false
  private var firstLine = 1

  init(scanner: consuming DocumentScanner, filter: PathFilter) {
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

  mutating func object(_ id: ArraySlice<UInt8>) {}

  mutating func path(_ path: [UInt8]) {
    self.path = WorkspacePath(bytes: path)
    isFiltered = filter.isIgnored(path)
    if !isFiltered { totals.documents += 1 }
  }

  mutating func binaryFile() {
    guard !isFiltered else { return }
    totals.documents -= 1
    totals.skip(path, .binary)
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
    for var finding in scanner.findings {
      finding.path = path
      finding.commit = commit
      finding.definition = AgentDefinition(named: path)
      finding.line += firstLine - 1
      finding.endLine += firstLine - 1
      // Only the added lines were seen.
      finding.range = nil
      totals.take(finding)
    }
  }
}
