internal import SluiceScan

/// A part of a record that a mask replaces.
struct RecordEdit {
  /// Offsets in the record.
  var start: Int
  var end: Int
  let mark: RecordMark
  /// Whether the mask stands where a number stood, and needs quotes to be a value.
  var isQuoted = false
  /// Whether this is where the secret begins; the rest of it is left out or filled.
  var isFirst = true
  /// Whether this is where the secret ends, as far as it is masked in this record.
  var isLast = true

  /// Appends what stands in its place.
  func appendMask(to output: inout [UInt8]) {
    let length = end - start
    if mark.mask.isEmpty {
      if isQuoted && length < 2 {
        output.append(UInt8(ascii: "0"))
      } else {
        let quotes = isQuoted ? 1 : 0
        output += repeatElement(UInt8(ascii: "\""), count: quotes)
        output += repeatElement(MaskTable.fillByte, count: length - 2 * quotes)
        output += repeatElement(UInt8(ascii: "\""), count: quotes)
      }
    } else if isFirst {
      if isQuoted { output.append(UInt8(ascii: "\"")) }
      output += mark.mask
      if isQuoted { output.append(UInt8(ascii: "\"")) }
    }
  }

  /// Bytes that the record gains by it.
  var growth: Int {
    let length = mark.mask.isEmpty ? end - start : isFirst ? mark.mask.count : 0
    return length - (end - start)
  }
}

/// The edits of one record, in order and disjoint.
struct RecordEdits {
  private(set) var edits: [RecordEdit] = []
  /// Used while edits are confined, kept for its memory.
  private var unconfined: [RecordEdit] = []

  var isEmpty: Bool { edits.isEmpty }

  /// Bytes that the record gains; none of the edits has quotes.
  var growth: Int { edits.reduce(0) { $0 + $1.growth } }

  /// Whether one of them changes a part of the record.
  func touch(_ range: Range<Int>) -> Bool {
    edits.contains { $0.start < range.upperBound && $0.end > range.lowerBound }
  }

  /// Moves all by the place where their text begins in the record.
  mutating func move(by offset: Int) {
    for index in edits.indices {
      edits[index].start += offset
      edits[index].end += offset
    }
  }

  /// Confines the edits to a part of the record.
  mutating func confine(to range: Range<Int>) {
    for index in edits.indices {
      edits[index].start = max(edits[index].start, range.lowerBound)
      edits[index].end = min(edits[index].end, range.upperBound)
    }
    edits.removeAll { $0.start >= $0.end }
  }

  mutating func removeAll() { edits.removeAll(keepingCapacity: true) }

  var count: Int { edits.count }

  /// Adds an edit; one that overlaps others joins them under the name of the longest.
  mutating func add(_ edit: RecordEdit) {
    guard edit.start < edit.end else { return }
    // Most come in order.
    guard let end = edits.last?.end, end > edit.start else { return edits.append(edit) }
    var joined = edit
    var first = edits.count
    while first > 0, edits[first - 1].end > joined.start { first -= 1 }
    var last = first
    while last < edits.count, edits[last].start < joined.end {
      let other = edits[last]
      let isLonger = other.end - other.start > edit.end - edit.start
      var union = isLonger ? other : joined
      union.start = min(other.start, joined.start)
      union.end = max(other.end, joined.end)
      union.isQuoted = other.isQuoted || joined.isQuoted
      union.isFirst = other.isFirst || joined.isFirst
      union.isLast = other.isLast || joined.isLast
      joined = union
      last += 1
    }
    edits.replaceSubrange(first..<last, with: CollectionOfOne(joined))
  }

  /// Confines the edits to the values of a JSON text, so that it stays one.
  ///
  /// A part of a string is masked within its quotes, and no escape is cut; of a number or a
  /// literal all is replaced by a string.
  mutating func confine(to tokens: [JSONToken], of text: Span<UInt8>) {
    guard !edits.isEmpty else { return }
    swap(&edits, &unconfined)
    defer { unconfined.removeAll(keepingCapacity: true) }
    for edit in unconfined {
      var index = Self.firstToken(endingAfter: edit.start, in: tokens)
      while index < tokens.count, tokens[index].start < edit.end {
        let token = tokens[index]
        var part = edit
        if token.kind == .scalar {
          part.start = token.start
          part.end = token.end
          part.isQuoted = true
        } else {
          part.start = max(edit.start, token.start)
          part.end = min(edit.end, token.end)
          if token.hasEscapes {
            let range = Self.wholeEscapes(
              part.start..<part.end, in: token.start..<token.end, of: text)
            part.start = range.lowerBound
            part.end = range.upperBound
          }
        }
        add(part)
        index += 1
      }
    }
  }

  private static func firstToken(endingAfter offset: Int, in tokens: [JSONToken]) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].end <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Widens a range until it begins and ends between escapes.
  private static func wholeEscapes(
    _ range: Range<Int>, in string: Range<Int>, of text: Span<UInt8>
  ) -> Range<Int> {
    var lower = range.lowerBound
    var upper = range.upperBound
    var index = string.lowerBound
    while index < upper {
      guard text[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      let end = min(
        index + JSONStringText.escape(in: text.extracting(index..<string.upperBound)).length,
        string.upperBound)
      if index < lower && lower < end { lower = index }
      if index < upper && upper < end { upper = end }
      index = end
    }
    return lower..<upper
  }
}
