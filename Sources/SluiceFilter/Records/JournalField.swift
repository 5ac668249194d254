internal import SluiceScan

/// A field of the journal's export format (systemd.io/JOURNAL_EXPORT_FORMATS).
enum JournalField {
  /// Whether a line is the name of a binary field: it has no `=`, and is not the empty line that
  /// ends an entry.
  static func isBinary(_ line: Span<UInt8>) -> Bool {
    line.bodyLength > 0 && line.firstIndex(of: UInt8(ascii: "=")) == nil
  }

  /// The eight bytes of a length, least significant first.
  static func size(_ bytes: Span<UInt8>) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(bytes[$1]) << UInt64(8 * $1) }
  }

  static func bytes(ofSize size: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) }
  }
}

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// One field; the name stays, whatever it looks like.
  mutating func handleJournal(_ record: Span<UInt8>, at start: UInt64) throws(IOError) {
    guard let lineEnd = record.firstIndex(of: UInt8(ascii: "\n")),
      JournalField.isBinary(record.extracting(0...lineEnd)), record.count >= lineEnd + 10,
      JournalField.size(record.extracting(lineEnd + 1..<lineEnd + 9))
        == UInt64(record.count - lineEnd - 10)
    else {
      let body = record.bodyLength
      scanRecord(record.extracting(0..<body))
      let equals = record.firstIndex(of: UInt8(ascii: "=")) ?? -1
      edits.confine(to: equals + 1..<max(equals + 1, body))
      return try put(record, at: start)
    }
    let data = lineEnd + 9..<record.count - 1
    scanRecord(record.extracting(data))
    edits.move(by: data.lowerBound)
    let place = RecordPlace(start: start, line: line)
    try writer.put(record, 0..<lineEnd + 1, edits: edits, at: place)
    writer.put(JournalField.bytes(ofSize: data.count + edits.growth))
    try writer.put(record, data.lowerBound..<record.count, edits: edits, at: place)
  }
}
