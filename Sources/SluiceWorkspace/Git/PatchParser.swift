internal import SluiceScan

/// Receives what a patch adds.
protocol PatchHandler: ~Copyable {
  /// The line that the caller's `--format` prints for a commit, without its mark.
  mutating func beginCommit(_ line: ArraySlice<UInt8>)
  /// A file of the commit or of the index.
  mutating func beginFile()
  /// The object that holds the file's new content, in hexadecimal.
  mutating func object(_ id: ArraySlice<UInt8>)
  /// The file's new name; not called for a file that is removed.
  mutating func path(_ path: [UInt8])
  /// git takes the file for binary and does not show what was added.
  mutating func binaryFile()
  /// Added lines follow, the first of which has this number.
  mutating func beginHunk(line: Int, count: Int)
  /// A piece of added text, with its line ends.
  mutating func added(_ text: Span<UInt8>)
  mutating func endHunk()
}

/// Reads the output of `git diff --unified=0` and `git log --patch --unified=0` as it comes.
///
/// Each line of a hunk begins with its sign, and no head does, so that no content can be taken for
/// a head. Added text is handed on piece by piece; only heads are held.
struct PatchParser {
  /// What begins a commit's line in `--format`.
  static let commitMark: UInt8 = 0x01
  /// Longer heads are cut: nothing behind it matters, or the name is longer than any file's.
  private static let longestHead = 64 * 1024

  private enum Place {
    case head
    /// At the first byte of a line of a hunk.
    case body
    case addedLine
    case removedLine
    /// `\ No newline at end of file`
    case remark
  }

  private var place = Place.head
  private var head: [UInt8] = []
  private var isInHunk = false

  /// Reads the next piece of output.
  mutating func consume(_ bytes: Span<UInt8>, into handler: inout some PatchHandler & ~Copyable) {
    var rest = bytes
    while rest.count > 0 {
      if place == .body {
        beginBodyLine(&rest, into: &handler)
        continue
      }
      let lineEnd = rest.firstNewline
      let piece = rest.extracting(0..<(lineEnd.map { $0 + 1 } ?? rest.count))
      rest = rest.extracting(piece.count...)
      switch place {
      case .head:
        if head.count < Self.longestHead {
          for index in 0..<(lineEnd ?? piece.count) { head.append(piece[index]) }
        }
        if lineEnd != nil { endHead(into: &handler) }
      case .addedLine: handler.added(piece)
      case .removedLine, .remark, .body: break
      }
      if lineEnd != nil, place != .head { place = .body }
    }
  }

  /// Ends the last hunk.
  mutating func finish(into handler: inout some PatchHandler & ~Copyable) {
    if isInHunk { handler.endHunk() }
    isInHunk = false
  }

  // MARK: - Hunks

  private mutating func beginBodyLine(
    _ rest: inout Span<UInt8>, into handler: inout some PatchHandler & ~Copyable
  ) {
    switch rest[0] {
    case UInt8(ascii: "+"):
      place = .addedLine
    case UInt8(ascii: "-"):
      place = .removedLine
    case UInt8(ascii: "\\"): place = .remark
    default:
      // No context lines were asked for: the hunk is over.
      leaveHunk(into: &handler)
      return
    }
    rest = rest.extracting(1...)
  }

  private mutating func leaveHunk(into handler: inout some PatchHandler & ~Copyable) {
    place = .head
    if isInHunk { handler.endHunk() }
    isInHunk = false
  }

  // MARK: - Heads

