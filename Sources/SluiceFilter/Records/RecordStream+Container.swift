internal import SluiceScan

/// What a container's log line says.
struct ContainerLine {
  /// 0: standard output, 1: standard error.
  let output: Int
  /// The text it carries, as a range of its bytes.
  let content: Range<Int>
}

extension RecordStream where Output: ~Copyable, Report: ~Copyable, Confirmation: ~Copyable {
  /// Adds the text of a line to that of its output; the line waits until it is decided.
  mutating func admit(_ record: Span<UInt8>, at start: UInt64) {
    guard var container = container.take() else { return }
    let content = containerLine(record)
    let output = content?.output ?? -1
    let textStart =
      output == 0 ? container.standardOutput.end : container.standardError.end
    if let content {
      if output == 0 {
        Self.appendText(
          of: record, content.content, as: format, to: &container.standardOutput.window, map: &map)
      } else {
        Self.appendText(
          of: record, content.content, as: format, to: &container.standardError.window, map: &map)
      }
    }
    let textEnd = output == 0 ? container.standardOutput.end : container.standardError.end
    container.hold(
      ContainerTexts.Held(
        start: start, length: record.count, line: line, output: output,
        textStart: content == nil ? 0 : textStart, textEnd: content == nil ? 0 : textEnd))
    self.container = consume container
  }

  /// Writes the lines that are decided.
  ///
  /// - Parameters:
  ///   - window: holds the lines.
  ///   - isFinal: whether nothing follows that could change a verdict.
  /// - Throws: what the output throws.
  mutating func drainContainer(_ window: borrowing Window, isFinal: Bool) throws(IOError) {
    guard var container = container.take() else { return }
    container.scan(isFinal: isFinal, into: &collector)
    let bytes = window.bytes
    while let record = container.first {
      guard container.isSettled(record) else { break }
      let start = Int(record.start - window.origin)
      try putContainer(
        bytes.extracting(start..<start + record.length), record, marks: container.marks(of: record))
      container.forgetMarks(through: record)
      container.removeFirst()
    }
    self.container = consume container
  }

  /// Decides what waits as it stands, if it is too much (G5).
  mutating func drainFullContainer(_ window: borrowing Window) throws(IOError) {
    let limit = UInt64(largestRecord)
    guard let first = firstHeld, recordStart - first > limit else { return }
    try drainContainer(window, isFinal: false)
    guard let first = firstHeld, recordStart - first > limit else { return }
    try drainContainer(window, isFinal: true)
  }

  private mutating func putContainer(
    _ record: Span<UInt8>, _ place: ContainerTexts.Held, marks: [RecordMark]
  ) throws(IOError) {
    writer.beginRecord()
    edits.removeAll()
    let body = record.extracting(0..<record.bodyLength)
    let content = place.output < 0 ? nil : containerLine(record)
    // What stands beside the text of the line, such as labels, is scanned by itself.
    if content == nil || json.members.count > 3 {
      scanRecord(body)
      if format == .docker && (content != nil || json.read(body)) {
        scanStrings(of: body)
        edits.confine(to: json.tokens, of: body)
      }
    }
    if let content { addEdits(from: marks, to: content, of: record, place) }
    try writer.put(
      record, 0..<record.count, edits: edits,
      at: RecordPlace(start: place.start, line: place.line))
  }

  /// The parts of an output's findings that lie in one line.
  private mutating func addEdits(
    from marks: [RecordMark], to line: ContainerLine, of record: Span<UInt8>,
    _ place: ContainerTexts.Held
  ) {
    let inside = marks.filter { $0.start < place.textEnd && $0.end > place.textStart }
    guard !inside.isEmpty else { return }
    text.removeAll()
    Self.appendText(of: record, line.content, as: format, to: &text, map: &map)
    // The line end is no part of what is masked: without it the line would go on.
    var length = map.count
    if length > 0, text.bytes[length - 1] == UInt8(ascii: "\n") { length -= 1 }
    for mark in inside {
      let start = Int(max(mark.start, place.textStart) - place.textStart)
      let end = min(Int(min(mark.end, place.textEnd) - place.textStart), length)
      guard start < end else { continue }
      let range = map.record(start..<end)
      var edit = RecordEdit(start: range.lowerBound, end: range.upperBound, mark: mark)
      edit.isFirst = mark.start >= place.textStart
      edits.add(edit)
    }
  }

