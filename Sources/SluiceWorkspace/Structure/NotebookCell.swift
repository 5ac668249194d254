/// The text of a notebook's cell or of one of its outputs, as a reader sees it.
///
/// The file has it as a JSON text for each line.
struct NotebookCell {
  private struct Piece {
    /// Offset in `text`.
    let start: Int
    let value: StructuredValue
  }

  private(set) var text: [UInt8] = []
  private var pieces: [Piece] = []
  private let bytes: [UInt8]

  /// Every cell and output of a notebook; nothing if it is none.
  static func all(in bytes: [UInt8], hiding secrets: SecretRanges) -> [NotebookCell] {
    var cells: [NotebookCell] = []
    var last = ""
    for value in YAMLValues.all(in: bytes, hiding: secrets) ?? [] where isCellText(value.path) {
      let name = withoutIndex(value.path)
      if name != last { cells.append(NotebookCell(bytes: bytes)) }
      last = name
      cells[cells.count - 1].append(value)
    }
    return cells
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func append(_ value: StructuredValue) {
    pieces.append(Piece(start: text.count, value: value))
    text += value.content
  }

  /// Source, streams, tracebacks and results as text; no images.
  private static func isCellText(_ path: String) -> Bool {
    guard path.hasPrefix("$.cells[") || path.hasPrefix("$.worksheets[") else { return false }
    return [".source", ".text", ".traceback", "['text/plain']", "['text/html']", ".input"]
      .contains(where: withoutIndex(path).hasSuffix)
  }

  /// `$.cells[0].source` for `$.cells[0].source[4]`.
  private static func withoutIndex(_ path: String) -> String {
    guard path.hasSuffix("]"), let open = path.lastIndex(of: "["),
      path[path.index(after: open)...].dropLast().allSatisfy(\.isNumber)
    else { return path }
    return String(path[..<open])
  }

  /// Where a part of `text` stands in the file; nil if that cannot be told.
  func place(of range: Range<Int>) -> Range<Int>? {
    guard !range.isEmpty, let start = place(of: range.lowerBound),
      let last = place(of: range.upperBound - 1)
    else { return nil }
    return start.lowerBound..<max(last.upperBound, start.upperBound)
  }

  /// Where one byte of `text` stands: perhaps as an escape of several.
  private func place(of offset: Int) -> Range<Int>? {
    guard let piece = pieces.last(where: { $0.start <= offset }) else { return nil }
    var (decoded, raw) = (piece.start, piece.value.range.lowerBound)
    while raw < piece.value.range.upperBound {
      let (length, count) = unit(at: raw, before: piece.value.range.upperBound)
      if offset < decoded + count { return raw..<raw + length }
      decoded += count
      raw += length
    }
    return nil
  }

  /// How many bytes of the file stand for how many of the text.
  private func unit(at raw: Int, before end: Int) -> (length: Int, count: Int) {
    guard bytes[raw] == UInt8(ascii: "\\"), raw + 1 < end else { return (1, 1) }
    guard bytes[raw + 1] == UInt8(ascii: "u"), raw + 6 <= end,
      let code = UInt32(String(decoding: bytes[(raw + 2)..<(raw + 6)], as: UTF8.self), radix: 16)
    else { return (2, 1) }
    // Half of a pair: both halves together are four bytes of UTF-8.
    if (0xD800..<0xE000).contains(code) { return (6, 2) }
    return (6, code < 0x80 ? 1 : code < 0x800 ? 2 : 3)
  }
}
