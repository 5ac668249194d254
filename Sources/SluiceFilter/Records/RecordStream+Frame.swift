internal import SluiceScan

/// Where a record ends.
enum RecordFrame {
  case record(length: Int)
  /// It does not fit: behind `header` bytes `remaining` follow, or nil: all up to the line end.
  case overlong(header: Int, remaining: Int?)
}

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// Finds the end of the record that begins `rest`.
  ///
  /// - Returns: nil if it is not there yet.
  mutating func frame(_ rest: Span<UInt8>, isFinal: Bool) -> RecordFrame? {
    let known = Int(max(searched, recordStart) - recordStart)
    if let end = rest.extracting(known...).firstIndex(of: UInt8(ascii: "\n")) {
      let length = known + end + 1
      // As if its end were not there yet, whatever came with one read (G2).
      if length > largestRecord { return .overlong(header: 0, remaining: nil) }
      guard format == .journald else { return .record(length: length) }
      return journalFrame(rest, lineLength: length, isFinal: isFinal)
    }
    searched = recordStart + UInt64(rest.count)
    if rest.count > largestRecord { return .overlong(header: 0, remaining: nil) }
    return isFinal && !rest.isEmpty ? .record(length: rest.count) : nil
  }

  /// A field of the journal: `NAME=value`, or a name alone, a length and as many bytes.
  private func journalFrame(
    _ rest: Span<UInt8>, lineLength: Int, isFinal: Bool
  ) -> RecordFrame? {
    guard JournalField.isBinary(rest.extracting(first: lineLength)) else {
      return .record(length: lineLength)
    }
    guard rest.count >= lineLength + 8 else {
      return isFinal ? .record(length: rest.count) : nil
    }
    let size = JournalField.size(rest.extracting(lineLength..<lineLength + 8))
    // What is longer goes through with masks of its own length: its length stands before it.
    guard size < largestRecord - lineLength - 9 else {
      let data = size < UInt64(Int.max / 2) ? Int(size) + 1 : Int.max / 2
      return .overlong(header: lineLength + 8, remaining: data)
    }
    let length = lineLength + 8 + Int(size) + 1
    if rest.count >= length { return .record(length: length) }
    return isFinal ? .record(length: rest.count) : nil
  }
}