  private mutating func endHead(into handler: inout some PatchHandler & ~Copyable) {
    let line = head[...]
    if line.first == Self.commitMark {
      handler.beginCommit(line.dropFirst())
    } else if line.starts(with: "diff --git ".utf8) {
      handler.beginFile()
    } else if line.starts(with: "index ".utf8) {
      let objects = line.dropFirst(6).prefix { $0 != UInt8(ascii: " ") }
      if let dots = objects.firstIndex(of: UInt8(ascii: ".")) {
        handler.object(objects[dots...].drop { $0 == UInt8(ascii: ".") })
      }
    } else if line.starts(with: "+++ ".utf8) {
      if let path = Self.path(line.dropFirst(4)) { handler.path(path) }
    } else if line.starts(with: "Binary files ".utf8) {
      if let path = Self.binaryPath(line) { handler.path(path) }
      handler.binaryFile()
    } else if line.starts(with: "@@ ".utf8) {
      beginHunk(line, into: &handler)
    }
    head.removeAll(keepingCapacity: true)
  }

  private mutating func beginHunk(
    _ line: ArraySlice<UInt8>, into handler: inout some PatchHandler & ~Copyable
  ) {
    let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard parts.count >= 3, let new = Self.extent(parts[2])
    else { return }
    place = .body
    isInHunk = true
    handler.beginHunk(line: new.start, count: new.count)
  }

  /// Reads `+12,3`, or `+12`, which is one line.
  private static func extent(_ text: ArraySlice<UInt8>) -> (start: Int, count: Int)? {
    let numbers = text.dropFirst().split(separator: UInt8(ascii: ","))
      .map { Int(String(decoding: $0, as: UTF8.self)) }
    guard let start = numbers.first ?? nil else { return nil }
    return (start, numbers.count > 1 ? numbers[1] ?? 1 : 1)
  }

  /// The name in a head that begins with plus signs; nil for `/dev/null`.
  ///
  /// It is quoted as in C if it holds a quote or a control character, and a tab stands behind it if
  /// it holds a blank.
  static func path(_ text: ArraySlice<UInt8>) -> [UInt8]? { name(text, prefix: "b/") }

  private static func name(_ text: ArraySlice<UInt8>, prefix: String) -> [UInt8]? {
    var name = text.first == UInt8(ascii: "\"") ? unquoted(text) : Array(text)
    if text.first != UInt8(ascii: "\""), name.last == UInt8(ascii: "\t") { name.removeLast() }
    guard name.starts(with: prefix.utf8) else { return nil }
    return Array(name.dropFirst(prefix.utf8.count))
  }

  /// The second name of `Binary files a/x and b/x differ`.
  ///
  /// A name may hold ` and `: the right place is where both names are the same, or the first is
  /// that of no file.
  private static func binaryPath(_ line: ArraySlice<UInt8>) -> [UInt8]? {
    let (start, middle, end) = ("Binary files ".utf8, Array(" and ".utf8), Array(" differ".utf8))
    guard line.suffix(end.count).elementsEqual(end) else { return nil }
    let names = line.dropFirst(start.count).dropLast(end.count)
    for index in names.indices where names[index...].starts(with: middle) {
      let old = names[..<index]
      guard let path = path(names[(index + middle.count)...]) else { continue }
      if old.elementsEqual("/dev/null".utf8) || name(old, prefix: "a/") == path { return path }
    }
    return nil
  }

  private static func unquoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
    let escapes: [UInt8: UInt8] = [
      0x61: 0x07, 0x62: 0x08, 0x74: 0x09, 0x6E: 0x0A, 0x76: 0x0B, 0x66: 0x0C, 0x72: 0x0D,
    ]
    var output: [UInt8] = []
    var rest = text.dropFirst()
    while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
        output.append(byte)
        continue
      }
      if (0x30...0x37).contains(escape) {
        var value = Int(escape - 0x30)
        for _ in 0..<2 {
          if let digit = rest.popFirst() { value = value * 8 + Int(digit) - 0x30 }
        }
        output.append(UInt8(truncatingIfNeeded: value))
      } else {
        output.append(escapes[escape] ?? escape)
      }
    }
    return output
  }
}

extension Span where Element == UInt8 {
  /// Offset of the first line end.
  fileprivate var firstNewline: Int? { firstIndex(of: UInt8(ascii: "\n")) }
}
