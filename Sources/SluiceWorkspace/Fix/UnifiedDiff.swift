/// A change as `diff -u` shows it, with every secret masked (G3).
struct UnifiedDiff {
  struct Edit {
    let range: Range<Int>
    let text: [UInt8]
  }

  /// Unchanged lines that are shown around a change.
  private static let context = 3

  let path: WorkspacePath
  let bytes: [UInt8]
  /// All secrets of the file: those that stay are masked too.
  let secrets: [ScanFinding]
  /// In order.
  let edits: [Edit]

  var text: String {
    let lines = lineRanges(of: bytes)
    let changes = changes(to: lines)
    guard !changes.isEmpty else { return "" }
    let name = printable(path.text)
    var output = "--- a/\(name)\n+++ b/\(name)\n"
    var shift = 0
    var rest = changes[...]
    while let first = rest.first {
      var group = [first]
      rest.removeFirst()
      while let next = rest.first, let last = group.last,
        next.old.lowerBound - last.old.upperBound <= 2 * Self.context
      {
        group.append(next)
        rest.removeFirst()
      }
      output += hunk(group, of: lines, shift: shift)
      shift += group.reduce(0) { $0 + $1.new.count - $1.old.count }
    }
    return output
  }

  /// Lines that are replaced by others.
  private struct Change {
    var old: Range<Int>
    var new: [[UInt8]]
  }

  private func changes(to lines: [Range<Int>]) -> [Change] {
    var changes: [(old: Range<Int>, edits: [Edit])] = []
    for edit in edits {
      let first = lineIndex(of: edit.range.lowerBound, in: lines)
      let last = lineIndex(of: max(edit.range.lowerBound, edit.range.upperBound - 1), in: lines)
      if let previous = changes.last, previous.old.upperBound > first {
        changes[changes.count - 1].old = previous.old.lowerBound..<last + 1
        changes[changes.count - 1].edits.append(edit)
      } else {
        changes.append((first..<last + 1, [edit]))
      }
    }
    var joined: [Change] = []
    for change in changes.map({ applied($0.edits, to: $0.old, of: lines) }) {
      // Neighbours are one change: first what goes, then what comes.
      if let last = joined.last, last.old.upperBound == change.old.lowerBound {
        joined[joined.count - 1].old = last.old.lowerBound..<change.old.upperBound
        joined[joined.count - 1].new += change.new
      } else {
        joined.append(change)
      }
    }
    return joined
  }

  private func applied(_ edits: [Edit], to old: Range<Int>, of lines: [Range<Int>]) -> Change {
    var next = lines[old.lowerBound].lowerBound
    var output: [UInt8] = []
    for edit in edits {
      output += masked(next..<edit.range.lowerBound) + edit.text
      next = edit.range.upperBound
    }
    let end = max(next, lines[old.upperBound - 1].upperBound)
    output += masked(next..<end)
    return Change(old: old, new: lineRanges(of: output).map { Array(output[$0]) })
  }

  private func hunk(_ changes: [Change], of lines: [Range<Int>], shift: Int) -> String {
    guard let first = changes.first, let last = changes.last else { return "" }
    let start = max(0, first.old.lowerBound - Self.context)
    let end = min(lines.count, last.old.upperBound + Self.context)
    var body = ""
    var next = start
    var added = 0
    for change in changes {
      for index in next..<change.old.lowerBound { body += line(" ", masked(lines[index])) }
      for index in change.old { body += line("-", masked(lines[index])) }
      for text in change.new { body += line("+", text) }
      added += change.new.count - change.old.count
      next = change.old.upperBound
    }
    for index in next..<end { body += line(" ", masked(lines[index])) }
    let count = end - start
    return "@@ -\(start + 1),\(count) +\(start + 1 + shift),\(count + added) @@\n" + body
  }

  private func line(_ sign: String, _ bytes: [UInt8]) -> String {
    let hasEnd = bytes.last == 0x0A
    let text = String(decoding: hasEnd ? bytes.dropLast() : bytes[...], as: UTF8.self)
    // A tab is shown as it is, and so is the carriage return of a line end.
    let shown = text.split(separator: "\t", omittingEmptySubsequences: false)
      .map { printable(String($0.hasSuffix("\r") ? $0.dropLast() : $0)) }.joined(separator: "\t")
    return "\(sign)\(shown)\n" + (hasEnd ? "" : "\\ No newline at end of file\n")
  }

  /// A part of the file with a label for each secret in it; a secret over several lines has one on
  /// each.
  private func masked(_ range: Range<Int>) -> [UInt8] {
    var output: [UInt8] = []
    var next = range.lowerBound
    for secret in secrets {
      guard let place = secret.byteRange, place.overlaps(range), place.upperBound > next
      else { continue }
      output += bytes[next..<max(next, place.lowerBound)]
      output += Array(secret.redacted.utf8)
      next = min(place.upperBound, range.upperBound)
      // Its own line end stays.
      if place.upperBound > range.upperBound, bytes[range.upperBound - 1] == 0x0A {
        output.append(0x0A)
      }
    }
    if next < range.upperBound { output += bytes[next..<range.upperBound] }
    return output
  }

  private func lineIndex(of offset: Int, in lines: [Range<Int>]) -> Int {
    var (low, high) = (0, lines.count)
    while low < high {
      let middle = (low + high) / 2
      if lines[middle].upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return min(low, lines.count - 1)
  }

  /// Each with its end.
  private func lineRanges(of bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
      lines.append(start..<end)
      start = end
    }
    return lines
  }
}