  private static func appendText(
    of record: Span<UInt8>, _ content: Range<Int>, as format: RecordFormat,
    to output: inout Window, map: inout TextMap
  ) {
    if format == .docker {
      JSONStringText.decode(record, content, to: &output, map: &map)
      return
    }
    output.append(record.extracting(content))
    map.removeAll(recordEnd: content.upperBound)
    map.add(content.count, from: content.lowerBound, isEscape: false)
    guard isFullCRI(record) else { return }
    output.append(UInt8(ascii: "\n"))
    map.add(1, from: content.upperBound, isEscape: true)
  }

  private mutating func containerLine(_ record: Span<UInt8>) -> ContainerLine? {
    format == .docker ? dockerLine(record) : criLine(record)
  }

  /// `{"log":"text\n","stream":"stdout","time":"…"}`; without `\n` at its end the text goes on.
  private mutating func dockerLine(_ record: Span<UInt8>) -> ContainerLine? {
    guard json.read(record.extracting(0..<record.bodyLength)),
      let log = string(of: "log", in: record), let stream = string(of: "stream", in: record)
    else { return nil }
    for (index, name) in (["stdout", "stderr"] as [StaticString]).enumerated()
    where JSONReader.equals(stream, name, in: record) {
      return ContainerLine(output: index, content: log.start..<log.end)
    }
    return nil
  }

  private func string(of name: StaticString, in record: Span<UInt8>) -> JSONToken? {
    guard let member = json.member(named: name, in: record), member.key + 1 < json.tokens.count
    else { return nil }
    let token = json.tokens[member.key + 1]
    return token.kind == .string && token.depth == 1 ? token : nil
  }

  /// `2027-01-31T10:00:00.123456789Z stdout F text`; with `P` the text goes on.
  private func criLine(_ record: Span<UInt8>) -> ContainerLine? {
    guard let time = Self.field(of: record, from: 0), time.count >= 20,
      let stream = Self.field(of: record, from: time.upperBound + 1),
      let tags = Self.field(of: record, from: stream.upperBound + 1), !tags.isEmpty,
      record[tags.lowerBound] == UInt8(ascii: "F") || record[tags.lowerBound] == UInt8(ascii: "P")
    else { return nil }
    let body = record.count - (record[record.count - 1] == UInt8(ascii: "\n") ? 1 : 0)
    guard tags.upperBound < body else { return nil }
    let content = tags.upperBound + 1..<body
    let name = JSONToken(
      kind: .string, start: stream.lowerBound, end: stream.upperBound, depth: 0, firstEscape: nil)
    if JSONReader.equals(name, "stdout", in: record) {
      return ContainerLine(output: 0, content: content)
    }
    return JSONReader.equals(name, "stderr", in: record)
      ? ContainerLine(output: 1, content: content) : nil
  }

  private static func isFullCRI(_ record: Span<UInt8>) -> Bool {
    guard let time = field(of: record, from: 0),
      let stream = field(of: record, from: time.upperBound + 1)
    else { return true }
    return record[stream.upperBound + 1] == UInt8(ascii: "F")
  }

  /// The bytes up to the next blank.
  private static func field(of record: Span<UInt8>, from start: Int) -> Range<Int>? {
    guard start < record.count,
      let length = record.extracting(start...).firstIndex(of: UInt8(ascii: " "))
    else { return nil }
    return start..<start + length
  }
}
