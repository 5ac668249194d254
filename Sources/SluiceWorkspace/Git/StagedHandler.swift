/// A file whose content in the index differs from that of the last commit, or an archive that a
/// commit adds.
struct StagedFile: Sendable {
  var path: [UInt8] = []
  /// The object that holds its content, in hexadecimal.
  var object: [UInt8] = []
  /// The lines that are new.
  var added: [ClosedRange<Int>] = []
  /// git shows no lines of it: all of them count.
  var isWhole = false
  /// The commit that it is from; nil for the index.
  var commit: ScanFinding.Commit?

  func adds(anyOf lines: ClosedRange<Int>) -> Bool {
    isWhole || added.contains { $0.overlaps(lines) }
  }
}

/// Collects which lines of which files are new in the index.
struct StagedHandler: PatchHandler {
  private(set) var files: [StagedFile] = []

  mutating func beginCommit(_ line: ArraySlice<UInt8>) {}

  mutating func beginFile() { files.append(StagedFile()) }

  mutating func object(_ id: ArraySlice<UInt8>) { change { $0.object = Array(id) } }

  mutating func path(_ path: [UInt8]) { change { $0.path = path } }

  mutating func binaryFile() { change { $0.isWhole = true } }

  mutating func beginHunk(line: Int, count: Int) {
    guard count > 0 else { return }
    change { $0.added.append(line...line + count - 1) }
  }

  mutating func added(_ text: Span<UInt8>) {}

  mutating func endHunk() {}

  private mutating func change(_ body: (inout StagedFile) -> Void) {
    guard let last = files.indices.last else { return }
    body(&files[last])
  }
}
